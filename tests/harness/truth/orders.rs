//! What the customers of a world want, drawn from its seed.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use smm_panel_server::clock::Time;
use smm_panel_server::protocol::ServiceType;

/// An order that a customer wants.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// Unique: by it the provider's truth is found.
    pub(super) link: String,
    /// Whose it is.
    pub(super) account: usize,
    /// The service, from 0.
    pub(super) service: usize,
    /// Units of each run.
    pub(super) quantity: i64,
    /// How many runs.
    pub(super) runs: i64,
    /// How long after placing its customer cancels it, in ms.
    pub(super) cancel_after: Option<i64>,
    /// The order's number, once it is placed.
    pub(super) id: Option<i64>,
    /// When it was placed.
    pub(super) placed_at: Time,
}

/// The type of a service, from 0.
pub(super) fn service_type(service: usize) -> ServiceType {
    match service % 5 {
        4 => ServiceType::CustomComments,
        _ => ServiceType::Default,
    }
}

/// How many customers there are.
pub(super) const ACCOUNTS: usize = 4;

/// The orders of a world: `count` of them, over `services`.
pub(super) fn draw(seed: u64, count: usize, services: usize) -> Vec<Wanted> {
    let mut chance = StdRng::seed_from_u64(seed ^ 0x07de);
    let one = |number: usize| {
        let service = number % services;
        let by_lines = service_type(service) == ServiceType::CustomComments;
        let quantity = match by_lines {
            true => chance.random_range(1..12),
            false => chance.random_range(10..3_000),
        };
        let drips = !by_lines && chance.random_range(0..100) < 5;
        let canceled = chance.random_range(0..100) < 6;
        let link = match chance.random_range(0..4) {
            0 => format!("https://t{seed}.example/p/{number}?a=1&b={number}"),
            1 => format!("https://t{seed}.example/p/{number}?q=x%20y+z"),
            _ => format!("https://t{seed}.example/p/{number}"),
        };
        Wanted {
            link,
            account: chance.random_range(0..ACCOUNTS),
            service,
            quantity,
            runs: if drips { chance.random_range(2..4) } else { 1 },
            cancel_after: canceled.then(|| chance.random_range(0..120) * 60_000),
            id: None,
            placed_at: Time::from_ms(0),
        }
    };
    (0..count).map(one).collect()
}

impl Wanted {
    /// The form that places it.
    pub(super) fn form(&self, key: &str) -> Vec<(&'static str, String)> {
        let mut form = vec![
            ("key", key.to_owned()),
            ("action", "add".to_owned()),
            ("service", (self.service + 1).to_string()),
            ("link", self.link.clone()),
            ("request_id", self.link.clone()),
        ];
        if service_type(self.service) == ServiceType::CustomComments {
            let lines = (0..self.quantity).map(|n| format!("Good = {n} & 100 % + {n}"));
            form.push(("comments", lines.collect::<Vec<_>>().join("\n")));
        } else {
            form.push(("quantity", self.quantity.to_string()));
        }
        if self.runs > 1 {
            form.push(("runs", self.runs.to_string()));
            form.push(("interval", "20".to_owned()));
        }
        form
    }
}
