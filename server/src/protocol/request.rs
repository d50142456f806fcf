//! From parameters to an [`Action`]: after this there are no loose strings about what is asked.
//! What the values mean for a service (required fields, limits, prices) is decided elsewhere.

use secrecy::SecretString;

use super::{AddRequest, Asked, Params};

/// One request: whose, and what for. The key is judged before the action is, so a bad action
/// does not hide it.
#[derive(Debug)]
pub struct Call {
    /// The key, if one was sent.
    pub key: Option<SecretString>,
    /// What is asked.
    pub action: Result<Action, BadCall>,
}

/// Why the parameters are no action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCall {
    /// The action is missing or unknown, or a value holds control characters.
    #[error("{}", super::sentence::INCORRECT_REQUEST)]
    Incorrect,
    /// More than [`MAX_IDS`](super::MAX_IDS) ids.
    #[error("{}", super::sentence::TOO_MANY_IDS)]
    TooManyIds,
}

/// What a client can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The catalogue.
    Services,
    /// The wallet's balance.
    Balance,
    /// A new order.
    Add(Box<AddRequest>),
    /// The status of orders.
    Status(Asked),
    /// A refill of completed orders.
    Refill(Asked),
    /// The status of refills.
    RefillStatus(Asked),
    /// A cancel of orders.
    Cancel(Asked),
}

impl Call {
    /// Reads the key and the action of a request.
    pub fn read(params: Params) -> Call {
        let key = params
            .last("key")
            .map(str::trim)
            .filter(|key| !key.is_empty());
        Call {
            key: key.map(SecretString::from),
            action: action(&params),
        }
    }
}

fn action(params: &Params) -> Result<Action, BadCall> {
    let word = params
        .last("action")
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    match word.as_str() {
        "services" => Ok(Action::Services),
        "balance" => Ok(Action::Balance),
        "add" => AddRequest::read(params).map(|request| Action::Add(Box::new(request))),
        "status" => Asked::read(params, "order", "orders").map(Action::Status),
        "refill" => Asked::read(params, "order", "orders").map(Action::Refill),
        "refill_status" => Asked::read(params, "refill", "refills").map(Action::RefillStatus),
        "cancel" => Asked::read(params, "order", "orders").map(Action::Cancel),
        _ => Err(BadCall::Incorrect),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn call(form: &str) -> Call {
        Call::read(Params::from_urlencoded(form.as_bytes()).unwrap())
    }

    fn read(form: &str) -> Result<Action, BadCall> {
        call(form).action
    }

    #[test]
    fn the_key_is_read_apart_from_the_action_and_is_never_shown() {
        let good = call("key= K &action=balance");
        assert_eq!(good.key.as_ref().unwrap().expose_secret(), "K");
        assert!(!format!("{:?}", call("key=hidden&action=nope")).contains("hidden"));
        for form in ["", "key=", "key=+", "Key=K&action=balance"] {
            assert!(call(form).key.is_none(), "{form}");
        }
    }

    #[test]
    fn actions_are_read_in_any_case_and_unknown_ones_refused() {
        assert_eq!(read("action=Balance"), Ok(Action::Balance));
        assert_eq!(read("action=+services+"), Ok(Action::Services));
        for form in [
            "",
            "key=K",
            "action=",
            "action=nope",
            "action=statuses",
            "action=add%00",
        ] {
            assert_eq!(read(form), Err(BadCall::Incorrect), "{form}");
        }
    }
}
