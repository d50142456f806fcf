//! What a provider's answer, or the lack of one, does to an order: nothing is sent twice, nothing
//! waits for ever, and the money is in the hold, in the wallet or earned.

mod add_evidence;
mod breaker;
mod doubt;
mod drip_feed;
mod exits;
mod ids;
mod late_answers;
mod moved;
mod next_provider;
mod no_offers;
mod refusals;

use std::sync::Arc;

use harness::{
    ANYWHERE, DELIVERY, HOUR, MINUTE, TestPanel, alert_kinds, connect, offer, provided, terms,
    texts,
};
use smm_panel_server::actor::Actor;
use smm_panel_server::alerts;
use smm_panel_server::catalog::{self, Offer, Terms};
use smm_panel_server::clock::Period;
use smm_panel_server::demo::provider::{Fault, Script, SimulatedProvider};
use smm_panel_server::ids::{DispatchId, OrderId};
use smm_panel_server::money::{Money, Rate};
use smm_panel_server::orders::{self, Resolution, Unresolved};
use smm_panel_server::protocol::ServiceType;
use smm_panel_server::provider::Client;
use smm_panel_server::suspensions;
use smm_panel_server::workers::Workers;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

const FUNDS: &str = "Not enough funds on balance";

/// The states of an order's runs, in order.
async fn states(panel: &TestPanel, order: i64) -> Vec<String> {
    let sql = format!("SELECT state FROM dispatches WHERE order_id = {order} ORDER BY run");
    texts(panel, &sql).await
}

/// How many `add` requests reached the provider.
fn adds(provider: &SimulatedProvider) -> usize {
    count(provider, "add")
}

fn count(provider: &SimulatedProvider, action: &str) -> usize {
    let requests = provider.requests();
    requests.iter().filter(|seen| seen.action == action).count()
}

/// The first charges of the provider's offers are not waited for: that few orders are in doubt until then
/// is another story.
async fn compare_no_charges(panel: &TestPanel) {
    panel
        .sql("UPDATE providers SET compares_charges = FALSE")
        .await;
}

/// Every run that waits for proof or for an operator.
async fn uncertain(panel: &TestPanel) -> Vec<DispatchId> {
    let runs = orders::uncertain(&panel.panel, Period::default(), None, 1000)
        .await
        .unwrap();
    runs.into_iter().map(|run| run.id).collect()
}

async fn resolve(panel: &TestPanel, run: DispatchId, how: Resolution) -> Result<(), Unresolved> {
    orders::resolve(&panel.panel, &Actor::command(), run, how, None)
        .await
        .unwrap()
}

fn custom(status: u16, body: &str) -> Script {
    Script::AddSays {
        status,
        body: body.to_owned(),
        record: false,
    }
}

fn page(status: u16) -> Fault {
    Fault::Http(status, "<html>no panel here</html>".to_owned())
}

/// A second provider that offers the services of these terms under ids from 1 on.
async fn second(panel: &TestPanel, offered: &[&Terms]) -> (SimulatedProvider, Vec<Offer>) {
    let provider = SimulatedProvider::start(panel.clock.clone(), ANYWHERE)
        .await
        .unwrap();
    let at = connect(&panel.panel, "second", &provider).await;
    let services = (1..).zip(offered).map(|(id, terms)| provided(id, terms));
    provider.set_services(services.collect());
    let offers = (1..).zip(offered).map(|(id, terms)| offer(at, id, terms));
    (provider, offers.collect())
}

/// A panel whose service (the number given) is sold by two providers, one after the other.
async fn with_two_providers() -> (TestPanel, SimulatedProvider, i64) {
    let panel = TestPanel::start().await;
    let terms = terms(ServiceType::Default, "0.90");
    let (other, mut offers) = second(&panel, &[&terms]).await;
    offers.insert(0, offer(panel.provider_id, 1, &terms));
    let service = panel.service(terms, offers).await;
    (panel, other, service)
}
