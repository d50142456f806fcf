//! Operating the panel: what load balancers, monitoring and service managers see of it.

use harness::{Reply, TestPanel};

mod checking;
mod drain;
mod health;
mod measuring;

/// Gets an address that needs no key.
async fn get(url: &str) -> Reply {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    Reply::read(client.get(url).send().await.unwrap()).await
}

/// The address of another path of the panel.
fn at(panel: &TestPanel, path: &str) -> String {
    panel.url.replace("/api/v2", path)
}
