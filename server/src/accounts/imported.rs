//! Customers of another panel: what they may be called here, and writing many of them at once.
//!
//! A name that would not be taken here is replaced by one that is made of the customer's number there:
//! nobody orders by a name. An address is never replaced, because people sign in with it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::names::Name;
use super::naming::{Named, clash_with};
use super::store::imported as store;
use super::{Email, Token, TokenDigest};
use crate::actor::Role;
use crate::clock::Time;
use crate::db::{Tx, WIDE_PIECE};
use crate::error::Result;
use crate::ids::{AccountId, TierId};
use crate::money::{Money, Percent};
use crate::secrets::Secrets;
use crate::wallet;

/// A customer that is about to be written.
pub(crate) struct FormerCustomer {
    /// Their number in the other panel.
    pub(crate) old_id: i64,
    /// What they are called here.
    pub(crate) name: FormerName,
    /// Where their mail goes.
    pub(crate) email: Option<Email>,
    /// The key that they use.
    pub(crate) key: Option<Token>,
    /// Whose rates they pay.
    pub(crate) tier: Option<TierId>,
}

/// How an account of an imported customer stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// What its wallet holds.
    pub(crate) balance: Money,
    /// Whether it is suspended.
    pub(crate) is_suspended: bool,
    /// Whether it has an address to sign in with, or a key.
    pub(crate) has_way_in: bool,
}

/// How the accounts of imported customers stand.
pub(crate) async fn standing(tx: &Tx) -> Result<HashMap<AccountId, Standing>> {
    store::standing(tx).await
}

/// A name that is free.
pub(crate) struct FormerName(Name);

/// What accounts, keys and tiers there are, with those that a file adds.
pub(crate) struct Here {
    imported: HashMap<i64, AccountId>,
    /// Those of whom nothing personal is kept any more.
    erased: HashSet<AccountId>,
    emails: HashSet<String>,
    /// Imported accounts by their addresses and names.
    called: HashMap<String, AccountId>,
    alike: HashMap<String, Vec<Named>>,
    digests: HashSet<[u8; 32]>,
    tiers: Vec<(TierId, String, Percent)>,
}

impl Here {
    /// Reads what there is.
    pub(crate) async fn read(tx: &Tx) -> Result<Here> {
        let all = super::store::names::all(tx).await?;
        let imported = store::accounts(tx).await?;
        let ours: HashSet<AccountId> = imported.values().copied().collect();
        let mut here = Here {
            digests: store::digests(tx).await?,
            tiers: store::tiers(tx).await?,
            erased: store::erased(tx).await?,
            imported,
            emails: HashSet::new(),
            called: HashMap::new(),
            alike: HashMap::new(),
        };
        for account in all {
            if ours.contains(&account.id) {
                let key = Name::of(&account.name).key;
                here.called.insert(key, account.id);
                let email = account.email.clone();
                here.called.extend(email.map(|email| (email, account.id)));
            }
            here.emails.extend(account.email.clone());
            here.add(account);
        }
        Ok(here)
    }

    fn add(&mut self, account: Named) {
        let looks = super::names::skeleton_of;
        let mut forms = HashSet::from([looks(&account.name)]);
        forms.extend(account.email.as_deref().map(looks));
        for form in forms {
            self.alike.entry(form).or_default().push(account.clone());
        }
    }

    /// The account of this customer of the other panel, if they were imported.
    pub(crate) fn imported(&self, old_id: i64) -> Option<AccountId> {
        self.imported.get(&old_id).copied()
    }

    /// Whether what was personal of this account was erased: nothing of it comes back.
    pub(crate) fn is_erased(&self, account: AccountId) -> bool {
        self.erased.contains(&account)
    }

    /// The imported account with this e-mail address or name.
    pub(crate) fn called(&self, text: &str) -> Option<AccountId> {
        let email = self.called.get(&text.trim().to_lowercase());
        email
            .or_else(|| self.called.get(&Name::of(text).key))
            .copied()
    }

    /// The tier of this name.
    pub(crate) fn tier_named(&self, name: &str) -> Option<TierId> {
        let name = name.trim().to_lowercase();
        let mut named = self.tiers.iter();
        let found = named.find(|(_, other, _)| other.to_lowercase() == name);
        found.map(|(id, ..)| *id)
    }

    /// A tier of this percentage.
    pub(crate) fn tier_of(&self, percent: Percent) -> Option<TierId> {
        let found = self.tiers.iter().find(|(.., other)| *other == percent);
        found.map(|(id, ..)| *id)
    }

    /// Whether nobody has this address; from now on somebody has.
    pub(crate) fn take_email(&mut self, email: &Email) -> bool {
        let text = email.as_str().to_owned();
        if !self.emails.insert(text.clone()) {
            return false;
        }
        self.add(Named {
            id: AccountId::default(),
            name: String::new(),
            email: Some(text),
            role: Role::Reseller,
            is_keyed: true,
        });
        true
    }

    /// Whether nobody has this key; from now on somebody has.
    pub(crate) fn take_key(&mut self, secrets: &Secrets, key: &Token) -> bool {
        self.digests
            .insert(TokenDigest::of_token(secrets, key).bytes)
    }

    /// What a customer is called here, and why not as they wish; `None` if nothing is left. The
    /// addresses of a file must have been taken before.
    pub(crate) fn take_name(
        &mut self,
        old_id: i64,
        wished: &str,
        own: Option<&Email>,
    ) -> Option<(FormerName, Option<String>)> {
        let made = || Name::of(&format!("customer-{old_id}"));
        let (name, why) = match Name::parse(wished) {
            Ok(name) if self.is_free(&name, own) => (name, None),
            Ok(_) => (
                made(),
                Some("somebody here has it, or looks like it".to_owned()),
            ),
            Err(refusal) => (made(), Some(refusal.to_string())),
        };
        if why.is_some() && !self.is_free(&name, own) {
            return None;
        }
        self.add(Named {
            id: AccountId::default(),
            name: name.text.clone(),
            email: None,
            role: Role::Reseller,
            is_keyed: true,
        });
        Some((FormerName(name), why))
    }

    fn is_free(&self, name: &Name, own: Option<&Email>) -> bool {
        let others = self.alike.get(&name.skeleton).into_iter().flatten();
        let own = own.map(Email::as_str);
        let mut others = others.filter(|other| own.is_none() || other.email.as_deref() != own);
        !others.any(|other| clash_with(name, Role::Reseller, other).is_some())
    }
}

impl FormerName {
    /// As it is shown.
    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }
}

/// Writes customers with empty wallets and their keys; gives their accounts by their numbers in the
/// other panel. Who they are was taken from [`Here`] in the same transaction.
pub(crate) async fn write_in_tx(
    tx: &Tx,
    secrets: &Secrets,
    now: Time,
    customers: &[FormerCustomer],
) -> Result<BTreeMap<i64, AccountId>> {
    let mut accounts = BTreeMap::new();
    for piece in customers.chunks(WIDE_PIECE) {
        let rows: Vec<store::NewAccount<'_>> = piece
            .iter()
            .map(|customer| store::NewAccount {
                old_id: customer.old_id,
                name: &customer.name.0,
                email: customer.email.as_ref(),
                tier: customer.tier,
            })
            .collect();
        let written = store::insert_accounts(tx, now, &rows).await?;
        let keys = piece.iter().filter_map(|customer| {
            let account = *written.get(&customer.old_id)?;
            let key = customer.key.as_ref()?;
            Some((account, key, TokenDigest::of_token(secrets, key)))
        });
        store::insert_keys(tx, now, keys.collect()).await?;
        wallet::open_all_in_tx(tx, &written.values().copied().collect::<Vec<_>>()).await?;
        accounts.extend(written);
    }
    Ok(accounts)
}
