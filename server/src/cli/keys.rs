//! `key`.

use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::accounts::{amount, find};
use super::table::{ListForm, Table};
use crate::accounts::{self, Key, KeyTerms, Named, STAFF_SCOPES, Scopes, Token};
use crate::actor::Role;
use crate::clock::Time;
use crate::error::Refusal;
use crate::ids::{AccountId, KeyId};
use crate::money::Money;
use crate::networks::Networks;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Create an API key and print it; it cannot be shown again
    Create {
        /// The account: its number, its e-mail address or its name
        account: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// List the keys of an account, revoked ones too
    List {
        /// The account: its number, its e-mail address or its name
        account: String,
        #[command(flatten)]
        form: ListForm,
    },
    /// Replace a key by a new one of the same rights, and print that; the old one stays good for a
    /// while
    Rotate {
        /// The account: its number, its e-mail address or its name
        account: String,
        /// The key's number
        key: i64,
        /// How long the old key stays good, at most 720 hours
        #[arg(long, default_value_t = 24, value_name = "HOURS")]
        overlap: u16,
    },
    /// Revoke a key: the next request with it is refused
    Revoke {
        /// The account: its number, its e-mail address or its name
        account: String,
        /// The key's number
        key: i64,
    },
}

#[derive(Args)]
pub(super) struct Terms {
    /// What the key is for
    #[arg(long, default_value = "default")]
    name: String,
    /// What it may be used for, some of: read,order,cancel [default: all]; a key of staff must name some
    /// of: read,support,money,catalogue,accounts
    #[arg(long, value_parser = scopes)]
    scopes: Option<Scopes>,
    /// The addresses and networks that it is good from, with commas between them [default: any]
    #[arg(long, value_parser = networks, value_name = "NETWORKS")]
    addresses: Option<Networks>,
    /// How much may be ordered with it on one day (UTC), in USD [default: any amount]
    #[arg(long, value_parser = amount, value_name = "USD")]
    daily_cap: Option<Money>,
    /// When it ends, such as 2027-01-01T00:00:00Z [default: never]
    #[arg(long, value_parser = time, value_name = "TIME")]
    expires: Option<Time>,
    /// Of a key of staff: up to how much, in USD, it may suspend, record chargebacks and credit by one
    /// action without a person's confirmation [default: not at all]
    #[arg(long, value_parser = amount, value_name = "USD")]
    action_limit: Option<Money>,
}

impl Terms {
    /// What a key of somebody with this role may be used for. Refused: [`Refusal::FieldInvalid`] for a
    /// key of staff without scopes.
    fn of(self, role: Role) -> Result<KeyTerms, Refusal> {
        let scopes = match (self.scopes, role) {
            (Some(scopes), _) => scopes,
            (None, Role::Reseller) => Scopes::OF_CUSTOMERS,
            (None, Role::Support | Role::Operator) => {
                return Err(Refusal::FieldInvalid {
                    field: "scopes",
                    expected: STAFF_SCOPES,
                });
            }
        };
        Ok(KeyTerms {
            name: self.name,
            scopes,
            addresses: self.addresses.unwrap_or_default(),
            daily_cap: self.daily_cap,
            expires_at: self.expires,
            action_limit: self.action_limit,
        })
    }
}

fn scopes(text: &str) -> Result<Scopes> {
    Scopes::parse(text)
        .ok_or_else(|| anyhow!("not some of read,order,cancel, or of staff's scopes"))
}

fn networks(text: &str) -> Result<Networks> {
    Networks::parse(text)
        .ok_or_else(|| anyhow!("not addresses and networks such as 203.0.113.0/24"))
}

/// A time as options give it.
pub(super) fn time(text: &str) -> Result<Time> {
    Time::parse(text).ok_or_else(|| anyhow!("not a time such as 2027-01-01T00:00:00Z"))
}

pub(super) async fn key(panel: &Panel, command: KeyCommand) -> Result<()> {
    let actor = super::actor();
    match command {
        KeyCommand::Create { account, terms } => {
            let Named { id, name, role, .. } = find(panel, &account).await?;
            let made = accounts::create_key(panel, &actor, id, &terms.of(role)?).await?;
            print_once(&name, &made);
        }
        KeyCommand::List { account, form } => {
            list(panel, find(panel, &account).await?.id, form).await?;
        }
        KeyCommand::Rotate {
            account,
            key,
            overlap,
        } => {
            let Named { id, name, .. } = find(panel, &account).await?;
            let overlap_ms = i64::from(overlap)
                .checked_mul(60 * 60 * 1_000)
                .context("not so long")?;
            let made = accounts::rotate_key(panel, &actor, id, KeyId(key), overlap_ms).await?;
            print_once(&name, &made);
        }
        KeyCommand::Revoke { account, key } => {
            let Named { id, name, .. } = find(panel, &account).await?;
            let key = accounts::revoke_key(panel, &actor, id, KeyId(key)).await?;
            anstream::println!("Key {} ({}) of {name} is revoked.", key.id, key.terms.name);
        }
    }
    Ok(())
}

/// The key alone on standard output, so that a script can take it.
fn print_once(account: &str, (_, token): &(Key, Token)) {
    anstream::println!("{}", token.expose());
    anstream::eprintln!("This key of {account} cannot be shown again: keep it now.");
}

/// How many keys are read at once.
const PIECE: usize = 500;

async fn list(panel: &Panel, account: AccountId, form: ListForm) -> Result<()> {
    let now = panel.now();
    let mut after = KeyId(0);
    let mut table = Table::new([
        "key_id",
        "key",
        "name",
        "scopes",
        "state",
        "last_used_at",
        "last_used_address",
    ]);
    loop {
        let keys = accounts::keys(panel, account, after, PIECE).await?;
        for key in &keys {
            table.push(row(key, now));
        }
        match keys.last() {
            Some(last) if keys.len() == PIECE => after = last.id,
            Some(_) | None => break,
        }
    }
    table.print(form, "The account has no keys.");
    Ok(())
}

fn row(key: &Key, now: Time) -> [Value; 7] {
    let state = match (key.revoked_at, key.terms.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(end)) if end <= now => format!("expired {end}"),
        (None, Some(end)) => format!("good until {end}"),
        (None, None) => "good".to_owned(),
    };
    let state = match (key.blocked_at, key.throttled_until) {
        (Some(at), _) => format!("{state}, blocked {at}"),
        (None, Some(until)) if until > now => format!("{state}, throttled until {until}"),
        (None, Some(_) | None) => state,
    };
    [
        json!(key.id.0),
        json!(format!("{}…{}", key.kind, key.last4)),
        json!(key.terms.name),
        json!(key.terms.scopes.to_string()),
        json!(state),
        json!(key.last_used_at.map(|at| at.to_string())),
        json!(key.last_used_address),
    ]
}
