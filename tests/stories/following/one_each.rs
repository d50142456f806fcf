//! "A provider that never answers delays its own orders only."

use std::sync::Arc;
use std::time::Duration;

use harness::{ANYWHERE, connect, offer, provided, terms};
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::workers::Workers;
use tokio::sync::{Notify, watch};

use super::*;

story_on_threads! {
    async fn three_providers_that_never_answer_delay_nobody_else() {
        let panel = TestPanel::start_with(|config| config.dispatch_interval_ms = 20).await;
        let mut silent = Vec::new();
        for name in ["one", "two", "three"] {
            let provider = SimulatedProvider::start(panel.clock.clone(), ANYWHERE).await.unwrap();
            let at = connect(&panel.panel, name, &provider).await;
            let terms = terms(ServiceType::Default, "0.90");
            provider.set_services(vec![provided(1, &terms)]);
            let service = panel.service(terms.clone(), vec![offer(at, 1, &terms)]).await;
            panel.order_of(service, "https://x.test/silent", 1000).await;
            for _ in 0..1000 {
                provider.fail_next("status", Fault::Hang);
            }
            silent.push(provider);
        }
        // Each of them would keep a round waiting for ten minutes.
        panel.sql("UPDATE providers SET timeout_ms = 600000 WHERE name <> 'simulated'").await;
        panel.provider.set_script(1, Script::Deliver { over_ms: 0 });
        panel.order("https://x.test/first", 1000).await;
        let (stop, stopped) = watch::channel(false);
        let workers = Workers::new(&panel.panel, Client::new(true).unwrap());
        let loops = workers.start("one".into(), Arc::new(Notify::new()), stopped);
        let done = |ended: usize, hanging: usize| {
            let (panel, silent) = (&panel, &silent);
            async move {
                let sql = "SELECT id || '' FROM orders WHERE status = 'completed'";
                let hang = |provider: &&SimulatedProvider| {
                    provider.requests().iter().any(|seen| seen.action == "status")
                };
                while texts(panel, sql).await.len() < ended
                    || silent.iter().filter(hang).count() < hanging
                {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        let soon = Duration::from_secs(60);
        let sent = async {
            let sql = "SELECT id || '' FROM dispatches WHERE state = 'accepted'";
            while texts(&panel, sql).await.len() < 4 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(soon, sent).await.expect("all are sent");
        panel.advance(MINUTE);
        tokio::time::timeout(soon, done(1, 3)).await.expect("the good one is followed");
        // While the others hang, the next orders are followed as if they were not there.
        for n in 2..5 {
            panel.order(&format!("https://x.test/{n}"), 1000).await;
            let sql = format!("SELECT id || '' FROM dispatches WHERE provider_id = {} \
                AND state IN ('accepted', 'completed')", panel.provider_id);
            let sent = async {
                while texts(&panel, &sql).await.len() < n {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            tokio::time::timeout(soon, sent).await.expect("it is sent");
            panel.advance(MINUTE);
            tokio::time::timeout(soon, done(n, 3)).await.expect("it is followed");
        }
        for provider in silent {
            provider.stop().await;
        }
        stop.send_replace(true);
        for one in loops {
            one.await.unwrap();
        }
        panel.finish().await;
    }
}

/// An answer that names the id of the order that was stored, beside an error.
fn unclear() -> Script {
    Script::AddSays {
        status: 200,
        body: r#"{"error":"Something odd happened with your row","order":<order>}"#.to_owned(),
        record: true,
    }
}

story_on_threads! {
    async fn providers_that_do_not_say_what_became_of_an_order_delay_nobody_else() {
        let panel = TestPanel::start_with(|config| config.dispatch_interval_ms = 20).await;
        let mut silent = Vec::new();
        for name in ["one", "two", "three"] {
            let provider = SimulatedProvider::start(panel.clock.clone(), ANYWHERE).await.unwrap();
            let at = connect(&panel.panel, name, &provider).await;
            let terms = terms(ServiceType::Default, "0.90");
            provider.set_services(vec![provided(1, &terms)]);
            let service = panel.service(terms.clone(), vec![offer(at, 1, &terms)]).await;
            provider.set_script(1, unclear());
            for n in 0..3 {
                panel.order_of(service, &format!("https://x.test/{name}/{n}"), 1000).await;
            }
            for _ in 0..1000 {
                provider.fail_next("status", Fault::Hang);
            }
            silent.push(provider);
        }
        // Each of them would keep a round waiting for ten minutes.
        panel.sql("UPDATE providers SET timeout_ms = 600000 WHERE name <> 'simulated'").await;
        let (stop, stopped) = watch::channel(false);
        let workers = Workers::new(&panel.panel, Client::new(true).unwrap());
        let loops = workers.start("one".into(), Arc::new(Notify::new()), stopped);
        let soon = Duration::from_secs(60);
        let runs = |state: &'static str, count: usize| {
            let panel = &panel;
            async move {
                let sql = format!("SELECT id || '' FROM dispatches WHERE state = '{state}'");
                while texts(panel, &sql).await.len() < count {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        };
        tokio::time::timeout(soon, runs("unknown", 9)).await.expect("all are sent");
        panel.advance(MINUTE);
        let hang = async {
            let asked = |provider: &SimulatedProvider| {
                provider.requests().iter().any(|seen| seen.action == "status")
            };
            while !silent.iter().all(asked) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(soon, hang).await.expect("all are asked");
        panel.provider.script_next(1, unclear());
        panel.order("https://x.test/good", 1000).await;
        tokio::time::timeout(soon, runs("unknown", 10)).await.expect("it is sent");
        panel.advance(MINUTE);
        tokio::time::timeout(soon, runs("accepted", 1)).await.expect("the good one is asked");
        for provider in silent {
            provider.stop().await;
        }
        stop.send_replace(true);
        for one in loops {
            one.await.unwrap();
        }
        panel.finish().await;
    }
}
