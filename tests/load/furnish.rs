//! A database that a given program made itself: by its own commands, over its own HTTP, with orders
//! that it placed, sent and settled. So any version can be asked, whatever its schema is.

use std::path::Path;
use std::rc::Rc;

use anyhow::{Context, Result, bail};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use smm_panel_server::money::Rate;

use crate::client::{Connection, Target};
use crate::databases::Home;
use crate::prepared::{Prepared, QUANTITY};
use crate::process::{self, Provider, Served};
use crate::settled;

/// What customers pay for 1,000.
const RATE: &str = "0.937";
/// How many orders each owner has at least, so that 100 of one account can be asked for.
const ORDERS_PER_OWNER: usize = 100;
/// How many requests a panel has under way at its provider.
const CONCURRENCY: &str = "64";
/// The service that nobody is asked to deliver.
const MANUAL: &str = "Manual";
/// The provider of the stored orders.
const PAST: &str = "past";

/// How much is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Accounts with a key and 1,000,000 USD.
    pub(crate) wallets: usize,
    /// Settled orders.
    pub(crate) orders: usize,
    /// Connections on which they are placed.
    pub(crate) connections: usize,
}

/// Lets `program` fill the empty database of `home`.
pub(crate) async fn fill(program: &Path, home: &Home, size: Size) -> Result<Prepared> {
    let file = home.settings();
    process::command(program, &file, &["migrate"], "").await?;
    let provider = Provider::start().await?;
    sell(program, home, PAST, &provider).await?;
    let mut add = vec!["service", "add", "--name", MANUAL, "--category", "Load"];
    add.extend(["--type", "Default", "--rate", RATE]);
    add.extend(["--min", "1", "--max", "1000000", "--refill", "--cancel"]);
    process::command(program, &file, &add, "").await?;
    let keys = wallets(program, &file, size.wallets.max(1)).await?;

    let served = Served::start("prepared", program, &file).await?;
    served.ready().await?;
    let target = Target::parse(&served.url)?;
    let key = keys.first().context("no key")?;
    let service = sold(&target, key, MANUAL).await?;
    let forwarded = sold(&target, key, PAST).await?;
    let mut prepared = Prepared {
        url: served.url.clone(),
        owners: size.wallets.min(size.orders / ORDERS_PER_OWNER).max(1),
        keys,
        orders: 0,
        ids: Vec::new(),
        service,
        forwarded,
        charge_nano: Rate::parse(RATE)?.charge(QUANTITY)?.nano(),
        people: 0,
    };
    prepared = store(home, &target, prepared, size).await?;
    served.stop().await?;
    provider.finish().await?;
    Ok(prepared)
}

/// Makes `provider` known to a panel that does not serve, and sells what it completes at once: both
/// as `name`.
pub(crate) async fn sell(
    program: &Path,
    home: &Home,
    name: &str,
    provider: &Provider,
) -> Result<()> {
    let file = home.settings();
    let mut add = vec!["provider", "add", name, &provider.url];
    add.extend(["--concurrency", CONCURRENCY]);
    process::command(program, &file, &add, &provider.key).await?;
    let offer = format!("{name}=2");
    let mut add = vec!["service", "add", "--name", name, "--category", "Load"];
    add.extend(["--rate", RATE, "--offer", &offer]);
    process::command(program, &file, &add, "").await?;
    Ok(())
}

/// Accounts with 1,000,000 USD each; gives a key of each, in order.
async fn wallets(program: &Path, file: &Path, count: usize) -> Result<Vec<String>> {
    let mut keys = Vec::with_capacity(count);
    for number in 1..=count {
        let name = &account(number);
        let create = ["account", "create", name];
        process::command(program, file, &create, "").await?;
        let mut credit = vec!["account", "credit", name, "1000000"];
        credit.extend(["--reason", "load", "--reference", name]);
        process::command(program, file, &credit, "").await?;
        let create = ["key", "create", name];
        let key = process::command(program, file, &create, "").await?;
        keys.push(key.trim().to_owned());
    }
    eprintln!("{count} wallets");
    Ok(keys)
}

fn account(number: usize) -> String {
    format!("reseller {number}")
}

/// The id of a service, as the panel lists it.
pub(crate) async fn sold(target: &Target, key: &str, name: &str) -> Result<i64> {
    let mut connection = Connection::open(target, false).await?;
    let answer = connection
        .post(&format!("key={key}&action=services"))
        .await?;
    let list: Vec<Value> = serde_json::from_slice(answer.body)?;
    let row = list.iter().find(|row| row["name"] == name);
    let found = row.and_then(|row| {
        let id = &row["service"];
        id.as_i64().or_else(|| id.as_str()?.parse().ok())
    });
    found.with_context(|| format!("the service {name} is not listed"))
}

/// Places the stored orders, from the wallets that own them in turn, and waits until all are
/// settled.
async fn store(home: &Home, target: &Target, all: Prepared, size: Size) -> Result<Prepared> {
    if size.orders == 0 {
        return Ok(all);
    }
    let owners = Prepared {
        keys: all.keys.iter().take(all.owners).cloned().collect(),
        ids: Vec::new(),
        url: all.url.clone(),
        ..all
    };
    let db = home.connect().await?;
    let (owners, targets) = (Rc::new(owners), [target.clone()]);
    let measure = settled::Measure {
        connections: size.connections,
        orders: size.orders,
        targets: &targets,
        prepared: &owners,
        first: 0,
    };
    let (figures, _) = measure.run(&db).await?;
    if let Some(why) = figures.first_error {
        bail!("an order could not be stored: {why}");
    }
    eprintln!("{} orders, settled", size.orders);
    let sql = "SELECT orders.id, accounts.name FROM orders JOIN accounts \
               ON accounts.id = orders.account_id ORDER BY orders.id";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let mut ids = vec![Vec::new(); all.owners];
    for row in db.query_all_raw(statement).await? {
        let (id, name): (i64, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let owner = ids
            .iter_mut()
            .zip(1..)
            .find(|(_, number)| account(*number) == name);
        let (owned, _) = owner.with_context(|| format!("{name} is no owner"))?;
        owned.push(id);
    }
    db.close().await?;
    Ok(Prepared {
        orders: size.orders,
        ids,
        ..all
    })
}
