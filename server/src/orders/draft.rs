//! From what a customer sent to what is ordered: the checks of a new order in their published
//! sequence (link, the type's fields, quantity), and its charge.

use super::link::{self, Link};
use super::text;
use crate::catalog::Terms;
use crate::catalog::platform::Platform;
use crate::error::Refusal;
use crate::money::{Money, Percent, Rate};
use crate::protocol::{AddRequest, ListField, QuantitySource, ServiceType, lines, whole_number};

/// The most runs of one drip-feed.
const MAX_RUNS: i64 = 1_000;
/// The longest time between two runs: a week.
const MAX_INTERVAL_MINUTES: i64 = 10_080;

/// An order that its service can take, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The link as the customer wrote it, trimmed.
    pub link: String,
    /// The same for every spelling of one target within one family of services.
    pub overlap_key: i64,
    /// What the type needs beyond link and quantity, by wire name, as providers get it.
    pub details: Vec<(String, String)>,
    /// Total quantity, all runs together.
    pub quantity: i64,
    /// Number of runs; 1 unless it is a drip-feed.
    pub runs: i64,
    /// Minutes between the runs; 0 unless it is a drip-feed.
    pub interval_minutes: i64,
    /// The price of 1000 units, or of one package, for whoever orders it.
    pub rate: Rate,
    /// What it costs.
    pub charge: Money,
}

/// Checks `request` against the service's `terms`, at the rate of the account's tier.
pub fn draft(terms: &Terms, percent: Percent, request: &AddRequest) -> Result<Draft, Refusal> {
    if let Some((field, _)) = refused_field(terms, request) {
        return Err(Refusal::FieldNotPassedOn { field });
    }
    let link = request.link.as_deref().ok_or(Refusal::LinkBad)?;
    let link = Link::parse(link).map_err(|_| Refusal::LinkBad)?;
    let mut details = details(terms.service_type, request)?;
    pass_on(terms, request, &mut details)?;
    let (runs, interval_minutes) = drip_feed(terms, request)?;
    let quantity = quantity(terms, request, runs)?;
    text::check_sum(&details, quantity)?;
    let rate = terms.rate.in_tier(percent);
    let charge = if terms.service_type.is_package() {
        rate.package_charge()
    } else {
        rate.charge(quantity)
    };
    Ok(Draft {
        overlap_key: overlap_key(terms, &link),
        link: link.as_given().to_owned(),
        details,
        quantity,
        runs,
        interval_minutes,
        rate,
        charge: charge.map_err(|_| Refusal::ChargeOutOfRange)?,
    })
}

/// The first field of `request` that would change what is delivered, or whether the order is real, and
/// that its service does not pass on: "refused ..., nothing charged, is a closed list".
fn refused_field<'a>(terms: &Terms, request: &'a AddRequest) -> Option<&'a (&'static str, String)> {
    let mut sent = request.steering.iter();
    sent.find(|(field, _)| !passes_on(terms, field))
}

/// Whether a service of these `terms` hands the customers' `field` on to its providers as it is.
fn passes_on(terms: &Terms, field: &str) -> bool {
    terms.passed_fields.iter().any(|passed| passed == field)
}

/// The key of orders to `link` by a service of these `terms`: the same for every spelling of one target
/// within one family of services.
pub(super) fn overlap_key(terms: &Terms, link: &Link) -> i64 {
    let platform = Platform::from_words(&terms.category, &terms.name);
    link::overlap_key(&terms.family, &link.normalised(platform))
}

/// What a field of a type must look like.
#[derive(Clone, Copy)]
enum Shape {
    /// Any text.
    Text,
    /// One entry per line, at least one.
    List,
    /// A whole number within these bounds.
    Number(i64, i64, &'static str),
}

/// The fields that a type needs beyond link and quantity, by wire name.
fn needed(service_type: ServiceType) -> &'static [(&'static str, Shape)] {
    use Shape::{List, Number, Text};
    match service_type {
        ServiceType::Default | ServiceType::Package | ServiceType::Subscriptions => &[],
        ServiceType::CustomComments | ServiceType::CustomCommentsPackage => &[("comments", List)],
        ServiceType::InvitesFromGroups => &[("groups", List)],
        ServiceType::Mentions | ServiceType::MentionsCustomList => &[("usernames", List)],
        ServiceType::MentionsWithHashtags => &[("usernames", List), ("hashtags", List)],
        ServiceType::MentionsHashtag => &[("hashtag", Text)],
        ServiceType::MentionsUserFollowers | ServiceType::CommentLikes => &[("username", Text)],
        ServiceType::MentionsMediaLikers => &[("media", Text)],
        ServiceType::CommentReplies => &[("username", Text), ("comments", List)],
        ServiceType::Poll => &[(
            "answer_number",
            Number(0, 1_000, "a whole number up to 1000"),
        )],
        ServiceType::Seo => &[("keywords", List)],
        ServiceType::WebTraffic => &[
            ("country", Text),
            (
                "device",
                Number(1, 5, "1 (desktop), 2, 3, 4 (mobile) or 5 (mixed)"),
            ),
            (
                "type_of_traffic",
                Number(1, 3, "1 (search engine), 2 (referrer) or 3 (blank)"),
            ),
        ],
    }
}

/// The fields of the type, checked. A list is passed on with one entry per line.
fn details(
    service_type: ServiceType,
    request: &AddRequest,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut details = Vec::new();
    for &(field, shape) in needed(service_type) {
        details.push((field.to_owned(), detail(field, shape, request)?));
    }
    // What kind of traffic was asked for decides what more is needed.
    let more = match details.iter().find(|(field, _)| field == "type_of_traffic") {
        Some((_, kind)) if kind == "1" => Some("google_keyword"),
        Some((_, kind)) if kind == "2" => Some("referring_url"),
        _ => None,
    };
    if let Some(field) = more {
        details.push((field.to_owned(), detail(field, Shape::Text, request)?));
    }
    Ok(details)
}

/// Adds what the service hands on to its providers beyond the fields of its type.
fn pass_on(
    terms: &Terms,
    request: &AddRequest,
    details: &mut Vec<(String, String)>,
) -> Result<(), Refusal> {
    let steering = request.steering.iter();
    let steering = steering.map(|(name, value)| (*name, value.as_str()));
    let needed = details.len();
    for (name, value) in request.details().chain(steering) {
        if !passes_on(terms, name) {
            continue;
        }
        match details.iter().position(|(known, _)| known == name) {
            None => {
                text::check_field(name, value)?;
                details.push((name.to_owned(), value.to_owned()));
            }
            // What was sent several times, as `reactions[0]` and `reactions[1]`.
            Some(at) if at >= needed => {
                if let Some((_, values)) = details.get_mut(at) {
                    values.push(',');
                    values.push_str(value);
                    text::check_field(name, values)?;
                }
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn detail(field: &'static str, shape: Shape, request: &AddRequest) -> Result<String, Refusal> {
    let mut sent = request.details();
    let value = sent
        .find(|(name, _)| *name == field)
        .map(|(_, value)| value);
    let value = value.ok_or(Refusal::FieldMissing { field })?;
    text::check_field(field, value)?;
    match shape {
        Shape::Text => Ok(value.trim().to_owned()),
        Shape::List => match lines(value) {
            entries if entries.is_empty() => Err(Refusal::FieldMissing { field }),
            entries => Ok(entries.join("\n")),
        },
        Shape::Number(from, to, expected) => match whole_number(value) {
            Some(number) if (from..=to).contains(&number) => Ok(number.to_string()),
            _ => Err(Refusal::FieldInvalid { field, expected }),
        },
    }
}

/// Runs and interval; 1 and 0 without a drip-feed. "`runs=0`/`interval=0` = absent".
fn drip_feed(terms: &Terms, request: &AddRequest) -> Result<(i64, i64), Refusal> {
    let read = |text: &Option<String>| match text.as_deref().map(whole_number) {
        None | Some(Some(0)) => Ok(None),
        Some(Some(number)) => Ok(Some(number)),
        Some(None) => Err(Refusal::DripfeedIncomplete),
    };
    match (read(&request.runs)?, read(&request.interval)?) {
        (None, None) => Ok((1, 0)),
        (Some(_), Some(_)) if !terms.takes_runs() => Err(Refusal::DripfeedDisabled),
        (Some(runs), Some(interval)) if runs <= MAX_RUNS && interval <= MAX_INTERVAL_MINUTES => {
            Ok((runs, interval))
        }
        _ => Err(Refusal::DripfeedIncomplete),
    }
}

/// The total quantity: the customer's times the runs, the entries of its list, or one package.
/// One run is at least the minimum, all together at most the maximum.
fn quantity(terms: &Terms, request: &AddRequest, runs: i64) -> Result<i64, Refusal> {
    let per_run = match terms.service_type.quantity_source() {
        QuantitySource::One => return Ok(1),
        QuantitySource::Sent => request.quantity.as_deref().and_then(whole_number),
        QuantitySource::Lines(field) => {
            let list = match field {
                ListField::Comments => request.comments.as_deref(),
                ListField::Usernames => request.usernames.as_deref(),
            };
            list.and_then(|list| i64::try_from(lines(list).len()).ok())
        }
    };
    let per_run = per_run.filter(|&given| given >= terms.min);
    let per_run = per_run.ok_or(Refusal::QuantityBelowMin { min: terms.min })?;
    let total = per_run
        .checked_mul(runs)
        .filter(|&total| total <= terms.max);
    total.ok_or(Refusal::QuantityAboveMax { max: terms.max })
}

/// A `request_id` as it is stored: 1 to 64 characters, none of them a control character.
pub fn request_id(given: &str) -> Result<&str, Refusal> {
    let characters = given.chars().count();
    if characters == 0 || characters > 64 || given.chars().any(char::is_control) {
        return Err(Refusal::RequestIdInvalid);
    }
    Ok(given)
}

/// A customer's own name for an order as it is stored: 1 to 64 characters, none of them a control
/// character.
pub fn reference(given: &str) -> Result<&str, Refusal> {
    request_id(given).map_err(|_| Refusal::FieldInvalid {
        field: "reference",
        expected: "1 to 64 printable characters",
    })
}

#[cfg(test)]
mod tests;
