//! What an answer says beside its body.

use std::time::Duration;

use reqwest::header::HeaderMap;

/// What the panel's answer to one attempt of a call says beside its body, whether it is a success or not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseInfo {
    /// The operation, by its name in the panel's document, such as `order_place`.
    pub operation: &'static str,
    /// Which attempt of the call it answers, from 1 on.
    pub attempt: u32,
    /// The HTTP status.
    pub status: u16,
    /// The request's number, by which the panel's operator finds the request; absent if something
    /// between has answered.
    pub request_id: Option<String>,
    /// What is left of the limits that hold for the request; empty for a key without limits.
    pub rate_limits: Vec<RateLimit>,
}

/// A rate limit of the panel, as it stood after a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Its name, such as `add`.
    pub name: String,
    /// How much the limit allows in [`window`](RateLimit::window).
    pub limit: Option<u64>,
    /// The time that the limit is counted in.
    pub window: Option<Duration>,
    /// What is left at this moment.
    pub remaining: u64,
    /// How long until all of it is there again.
    pub resets_in: Option<Duration>,
}

impl ResponseInfo {
    pub(crate) fn new(
        operation: &'static str,
        attempt: u32,
        status: u16,
        headers: &HeaderMap,
    ) -> ResponseInfo {
        ResponseInfo {
            operation,
            attempt,
            status,
            request_id: text(headers, "x-request-id").map(str::to_owned),
            rate_limits: rate_limits(headers),
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The limits of `RateLimit: "add";r=359;t=1`, with what `RateLimit-Policy: "add";q=600;w=60` says of each.
fn rate_limits(headers: &HeaderMap) -> Vec<RateLimit> {
    let of = |name| items(text(headers, name).unwrap_or_default());
    let policies: Vec<Item<'_>> = of("ratelimit-policy").collect();
    let limits = of("ratelimit").filter_map(|left| {
        let policy = policies.iter().find(|policy| policy.name == left.name);
        let of_policy = |parameter| policy.and_then(|policy| policy.number(parameter));
        Some(RateLimit {
            name: left.name.to_owned(),
            limit: of_policy("q"),
            window: of_policy("w").map(Duration::from_secs),
            remaining: left.number("r")?,
            resets_in: left.number("t").map(Duration::from_secs),
        })
    });
    limits.collect()
}

/// An item of a list in a header: `"name";a=1;b=2`.
struct Item<'a> {
    name: &'a str,
    parameters: &'a str,
}

impl Item<'_> {
    fn number(&self, parameter: &str) -> Option<u64> {
        let mut pairs = self
            .parameters
            .split(';')
            .filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(name, _)| name.trim() == parameter)?;
        value.trim().parse().ok()
    }
}

/// The items of a list; the panel's names have neither commas nor semicolons.
fn items(list: &str) -> impl Iterator<Item = Item<'_>> {
    list.split(',').filter_map(|item| {
        let (name, parameters) = item.split_once(';')?;
        let name = name.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some(Item { name, parameters })
    })
}
