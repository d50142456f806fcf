//! The provider as its clients see it: over real HTTP, on a clock that the tests move.

mod answers;
mod books;
mod failures;

use serde_json::Value;

use super::*;
use crate::clock::Time;
use crate::money::Rate;
use crate::protocol::ServiceType;

/// A provider on a manual clock, and a client of it.
struct Bench {
    clock: Clock,
    provider: SimulatedProvider,
    http: reqwest::Client,
}

impl Bench {
    /// Sells 1 (Default), 2 (Custom Comments), 3 (Package), 4 (Default without any extras).
    async fn start() -> Bench {
        let clock = Clock::manual(Time::from_ms(1_000_000));
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let provider = SimulatedProvider::start(clock.clone(), listen)
            .await
            .unwrap();
        let plain = ProviderService {
            dripfeed: false,
            refill: false,
            cancel: false,
            ..service(4, ServiceType::Default, "0.90")
        };
        provider.set_services(vec![
            plain,
            service(1, ServiceType::Default, "0.90"),
            service(2, ServiceType::CustomComments, "8"),
            service(3, ServiceType::Package, "31.60"),
        ]);
        Bench {
            clock,
            provider,
            http: reqwest::Client::new(),
        }
    }

    /// What a form with the right key is answered.
    async fn send(&self, form: &[(&str, &str)]) -> reqwest::Result<reqwest::Response> {
        let mut form = form.to_vec();
        form.push(("key", self.provider.key()));
        self.http.post(self.provider.url()).form(&form).send().await
    }

    /// The body of that answer.
    async fn text(&self, form: &[(&str, &str)]) -> String {
        self.send(form).await.unwrap().text().await.unwrap()
    }

    /// The answer to an order of 1,000 units of a service.
    async fn add(&self, service: &str, link: &str) -> String {
        let quantity = ("quantity", "1000");
        self.text(&[
            ("action", "add"),
            ("service", service),
            ("link", link),
            quantity,
        ])
        .await
    }

    /// Places an order of 1,000 units of service 1 that goes by `script`; gives its id.
    async fn order(&self, script: Script, link: &str) -> i64 {
        self.provider.script_next(1, script);
        let answer: Value = serde_json::from_str(&self.add("1", link).await).unwrap();
        answer["order"].as_i64().unwrap()
    }

    /// `word remains charge` of an order.
    async fn state(&self, order: i64) -> String {
        let body = self
            .text(&[("action", "status"), ("order", &order.to_string())])
            .await;
        let status: Value = serde_json::from_str(&body).unwrap();
        let part = |name: &str| status[name].as_str().unwrap().to_owned();
        format!("{} {} {}", part("status"), part("remains"), part("charge"))
    }
}

fn service(id: i64, service_type: ServiceType, rate: &str) -> ProviderService {
    let max = if service_type.is_package() { 1 } else { 10_000 };
    ProviderService {
        id,
        name: format!("{service_type} {id}"),
        category: "First Category".to_owned(),
        service_type,
        rate: Rate::parse(rate).unwrap(),
        min: 1,
        max,
        dripfeed: true,
        refill: true,
        cancel: true,
        script: Script::Deliver { over_ms: 1_000 },
    }
}
