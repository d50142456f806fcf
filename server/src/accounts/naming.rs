//! Setting the names of accounts, and finding accounts by what people call them.
//!
//! A name is checked against all others where it is set. An account is found by its number, its e-mail
//! address or its name; where another one looks like what was given, nobody guesses which was meant.

use std::collections::HashMap;

use super::names::{Name, NameFault, fault_of, skeleton_of};
use super::store::names as store;
use crate::actor::Role;
use crate::alerts::{self, Alert, AlertKind};
use crate::clock::Time;
use crate::db::{Db, Tx};
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::panel::Panel;

/// An account as people call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its e-mail address, if it has one.
    pub email: Option<String>,
    /// Whose it is.
    pub role: Role,
    /// Whether it can be found by what its name looks like.
    pub(super) is_keyed: bool,
}

impl Named {
    /// As people are shown it: what is invisible in the name is spelled.
    fn shown(&self) -> String {
        let email = self.email.as_deref().unwrap_or("no address");
        format!("{} ({:?}, {email})", self.id, self.name)
    }
}

/// Why a name cannot be set, beside what the name alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameClash {
    /// Another account has it, perhaps in other letters.
    Taken,
    /// It looks like the name of a member of the staff, or is to be one and looks like another name.
    Staff,
    /// It looks like the e-mail address of another account.
    Address,
}

impl NameClash {
    /// What there is already, where `taken` says so of the name itself.
    pub(super) fn refusal(self, name: &Name, taken: String) -> Refusal {
        let what = match self {
            NameClash::Taken => taken,
            NameClash::Staff | NameClash::Address => format!(
                "a name of the staff, or an e-mail address, that looks like {}",
                name.text
            ),
        };
        Refusal::Taken { what }
    }
}

/// Whether an account of `role` may have a name beside `other`.
pub(super) fn clash_with(name: &Name, role: Role, other: &Named) -> Option<NameClash> {
    let is_staff = |role| match role {
        Role::Support | Role::Operator => true,
        Role::Reseller => false,
    };
    let theirs = Name::of(&other.name);
    if theirs.key == name.key {
        return Some(NameClash::Taken);
    }
    if theirs.skeleton == name.skeleton && (is_staff(role) || is_staff(other.role)) {
        return Some(NameClash::Staff);
    }
    let address = other.email.as_deref().map(skeleton_of);
    (address.as_ref() == Some(&name.skeleton)).then_some(NameClash::Address)
}

/// Why an account of `role`, `own` if it exists, may not be called so.
pub(super) async fn clash_in_tx(
    tx: &Tx,
    name: &Name,
    role: Role,
    own: Option<AccountId>,
) -> Result<Option<NameClash>> {
    let others = store::alike(tx, name, None).await?;
    let others = others.iter().filter(|other| Some(other.id) != own);
    let mut clashes = others.filter_map(|other| clash_with(name, role, other));
    Ok(clashes.next())
}

/// The customer whose account people call `text`. Refused: what [`look_up`] refuses;
/// [`Refusal::Conflict`] for staff, under whose name nobody else may act.
pub async fn look_up_customer(panel: &Panel, text: &str) -> Result<AccountId> {
    let named = look_up(panel, text).await?;
    match named.role {
        Role::Reseller => Ok(named.id),
        Role::Support | Role::Operator => {
            let why = format!(
                "account {} is of the staff, who make, change and replace their own keys, signed in",
                named.id
            );
            Err(Refusal::Conflict { why }.into())
        }
    }
}

/// The account that people call `text`: its number, its e-mail address or its name, or its number
/// behind `id:`. Refused: [`Refusal::Unknown`]; [`Refusal::Conflict`] with the list where another one
/// is called so too, or looks like it.
pub async fn look_up(panel: &Panel, text: &str) -> Result<Named> {
    key_names(&panel.db, panel.now()).await?;
    let text = text.trim();
    let unknown = Refusal::Unknown { what: "account" };
    if text.chars().count() > 254 || text.contains(char::is_control) {
        return Err(unknown.into());
    }
    let on = panel.db.read();
    if let Some(id) = text.strip_prefix("id:") {
        let id = id.parse().map(AccountId).map_err(|_| unknown.clone())?;
        return Ok(store::one(on, id).await?.ok_or(unknown)?);
    }
    let (name, email) = (Name::of(text), text.to_lowercase());
    let id = text.parse().ok().map(AccountId);
    let is_meant = |account: &Named| {
        Some(account.id) == id
            || account.email.as_ref() == Some(&email)
            || Name::of(&account.name).key == name.key
    };
    let mut found = store::alike(on, &name, id).await?;
    if id.is_some() {
        // A number looks like many a name, and is a number all the same.
        found.retain(is_meant);
    }
    if found.is_empty() {
        return Err(unknown.into());
    }
    if let [one] = found.as_slice()
        && is_meant(one)
    {
        return Ok(one.clone());
    }
    let is_any = found.iter().any(is_meant);
    let shown: Vec<String> = found.iter().map(Named::shown).collect();
    let shown = shown.join(", ");
    let why = if is_any {
        format!("{text} may be any of several accounts: {shown}; say which by its number, as id:7")
    } else {
        format!("there is no account {text}; what looks like it is {shown}")
    };
    Err(Refusal::Conflict { why }.into())
}

/// How many names an alert lists.
const LISTED: usize = 200;

/// Makes accounts findable by what their names look like that a program without these rules has written.
/// Of those whose names would not be taken now, people are told; none is renamed.
pub(crate) async fn key_names(db: &Db, now: Time) -> Result<()> {
    if !store::is_any_unkeyed(db.read()).await? {
        return Ok(());
    }
    let tx = db.begin().await?;
    store::lock_panel(&tx).await?;
    let all = store::all(&tx).await?;
    let (keyed, told) = keys_of(&all);
    for (id, name, email, is_first) in keyed {
        store::key(&tx, id, &name, email.as_deref(), is_first).await?;
    }
    alerts::raise_in_tx(&tx, now, told.into_iter().collect()).await?;
    tx.commit().await?;
    Ok(())
}

/// An account, its name, the skeleton of its address, and whether no account before it has this name.
type Keyed = (AccountId, Name, Option<String>, bool);

/// What is to be written of those of `all` that have no key yet, and what people are told of them.
fn keys_of(all: &[Named]) -> (Vec<Keyed>, Option<Alert>) {
    let names: Vec<Name> = all.iter().map(|account| Name::of(&account.name)).collect();
    let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
    let mut addresses = Vec::with_capacity(all.len());
    for (at, (account, name)) in all.iter().zip(&names).enumerate() {
        alike.entry(name.skeleton.clone()).or_default().push(at);
        let address = account.email.as_deref().map(skeleton_of);
        if let Some(address) = &address
            && *address != name.skeleton
        {
            alike.entry(address.clone()).or_default().push(at);
        }
        addresses.push(address);
    }
    let (mut keyed, mut lines, mut own) = (Vec::new(), Vec::new(), 0);
    for (at, ((account, name), address)) in all.iter().zip(names).zip(addresses).enumerate() {
        if account.is_keyed {
            continue;
        }
        let others = alike.get(&name.skeleton).into_iter().flatten();
        let others = others.filter_map(|other| all.get(*other).map(|found| (*other, found)));
        let others = || others.clone().filter(|(other, _)| *other != at);
        let is_first = !others().any(|(other, found)| {
            (other < at || found.is_keyed) && Name::of(&found.name).key == name.key
        });
        let clash = others().find_map(|(other, found)| {
            let clash = clash_with(&name, account.role, found)?;
            (clash != NameClash::Taken || other < at || found.is_keyed).then_some((clash, found))
        });
        match (fault_of(&account.name), clash) {
            (_, Some((clash, other))) => lines.push(line_of(account, clash, other)),
            (Some(NameFault::Address), None)
                if account.email.as_ref() == Some(&account.name.to_lowercase()) =>
            {
                own += 1;
            }
            (Some(fault), None) => lines.push(format!("{}: {}", account.shown(), fault.said())),
            (None, None) => {}
        }
        keyed.push((account.id, name, address, is_first));
    }
    (keyed, alert_of(&lines, own))
}

fn line_of(account: &Named, clash: NameClash, other: &Named) -> String {
    let (shown, other) = (account.shown(), other.shown());
    match clash {
        NameClash::Taken => format!("{shown}: the name of {other} in other letters"),
        NameClash::Staff => {
            format!("{shown}: looks like the name of {other}, one of them of the staff")
        }
        NameClash::Address => format!("{shown}: looks like the e-mail address of {other}"),
    }
}

fn alert_of(lines: &[String], own: usize) -> Option<Alert> {
    if lines.is_empty() && own == 0 {
        return None;
    }
    let listed = lines.get(..LISTED).unwrap_or(lines);
    let more = lines.len().saturating_sub(LISTED);
    let mut message = format!(
        "{} accounts have names that would not be taken now; none was renamed, `account set` does",
        lines.len()
    );
    if !listed.is_empty() {
        message.push_str(": ");
        message.push_str(&listed.join("; "));
    }
    if more > 0 {
        message.push_str(&format!("; and {more} more"));
    }
    if own > 0 {
        message.push_str(&format!(
            ". {own} more are called by their own e-mail address, as it was usual"
        ));
    }
    Some(Alert::new(AlertKind::NamesNotAllowed, "names", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: i64, name: &str, email: Option<&str>, role: Role) -> Named {
        Named {
            id: AccountId(id),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            role,
            is_keyed: false,
        }
    }

    #[test]
    fn what_may_not_be_called_so_is_listed_and_twins_have_one_key() {
        let (customer, staff) = (Role::Reseller, Role::Operator);
        let all = [
            account(1, "Olga", Some("olga@example.com"), staff),
            account(2, "0lga", None, customer),
            account(3, "bob@example.com", Some("eve@x.test"), customer),
            account(4, "Bob", Some("bob@example.com"), customer),
            account(5, "ann@x.test", Some("ann@x.test"), customer),
            account(6, "modem", None, customer),
            account(7, "modern", None, customer),
            account(8, "MODEM", None, customer),
            account(9, "a\u{202e}b", None, customer),
            account(10, "17", None, customer),
        ];
        let (keyed, told) = keys_of(&all);
        let twins: Vec<i64> = keyed
            .iter()
            .filter(|(.., is_first)| !is_first)
            .map(|(id, ..)| id.0)
            .collect();
        assert_eq!((keyed.len(), twins), (10, vec![8]));
        let told = told.unwrap().message;
        for line in [
            "6 accounts",
            "2 (\"0lga\", no address): looks like the name of 1 (\"Olga\", olga@example.com)",
            "3 (\"bob@example.com\", eve@x.test): looks like the e-mail address of 4 (\"Bob\"",
            "8 (\"MODEM\", no address): the name of 6 (\"modem\", no address) in other letters",
            "9 (\"a\\u{202e}b\", no address): with invisible characters",
            "10 (\"17\", no address): a number",
            "1 more are called by their own",
        ] {
            assert!(told.contains(line), "{line}: {told}");
        }
        let (_, told) = keys_of(&[
            account(1, "modem", None, customer),
            account(2, "modern", None, customer),
        ]);
        assert!(told.is_none());
    }
}
