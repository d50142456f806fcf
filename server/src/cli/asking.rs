//! How a provider is asked about what it accepted: set by `provider add` and `set`, and shown by
//! `provider show`.

use crate::catalog::asking::{AskedAction, Asking, Many, OneId, WayToAsk};

/// An action and how it is to be asked.
#[derive(Clone)]
pub(super) struct AskOption(AskedAction, WayToAsk);

/// Reads ACTION=WAY.
pub(super) fn parse(text: &str) -> Result<AskOption, String> {
    let known = || {
        let actions: Vec<&str> = AskedAction::ALL.iter().map(|one| one.word()).collect();
        let actions = actions.join(", ");
        format!("not one of {actions}, = and one of many, many:N, one, one:plural, learned")
    };
    let (action, way) = text.split_once('=').ok_or_else(known)?;
    let action = AskedAction::from_word(action).ok_or_else(known)?;
    let way = match way.split_once(':') {
        None if way == "many" => WayToAsk::lists(None),
        None if way == "one" => Ok(WayToAsk::OneByOne(OneId::Singular)),
        None if way == "learned" => Ok(WayToAsk::Learned),
        Some(("one", "plural")) => Ok(WayToAsk::OneByOne(OneId::Plural)),
        Some(("many", largest)) => WayToAsk::lists(Some(largest.parse().map_err(|_| known())?)),
        _ => return Err(known()),
    };
    let way = way.map_err(|refusal| refusal.to_string())?;
    Ok(AskOption(action, way))
}

/// The options as the catalogue takes them.
pub(super) fn ways(options: Vec<AskOption>) -> Vec<(AskedAction, WayToAsk)> {
    let pairs = options.into_iter();
    pairs.map(|AskOption(action, way)| (action, way)).collect()
}

/// The name of the line that says how an action is asked.
pub(super) fn name(action: AskedAction) -> &'static str {
    match action {
        AskedAction::Status => "asks statuses",
        AskedAction::Cancel => "asks cancels",
        AskedAction::RefillStatus => "asks refills",
    }
}

/// How an action is asked, whether that was learned or set, and since when it fails.
pub(super) fn told(action: AskedAction, asking: &Asking) -> String {
    let lists = match asking.many {
        Some(Many::Refused) => "one by one".to_owned(),
        Some(Many::Works) => format!("in lists of at most {} ids", asking.largest_list()),
        None => "in lists, unless they are refused".to_owned(),
    };
    let (plural, singular) = match action {
        AskedAction::Status | AskedAction::Cancel => ("orders", "order"),
        AskedAction::RefillStatus => ("refills", "refill"),
    };
    let one = match asking.one {
        Some(OneId::Plural) => format!(", one id as {plural}=ID"),
        Some(OneId::Singular) => format!(", one id as {singular}=ID"),
        None => String::new(),
    };
    let origin = match (asking.is_set, asking.learned_at, &asking.learned_from) {
        (true, ..) => "set".to_owned(),
        (false, Some(at), Some(from)) => format!("learned at {at} from: {from}"),
        (false, Some(at), None) => format!("learned at {at}"),
        (false, None, _) => "not learned yet".to_owned(),
    };
    let failing = match (asking.failing_since, &asking.failure) {
        (Some(since), Some(failure)) => format!("; not answered since {since}: {failure}"),
        (Some(since), None) => format!("; not answered since {since}"),
        (None, _) => String::new(),
    };
    format!("{lists}{one} ({origin}){failing}")
}
