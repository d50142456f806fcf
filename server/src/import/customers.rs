//! Customers: who they are, what they have, and the keys that their software uses.

use std::collections::HashSet;

use serde_json::json;

use super::table::{self, Column, Row};
use super::{Fault, Faulty, Imported, Manner, begin, digest};
use crate::accounts::imported::{self, FormerCustomer, Here, Standing};
use crate::accounts::{Email, Token, TokenKind};
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::db::Tx;
use crate::error::{Refusal, Result};
use crate::ids::{AccountId, TierId};
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
    let (customers, again) = read(&table.rows, panel, &mut here, &mut made);
    if !again.is_empty() {
        differing(&tx, &again, &mut made).await?;
    }
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

/// The customers of a file that can be taken, but for their names; and those who are here already.
fn read(
    rows: &[Row],
    panel: &Panel,
    here: &mut Here,
    made: &mut Imported,
) -> (Vec<Customer>, Vec<(AccountId, Customer)>) {
    let (mut seen, mut customers) = (HashSet::new(), Vec::with_capacity(rows.len()));
    let mut again = Vec::new();
    for row in rows {
        let customer = customer(row, here).and_then(|customer| {
            if !seen.insert(customer.old_id) {
                return Err(format!(
                    "the id {} stands in an earlier row",
                    customer.old_id
                ));
            }
            if let Some(account) = here.imported(customer.old_id) {
                if !here.is_erased(account) {
                    again.push((account, customer));
                }
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
    (customers, again)
}

/// Says of customers who were taken before what is another thing in the file now. Nothing is changed:
/// what they have here is theirs, and what the other panel did since is for a person to see.
async fn differing(tx: &Tx, again: &[(AccountId, Customer)], made: &mut Imported) -> Result<()> {
    let standing = imported::standing(tx).await?;
    let credited = wallet::imported_in_tx(tx).await?;
    for (account, customer) in again {
        let Some(here) = standing.get(account) else {
            continue;
        };
        let taken = credited
            .get(&customer.old_id)
            .copied()
            .unwrap_or(Money::ZERO);
        if let Some(what) = difference(customer, taken, here) {
            let why = format!("already there, and differs: {what}; nothing is changed");
            made.remarks.push(Fault::new(customer.line, why));
        }
    }
    Ok(())
}

/// What of a customer is another thing in the file than it was when they were `taken` over with that
/// balance, or than it is here.
fn difference(customer: &Customer, taken: Money, here: &Standing) -> Option<String> {
    let mut differs = Vec::new();
    if customer.balance != taken {
        let (file, now) = (customer.balance, here.balance);
        differs.push(match now == taken {
            true => format!("balance {file} in the file, {now} here"),
            false => {
                format!("balance {file} in the file, {taken} when it was taken over, {now} here")
            }
        });
    }
    let could_get_in = customer.email.is_some() || customer.key.is_some();
    let is_let_in = here.has_way_in && !here.is_suspended;
    match (customer.is_active, is_let_in) {
        (false, true) => differs.push("status inactive in the file, active here".to_owned()),
        (true, false) if here.is_suspended => {
            differs.push("status active in the file, suspended here".to_owned());
        }
        (true, false) if could_get_in => {
            let why = "status active in the file, without a key and an address here";
            differs.push(why.to_owned());
        }
        (true | false, _) => {}
    }
    (!differs.is_empty()).then(|| differs.join("; "))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn what_is_another_thing_in_a_later_file_is_said() {
        let row = |balance: &str, is_active| Customer {
            line: 2,
            old_id: 17,
            name: "ann".to_owned(),
            email: Email::parse("ann@example.com").ok(),
            balance: usd(balance),
            key: None,
            tier: None,
            is_active,
        };
        let here = |balance: &str, is_suspended, has_way_in| Standing {
            balance: usd(balance),
            is_suspended,
            has_way_in,
        };
        let said = |row: &Customer, here: &Standing| difference(row, usd("2"), here);
        assert_eq!(said(&row("2", true), &here("2", false, true)), None);
        // What was spent here is no difference of the file.
        assert_eq!(said(&row("2", true), &here("0.4", false, true)), None);
        assert_eq!(said(&row("2", false), &here("2", false, false)), None);
        for (row, here, expected) in [
            (
                row("1", true),
                here("2", false, true),
                "balance 1.00 in the file, 2.00 here",
            ),
            (
                row("1", true),
                here("0.4", false, true),
                "balance 1.00 in the file, 2.00 when it was taken over, 0.40 here",
            ),
            (
                row("2", false),
                here("2", false, true),
                "status inactive in the file, active here",
            ),
            (
                row("1", true),
                here("2", true, true),
                "balance 1.00 in the file, 2.00 here; status active in the file, suspended here",
            ),
            (
                row("2", true),
                here("2", false, false),
                "status active in the file, without a key and an address here",
            ),
        ] {
            assert_eq!(said(&row, &here).as_deref(), Some(expected));
        }
    }
}
