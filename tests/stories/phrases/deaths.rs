//! Killed with `kill -9` while a decision about a sentence is carried out: no order is decided twice,
//! and whoever comes next goes on with the rest.

use harness::child::ChildPanel;
use harness::{ANYWHERE, MINUTE, START, account, check_clean, column, open_with, process_config};
use smm_panel_server::actor::Actor;
use smm_panel_server::catalog::dialect::DialectChange;
use smm_panel_server::catalog::providers::ProviderChange;
use smm_panel_server::catalog::{self, providers};
use smm_panel_server::clock::{Clock, Time};
use smm_panel_server::demo::provider::SimulatedProvider;
use smm_panel_server::ids::PhraseId;
use smm_panel_server::orders::PhraseExit;
use smm_panel_server::panel::Panel;
use smm_panel_server::phrases::{self, Class, NewResolution, NewSorting};
use smm_panel_server::protocol::upstream::PhraseClass;
use smm_panel_server::secrets::Secrets;
use tempfile::TempDir;

use super::{NEW, Script, json};

const PROGRAM: &str = env!("CARGO_BIN_EXE_panel-under-test");

/// How many orders wait: more than one piece of a decision.
const WAITING: usize = 230;

/// What an operator decides.
#[derive(Debug, Clone, Copy)]
enum Decided {
    /// The orders are refused: their money goes back.
    Refused,
    /// They are sent again, and taken.
    SentAgain,
    /// They are sent again, and answered with the same sentence, which nobody has sorted.
    SentAgainInVain,
}

impl Decided {
    /// What the provider answers to `add` from then on.
    fn script(self) -> Script {
        match self {
            Decided::SentAgain => Script::Deliver { over_ms: 0 },
            Decided::Refused | Decided::SentAgainInVain => waits(),
        }
    }

    async fn decide(self, panel: &Panel, phrase: PhraseId) {
        let (actor, reason) = (Actor::command(), "asked them".to_owned());
        let orders = i64::try_from(WAITING).unwrap();
        let class = match self {
            Decided::Refused => PhraseClass::OrderFault,
            Decided::SentAgain => PhraseClass::TooManyRequests,
            Decided::SentAgainInVain => {
                let resolution = NewResolution {
                    phrase,
                    exit: PhraseExit::SendAgain,
                    since: None,
                    until: None,
                    reason,
                    orders,
                };
                let decision = phrases::resolve_waiting(panel, &actor, &resolution).await;
                decision.unwrap();
                return;
            }
        };
        let sorting = NewSorting {
            phrase,
            class: Class::Refusal(class),
            for_all: false,
            reason,
            orders: Some(orders),
        };
        phrases::sort_phrase(panel, &actor, &sorting).await.unwrap();
    }

    /// How often each order is sent, the states of all runs in the end, and the wallet's balance in
    /// billionths of a USD: an order costs 0.045 USD.
    fn end(self) -> (usize, &'static str, &'static str) {
        match self {
            Decided::Refused => (1, "rejected", "100000000000"),
            Decided::SentAgain => (2, "completed", "89650000000"),
            Decided::SentAgainInVain => (2, "parked", "89650000000"),
        }
    }
}

fn waits() -> Script {
    Script::AddSays {
        status: 200,
        body: json!({"error": NEW}).to_string(),
        record: false,
    }
}

async fn opened(folder: &TempDir, now: Time) -> Panel {
    let config = process_config(folder.path());
    let secrets = Secrets::load_or_create(&config).unwrap();
    open_with(config, Clock::manual(now), secrets).await
}

/// A panel with a customer and a provider; gives the customer's key.
async fn furnish(folder: &TempDir, provider: &SimulatedProvider) -> String {
    let panel = opened(folder, START).await;
    let (_, key) = account(&panel, "reseller", "100").await;
    let at = harness::connect(&panel, "upstream", provider).await;
    // All orders are under way at once.
    let change = ProviderChange {
        dialect: DialectChange {
            compares_charges: Some(false),
            ..DialectChange::default()
        },
        ..ProviderChange::default()
    };
    let changed = providers::change(&panel, &Actor::command(), at, change).await;
    changed.unwrap();
    let terms = harness::services().swap_remove(0);
    provider.set_services(vec![harness::provided(1, &terms)]);
    let offer = harness::offer(at, 1, &terms);
    let sold = vec![(terms, vec![offer])];
    catalog::import(&panel.db, panel.now(), sold).await.unwrap();
    panel.db.close().await.unwrap();
    key
}

/// Places the orders, each of which is answered with the sentence.
async fn place(child: &mut ChildPanel, key: &str) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for n in 0..WAITING {
        let link = format!("https://x.test/{n}");
        let form = [
            ("key", key),
            ("action", "add"),
            ("service", "1"),
            ("link", &link),
            ("quantity", "50"),
        ];
        let reply = http.post(child.url()).form(&form).send().await.unwrap();
        let body = reply.text().await.unwrap();
        assert!(body.contains("order"), "{body}");
    }
    child.tell("work").expect("it lives");
}

/// Has the orders decided by a panel that is killed at `point` on the way.
async fn survive(decided: Decided, point: &str) {
    let folder = TempDir::new().unwrap();
    let clock = Clock::manual(START);
    let provider = SimulatedProvider::start(clock.clone(), ANYWHERE)
        .await
        .unwrap();
    let key = furnish(&folder, &provider).await;
    provider.set_script(1, waits());
    let mut child = ChildPanel::new(PROGRAM, folder.path());
    child.start(START, None);
    place(&mut child, &key).await;
    child.stop();

    let panel = opened(&folder, START).await;
    let items = phrases::list_work_items(&panel).await.unwrap();
    assert_eq!(items.len(), 1, "{items:?}");
    decided.decide(&panel, items[0].phrase.id).await;
    panel.db.close().await.unwrap();
    provider.set_script(1, decided.script());

    let mut crash = Some(point);
    for _ in 0..3 {
        clock.advance_ms(MINUTE);
        child.start(clock.now(), crash.take());
        while child.tell("work").is_err() {
            child.start(clock.now(), None);
        }
        child.stop();
    }
    assert_eq!(child.deaths, 1, "{decided:?} {point} killed it once");
    let panel = opened(&folder, clock.now()).await;
    judge(decided, point, &provider, &panel).await;
    check_clean(&panel).await;
    panel.db.close().await.unwrap();
    provider.stop().await;
}

/// Whether every order was decided, and none of them twice.
async fn judge(decided: Decided, point: &str, provider: &SimulatedProvider, panel: &Panel) {
    let (sent, state, balance) = decided.end();
    let case = format!("{decided:?} {point}");
    let resolved = "SELECT CAST(COUNT(*) AS TEXT) FROM provider_exchanges WHERE action = 'resolve' \
                    GROUP BY dispatch_id";
    assert_eq!(column(panel, resolved).await, ["1"; WAITING], "{case}");
    let states = "SELECT state || ' ' || CAST(COUNT(*) AS TEXT) FROM dispatches GROUP BY state";
    let all = format!("{state} {WAITING}");
    assert_eq!(column(panel, states).await, [all], "{case}");
    let done = "SELECT state FROM phrase_decisions WHERE done_at_ms IS NOT NULL";
    assert_eq!(column(panel, done).await, ["applied"], "{case}");
    let requests = provider.requests();
    let adds = requests.iter().filter(|seen| seen.action == "add");
    assert_eq!(adds.count(), sent * WAITING, "{case}");
    let mut links = provider.accepted_links();
    links.sort();
    links.dedup();
    let taken = match decided {
        Decided::SentAgain => WAITING,
        Decided::Refused | Decided::SentAgainInVain => 0,
    };
    assert_eq!(
        (links.len(), provider.orders().len()),
        (taken, taken),
        "{case}"
    );
    let wallet = "SELECT CAST(balance_nano AS TEXT) FROM wallets";
    assert_eq!(column(panel, wallet).await, [balance], "{case}");
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_inside_the_first_piece_of_a_decision_has_decided_nothing() {
    survive(Decided::Refused, "C17").await;
    survive(Decided::SentAgainInVain, "C17").await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_between_two_pieces_of_a_decision_goes_on_with_the_second() {
    survive(Decided::Refused, "C17:2").await;
    survive(Decided::SentAgain, "C17:2").await;
    survive(Decided::SentAgainInVain, "C17:2").await;
}

#[apply(story_on_threads)]
async fn a_panel_that_dies_before_a_decision_is_finished_decides_nothing_twice() {
    survive(Decided::Refused, "C18").await;
    survive(Decided::SentAgain, "C18").await;
    survive(Decided::SentAgainInVain, "C18").await;
}
