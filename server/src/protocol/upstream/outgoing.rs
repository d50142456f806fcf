//! What is sent to a provider, as form pairs.

use crate::protocol::DETAILS;

/// A request to a provider, without the key, which only the HTTP client holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Its catalogue.
    Services,
    /// Its balance of ours.
    Balance,
    /// An order.
    Add {
        /// The provider's id of the service.
        service: String,
        /// Where to deliver.
        link: String,
        /// How many units; `None` for types whose quantity the provider counts or fixes.
        quantity: Option<i64>,
        /// The fields of the type, by wire name; a name that is not in [`DETAILS`] is not sent.
        details: Vec<(String, String)>,
        /// The extension for replay safety, for a provider that is known to have it.
        request_id: Option<String>,
    },
    /// The status of orders, by the provider's ids, at most [`crate::protocol::MAX_IDS`].
    Status(Vec<String>),
    /// A refill of one order.
    Refill(String),
    /// The status of refills, by the provider's ids.
    RefillStatus(Vec<String>),
    /// A cancel of orders.
    Cancel(Vec<String>),
    /// The status of one order, in the field for one.
    StatusOf(String),
    /// The status of one refill, in the field for one.
    RefillStatusOf(String),
    /// A cancel of one order, in the field for one.
    CancelOf(String),
}

impl Outgoing {
    /// The value of `action`.
    pub const fn action(&self) -> &'static str {
        match self {
            Outgoing::Services => "services",
            Outgoing::Balance => "balance",
            Outgoing::Add { .. } => "add",
            Outgoing::Status(_) | Outgoing::StatusOf(_) => "status",
            Outgoing::Refill(_) => "refill",
            Outgoing::RefillStatus(_) | Outgoing::RefillStatusOf(_) => "refill_status",
            Outgoing::Cancel(_) | Outgoing::CancelOf(_) => "cancel",
        }
    }

    /// The form pairs, `action` first. The ids of a list go in one field with commas between them.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("action", self.action().to_owned())];
        match self {
            Outgoing::Services | Outgoing::Balance => {}
            Outgoing::Add {
                service,
                link,
                quantity,
                details,
                request_id,
            } => {
                pairs.push(("service", service.clone()));
                pairs.push(("link", link.clone()));
                pairs.extend(quantity.map(|quantity| ("quantity", quantity.to_string())));
                pairs.extend(details.iter().filter_map(|(name, value)| {
                    let known = DETAILS.iter().find(|known| *known == name)?;
                    Some((*known, value.clone()))
                }));
                pairs.extend(request_id.clone().map(|id| ("request_id", id)));
            }
            Outgoing::Status(ids) | Outgoing::Cancel(ids) => pairs.push(("orders", ids.join(","))),
            Outgoing::Refill(id) | Outgoing::StatusOf(id) | Outgoing::CancelOf(id) => {
                pairs.push(("order", id.clone()));
            }
            Outgoing::RefillStatusOf(id) => pairs.push(("refill", id.clone())),
            Outgoing::RefillStatus(ids) => pairs.push(("refills", ids.join(","))),
        }
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Action, Asked, Call, Params};

    fn sent(outgoing: &Outgoing) -> String {
        let pairs: Vec<_> = outgoing
            .pairs()
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        pairs.join("&")
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn requests_are_form_pairs() {
        for (outgoing, form) in [
            (Outgoing::Services, "action=services"),
            (Outgoing::Balance, "action=balance"),
            (
                Outgoing::Status(ids(&["1", "10"])),
                "action=status&orders=1,10",
            ),
            (Outgoing::Status(ids(&["1"])), "action=status&orders=1"),
            (Outgoing::Refill("1".to_owned()), "action=refill&order=1"),
            (
                Outgoing::RefillStatus(ids(&["1", "2"])),
                "action=refill_status&refills=1,2",
            ),
            (
                Outgoing::Cancel(ids(&["1", "2"])),
                "action=cancel&orders=1,2",
            ),
            (Outgoing::StatusOf("1".to_owned()), "action=status&order=1"),
            (Outgoing::CancelOf("1".to_owned()), "action=cancel&order=1"),
            (
                Outgoing::RefillStatusOf("1".to_owned()),
                "action=refill_status&refill=1",
            ),
        ] {
            assert_eq!(sent(&outgoing), form);
        }
    }

    #[test]
    fn an_order_sends_the_fields_of_its_type_and_no_others() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let details = vec![
            pair("comments", "a\nb"),
            pair("key", "x"),
            pair("service", "9"),
        ];
        let mut add = Outgoing::Add {
            service: "7".to_owned(),
            link: "https://x.test/p".to_owned(),
            quantity: None,
            details,
            request_id: Some("r-1".to_owned()),
        };
        assert_eq!(
            sent(&add),
            "action=add&service=7&link=https://x.test/p&comments=a\nb&request_id=r-1"
        );
        if let Outgoing::Add {
            quantity,
            request_id,
            details,
            ..
        } = &mut add
        {
            (*quantity, *request_id) = (Some(1000), None);
            details.clear();
        }
        assert_eq!(
            sent(&add),
            "action=add&service=7&link=https://x.test/p&quantity=1000"
        );
    }

    #[test]
    fn what_is_sent_is_what_a_panel_of_ours_reads() {
        let read = |outgoing: &Outgoing| {
            Call::read(Params::from_urlencoded(sent(outgoing).as_bytes()).unwrap()).action
        };
        let status = read(&Outgoing::Status(ids(&["1"])));
        assert!(matches!(status, Ok(Action::Status(Asked::Many(ids))) if ids.len() == 1));
        let refill = read(&Outgoing::Refill("1".to_owned()));
        assert!(matches!(refill, Ok(Action::Refill(Asked::One(id))) if id.id == Some(1)));
    }
}
