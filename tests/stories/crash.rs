//! Two panels in a chain, killed with `kill -9` wherever it hurts: panel A resells panel B, which
//! resells a provider. Whatever is killed when, no money and no order is lost, and the provider
//! sees no order twice.

use std::collections::HashMap;

use harness::child::ChildPanel;
use harness::{ANYWHERE, DELIVERY, MINUTE, Reply, START, account, check_clean, open_with};
use smm_panel_server::catalog::{self, Offer, Terms};
use smm_panel_server::clock::Clock;
use smm_panel_server::demo::provider::{Script, SimulatedProvider};
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::secrets::Secrets;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_panel-under-test");

/// What is ordered: service, how its orders go, and what a customer of panel A sees in the end
/// (status, charge of 0.90, remains of 1000).
fn cases() -> [(i64, Script, &'static str); 4] {
    [
        (1, Script::Deliver { over_ms: DELIVERY }, "Completed 0.90 0"),
        (
            2,
            Script::Partial {
                over_ms: DELIVERY,
                delivered_percent: 60,
            },
            "Partial 0.54 400",
        ),
        (3, Script::Refuse("Bad link"), "Canceled 0.00 1000"),
        (
            4,
            Script::Deliver {
                over_ms: 1_000 * MINUTE,
            },
            "Canceled 0.00 1000",
        ),
    ]
}

/// The case that its customer cancels.
const CANCELED: i64 = 4;

#[derive(Clone, Copy, PartialEq)]
enum Victim {
    A,
    B,
}

/// A chain on folders of its own.
struct Chain {
    clock: Clock,
    provider: SimulatedProvider,
    a: ChildPanel,
    b: ChildPanel,
    folders: [TempDir; 2],
    key: String,
    http: reqwest::Client,
}

impl Chain {
    /// `keeps`: whether the provider at the end keeps `request_id`s, as a panel of ours does.
    async fn build(keeps: bool) -> Chain {
        let clock = Clock::manual(START);
        let provider = SimulatedProvider::start(clock.clone(), ANYWHERE)
            .await
            .unwrap();
        provider.keep_request_ids(keeps);
        let folders = [TempDir::new().unwrap(), TempDir::new().unwrap()];
        let a = ChildPanel::new(PROGRAM, folders[0].path());
        let b = ChildPanel::new(PROGRAM, folders[1].path());
        let b_key = furnish(&folders[1], &clock, &provider.url(), provider.key(), keeps).await;
        let key = furnish(&folders[0], &clock, &b.url(), &b_key, true).await;
        let terms = terms();
        provider.set_services(
            cases()
                .into_iter()
                .map(|(id, script, _)| harness_service(id, script, &terms))
                .collect(),
        );
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Chain {
            clock,
            provider,
            a,
            b,
            folders,
            key,
            http,
        }
    }

    /// Asks panel A until it answers: it may be killed while it does.
    async fn ask(&mut self, fields: &[(&str, &str)]) -> Reply {
        loop {
            self.start(None);
            let mut form = vec![("key", self.key.as_str())];
            form.extend_from_slice(fields);
            match self.http.post(self.a.url()).form(&form).send().await {
                Ok(response) => return Reply::read(response).await,
                Err(_) => assert!(self.a.tell("parked").is_err(), "a living panel answers"),
            }
        }
    }

    /// Starts whoever is dead; the victim once with its crash.
    fn start(&mut self, crash: Option<(Victim, &str)>) {
        let now = self.clock.now();
        let of = |victim| {
            crash
                .filter(|(who, _)| *who == victim)
                .map(|(_, point)| point)
        };
        self.b.start(now, of(Victim::B));
        self.a.start(now, of(Victim::A));
    }

    /// One minute on everybody's clock, with all the work that it brings.
    fn minute(&mut self) {
        self.clock.advance_ms(MINUTE);
        self.start(None);
        for panel in [&mut self.a, &mut self.b] {
            // Who died starts again at the clock's present time.
            let _ = panel
                .tell(&format!("advance {MINUTE}"))
                .and_then(|_| panel.tell("work"));
        }
    }

    /// Operators of panel B ask the provider about what is parked, and decide.
    fn decide_parked(&mut self) {
        let Ok(lines) = self.b.tell("parked") else {
            return;
        };
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let [dispatch, "parked", link] = words.as_slice() else {
                continue;
            };
            // In this chain a link belongs to one order.
            let seen = self
                .provider
                .orders()
                .into_iter()
                .find(|seen| seen.link == *link);
            let decision = match seen {
                Some(seen) => format!("accepted {dispatch} {}", seen.id),
                None => format!("again {dispatch}"),
            };
            let _ = self.b.tell(&decision);
        }
    }
}

fn terms() -> Terms {
    Terms {
        min: 1,
        max: 10_000,
        ..harness::terms(ServiceType::Default, "0.90")
    }
}

fn harness_service(
    id: i64,
    script: Script,
    terms: &Terms,
) -> smm_panel_server::demo::provider::ProviderService {
    smm_panel_server::demo::provider::ProviderService {
        script,
        ..harness::provided(id, terms)
    }
}

/// Fills the database of one panel; gives its customer's key.
async fn furnish(
    folder: &TempDir,
    clock: &Clock,
    upstream: &str,
    upstream_key: &str,
    keeps: bool,
) -> String {
    let config = harness::process_config(folder.path());
    let secrets = Secrets::load_or_create(&config).unwrap();
    let panel = open_with(config, clock.clone(), secrets).await;
    let (_, key) = account(&panel, "reseller", "100").await;
    let provider = harness::connect_to(&panel, "upstream", upstream, upstream_key).await;
    harness::keeps_request_ids(&panel, provider, keeps).await;
    let services = cases().into_iter().map(|(id, _, _)| {
        let terms = terms();
        let offer = harness::offer(provider, id, &terms);
        // Panel B's price is panel A's cost.
        (
            terms.clone(),
            vec![Offer {
                cost: terms.rate.min(offer.cost),
                ..offer
            }],
        )
    });
    catalog::import(&panel.db, panel.now(), services.collect())
        .await
        .unwrap();
    panel.db.close().await.unwrap();
    key
}

/// Orders one of each case at panel A, with `victim` killed at `point`, and follows them to their
/// ends.
async fn survive(victim: Victim, point: &str, keeps: bool) {
    let mut chain = Chain::build(keeps).await;
    chain.start(Some((victim, point)));
    let mut orders = HashMap::new();
    for (service, _, _) in cases() {
        let (service_text, link) = (service.to_string(), format!("https://x.test/{service}"));
        let fields = [
            ("action", "add"),
            ("service", service_text.as_str()),
            ("link", &link),
            ("quantity", "1000"),
            ("request_id", &link),
        ];
        let order = chain.ask(&fields).await.order();
        orders.insert(service, order);
    }
    let canceled = orders[&CANCELED].to_string();
    for minute in 0..400 {
        chain.minute();
        if !keeps {
            chain.decide_parked();
        }
        // Once it is on its way; a second request changes nothing.
        if minute == 5 || minute == 6 {
            let reply = chain
                .ask(&[("action", "cancel"), ("order", &canceled)])
                .await;
            assert_eq!(reply.json()["cancel"], 1, "{}", reply.body);
        }
        if minute > 6 && all_final(&mut chain, &orders).await {
            break;
        }
    }
    for (service, _, expected) in cases() {
        let order = orders[&service].to_string();
        let status = chain
            .ask(&[("action", "status"), ("order", &order)])
            .await
            .json();
        let text = |field: &str| status[field].as_str().unwrap_or("?").to_owned();
        let shown = format!("{} {} {}", text("status"), text("charge"), text("remains"));
        assert_eq!(shown, expected, "{point}, service {service}");
    }
    let balance = chain.ask(&[("action", "balance")]).await.json();
    assert_eq!(balance["balance"], "98.56", "{point}: 100 - 0.90 - 0.54");
    let deaths = chain.a.deaths + chain.b.deaths;
    assert_eq!(deaths, 1, "{point} killed its victim once");
    chain.a.stop();
    chain.b.stop();
    let mut links = chain.provider.accepted_links();
    links.sort();
    let expected = ["https://x.test/1", "https://x.test/2", "https://x.test/4"];
    assert_eq!(links, expected, "{point}: the provider saw no order twice");
    for folder in &chain.folders {
        let config = harness::process_config(folder.path());
        let secrets = Secrets::load_or_create(&config).unwrap();
        let panel = open_with(config, chain.clock.clone(), secrets).await;
        check_clean(&panel).await;
        panel.db.close().await.unwrap();
    }
    chain.provider.clone().stop().await;
}

async fn all_final(chain: &mut Chain, orders: &HashMap<i64, i64>) -> bool {
    let ids: Vec<String> = orders.values().map(i64::to_string).collect();
    let reply = chain
        .ask(&[("action", "status"), ("orders", &ids.join(","))])
        .await
        .json();
    let lines = reply.as_object().unwrap();
    lines.values().all(|line| {
        matches!(
            line["status"].as_str(),
            Some("Completed" | "Partial" | "Canceled")
        )
    })
}

macro_rules! crash_stories {
    ($($name:ident: $victim:ident at $point:literal $(with $keeps:literal)?;)+) => {$(
        story_on_threads! {
            async fn $name() {
                #[allow(unused_mut, unused_assignments, reason = "one of two forms")]
                let mut keeps = true;
                $(keeps = $keeps;)?
                survive(Victim::$victim, $point, keeps).await;
            }
        }
    )+};
}

crash_stories! {
    the_first_panel_dies_before_an_order_is_committed: A at "C0";
    the_first_panel_dies_before_it_answers: A at "C1:2";
    the_first_panel_dies_while_it_claims: A at "C2";
    the_first_panel_dies_before_the_first_byte: A at "C3";
    the_first_panel_dies_after_the_bytes: A at "C4:2";
    the_first_panel_dies_before_the_answer_is_recorded: A at "C5";
    the_first_panel_dies_after_the_acceptance: A at "C6";
    the_first_panel_dies_when_it_read_a_terminal_status: A at "C7";
    the_first_panel_dies_inside_the_settlement: A at "C8";
    the_first_panel_dies_forwarding_a_cancel: A at "C13";
    the_second_panel_dies_before_an_order_is_committed: B at "C0";
    the_second_panel_dies_before_it_answers: B at "C1:2";
    the_second_panel_dies_while_it_claims: B at "C2";
    the_second_panel_dies_before_the_first_byte: B at "C3";
    the_second_panel_dies_after_the_bytes: B at "C4:2";
    the_second_panel_dies_before_the_answer_is_recorded: B at "C5";
    the_second_panel_dies_after_the_acceptance: B at "C6";
    the_second_panel_dies_when_it_read_a_terminal_status: B at "C7";
    the_second_panel_dies_inside_the_settlement: B at "C8";
    the_second_panel_dies_forwarding_a_cancel: B at "C13";
    the_second_panel_dies_between_an_end_and_its_confirmation: B at "C7A" with false;
    operators_decide_when_it_dies_before_the_first_byte: B at "C3" with false;
    operators_decide_when_it_dies_after_the_bytes: B at "C4:2" with false;
    operators_decide_when_it_dies_before_the_answer_is_recorded: B at "C5" with false;
}
