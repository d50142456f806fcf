//! Customers: who they are, what they have, and the keys that their software uses.

use std::collections::HashSet;

use serde_json::json;

use super::table::{self, Column, Row};
use super::{Fault, Faulty, Imported, Manner, begin, digest};
use crate::accounts::imported::{self, FormerCustomer, Here};
use crate::accounts::{Email, Token, TokenKind};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::TierId;
use crate::money::{Money, Percent};
use crate::panel::Panel;
use crate::wallet;

/// The highest number of a customer.
const MOST: i64 = 1_000_000_000_000;

const COLUMNS: &[Column] = &[
    Column::needed("id", &["id", "userid", "uid", "clientid", "customerid"]),
    Column::optional("name", &["name", "username", "user", "login", "fullname"]),
    Column::optional("email", &["email", "mail", "emailaddress", "useremail"]),
    Column::needed("balance", &["balance", "funds", "wallet", "credit"]),
    Column::optional("api_key", &["apikey", "api", "key", "apitoken", "token"]),
    Column::optional("tier", &["tier", "group", "rank", "level"]),
    Column::optional(
        "discount",
        &["discount", "discountpercent", "discountpercentage"],
    ),
    Column::optional("status", &["status", "state", "active"]),
];

/// A row whose cells are right.
struct Customer {
    line: u64,
    old_id: i64,
    name: String,
    email: Option<Email>,
    balance: Money,
    key: Option<Token>,
    tier: Option<TierId>,
    is_active: bool,
}

pub(super) async fn import(
    panel: &Panel,
    actor: &Actor,
    file: &[u8],
    manner: Manner,
) -> Result<Imported> {
    actor.only_operators()?;
    let mut table = table::read(file, COLUMNS).map_err(|why| Refusal::Conflict { why })?;
    let mut made = Imported::of(&mut table);
    let tx = begin(panel, manner).await?;
    let mut here = Here::read(&tx).await?;
    let customers = read(&table.rows, panel, &mut here, &mut made);
    let (customers, balances) = named(customers, &mut here, &mut made);
    made.taken = customers.len();
    if !made.may_be_written(manner) {
        tx.rollback().await?;
        return Ok(made.sorted());
    }
    if !customers.is_empty() {
        write(panel, actor, &tx, &customers, &balances, digest(file)).await?;
    }
    fail::fail_point!("C21");
    tx.commit().await?;
    made.is_written = true;
    Ok(made.sorted())
}

/// The customers of a file that can be taken, but for their names.
fn read(rows: &[Row], panel: &Panel, here: &mut Here, made: &mut Imported) -> Vec<Customer> {
    let (mut seen, mut customers) = (HashSet::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        let customer = customer(row, here).and_then(|customer| {
            if !seen.insert(customer.old_id) {
                return Err(format!(
                    "the id {} stands in an earlier row",
                    customer.old_id
                ));
            }
            if here.imported(customer.old_id).is_some() {
                return Ok(None);
            }
            if let Some(email) = &customer.email
                && !here.take_email(email)
            {
                return Err(format!("somebody has the e-mail address {email} already"));
            }
            if let Some(key) = &customer.key
                && !here.take_key(&panel.secrets, key)
            {
                return Err("somebody has the API key already".to_owned());
            }
            Ok(Some(customer))
        });
        match customer {
            Ok(Some(customer)) => customers.push(customer),
            Ok(None) => made.already += 1,
            Err(why) => made.faults.push(Fault::new(row.line, why)),
        }
    }
    customers
}

/// What of a customer counts once.
type Balance = (i64, Money);

/// Gives customers their names here.
fn named(
    customers: Vec<Customer>,
    here: &mut Here,
    made: &mut Imported,
) -> (Vec<FormerCustomer>, Vec<Balance>) {
    let mut balances = Vec::with_capacity(customers.len());
    let mut former = Vec::with_capacity(customers.len());
    for customer in customers {
        let (line, old_id) = (customer.line, customer.old_id);
        let named = here.take_name(old_id, &customer.name, customer.email.as_ref());
        let Some((name, why)) = named else {
            let why = format!("the name customer-{old_id} is taken: rename that account first");
            made.faults.push(Fault::new(line, why));
            continue;
        };
        if let Some(why) = why {
            let text = name.text();
            let why = format!("called {text}, not {:?}: {why}", shown(&customer.name));
            made.remarks.push(Fault::new(line, why));
        }
        if !customer.is_active {
            let why = "not active there: taken without its API key and its address";
            made.remarks.push(Fault::new(line, why));
        }
        balances.push((old_id, customer.balance));
        former.push(FormerCustomer {
            old_id,
            name,
            // Who reads its mail would choose a password and be in.
            email: customer.email.filter(|_| customer.is_active),
            key: customer.key.filter(|_| customer.is_active),
            tier: customer.tier,
        });
    }
    (former, balances)
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

fn customer(row: &Row, here: &Here) -> Faulty<Customer> {
    let balance = row.decimal("balance", Money::parse)?;
    let balance = balance.ok_or("balance is empty")?;
    if balance < Money::ZERO {
        return Err(format!(
            "balance is {balance}: a wallet holds no debt; settle it, or write 0"
        ));
    }
    let email = row.text("email").map(Email::parse).transpose();
    Ok(Customer {
        line: row.line,
        old_id: row.needed_number("id", 1, MOST)?,
        name: row.text("name").unwrap_or_default().to_owned(),
        email: email.map_err(|refusal| refusal.to_string())?,
        balance,
        key: row.text("api_key").map(key).transpose()?,
        tier: tier(row, here)?,
        is_active: is_active(row)?,
    })
}

fn key(text: &str) -> Faulty<Token> {
    let ours = Token::parse(text).filter(|token| token.kind() == TokenKind::Key);
    let key = ours.or_else(|| Token::foreign(text));
    let why = "api_key is no key of 16 to 128 letters, digits and signs: empty the cell, and give the \
               customer a new one";
    key.ok_or_else(|| why.to_owned())
}

fn tier(row: &Row, here: &Here) -> Faulty<Option<TierId>> {
    let named = row.text("tier").filter(|name| *name != "0");
    let discount = row.decimal("discount", Percent::parse)?;
    let discount = discount.filter(|percent| *percent != Percent::ZERO);
    match (named, discount) {
        (None, None) => Ok(None),
        (Some(name), None) => {
            let why = || {
                format!(
                    "tier is {:?}, and there is none here: `smm-panel tier create`",
                    shown(name)
                )
            };
            here.tier_named(name).ok_or_else(why).map(Some)
        }
        (None, Some(discount)) => {
            let percent = Percent::from_hundredths(-discount.hundredths());
            let tier = percent.and_then(|percent| here.tier_of(percent));
            let why = || {
                format!(
                    "discount is {discount} percent, and no tier here has that: `smm-panel tier \
                     create`"
                )
            };
            tier.ok_or_else(why).map(Some)
        }
        (Some(_), Some(_)) => Err("it has a tier and a discount: empty one of them".to_owned()),
    }
}

fn is_active(row: &Row) -> Faulty<bool> {
    let Some(text) = row.text("status") else {
        return Ok(true);
    };
    match text.to_lowercase().as_str() {
        "1" | "active" | "enabled" | "yes" | "true" | "approved" | "verified" => Ok(true),
        "0" | "inactive" | "disabled" | "banned" | "blocked" | "suspended" | "no" | "false"
        | "pending" | "unverified" | "deleted" => Ok(false),
        _ => Err(format!(
            "status is {:?}: neither active nor inactive",
            shown(text)
        )),
    }
}

async fn write(
    panel: &Panel,
    actor: &Actor,
    tx: &Tx,
    customers: &[FormerCustomer],
    balances: &[Balance],
    file: String,
) -> Result<()> {
    let now = panel.now();
    let accounts = imported::write_in_tx(tx, &panel.secrets, now, customers).await?;
    let mut sum = Money::ZERO;
    let mut credits = Vec::with_capacity(balances.len());
    for &(old_id, balance) in balances {
        sum = sum.plus(balance)?;
        let account = accounts.get(&old_id).copied();
        credits.extend(account.map(|account| (old_id, account, balance)));
    }
    wallet::credit_imported_in_tx(tx, now, &credits).await?;
    let keys = customers.iter().filter(|one| one.key.is_some()).count();
    let entry = Entry::new(Deed::CustomersImported, "accounts").became(json!({
        "file_sha256": file, "customers": customers.len(), "keys": keys,
        "from": accounts.values().min().map(|id| id.0),
        "to": accounts.values().max().map(|id| id.0),
        "balances": sum.to_string(),
    }));
    audit::record_in_tx(tx, &panel.secrets, now, actor, entry).await
}
