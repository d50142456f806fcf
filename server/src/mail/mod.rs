//! Mail that waits to be sent.
//!
//! Owns the table `mails`. Whatever causes a mail writes its row in the same transaction; a worker takes
//! rows under a lease and has them sent. What a mail says is written when it is sent, so that neither
//! the text nor a link in it is ever stored. A row is deleted once its mail was taken by the mail server:
//! a server that dies between the two sends the mail again, with the same `Message-ID`.

use crate::alerts::{self, Alert, AlertKind};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::{AccountId, MailId};
use crate::panel::Panel;
use crate::vocabulary::words;

mod rules;
mod store;

use rules::{LEASE_MS, MOST_TRIES};
pub(crate) use rules::{LONGEST_BACKOFF_MS, LONGEST_LEASE_MS};

words! {
    /// What a mail is about.
    pub enum MailKind {
        /// Somebody asked for a new password of the account of an address, which may have none.
        Reset = "reset",
        /// Somebody is to choose the first password of an account that was opened for them.
        Invitation = "invitation",
        /// Somebody wants to open an account with an address, which may have one.
        SignUp = "sign_up",
        /// A password was chosen by a link.
        PasswordReset = "password_reset",
        /// Somebody wants this address for an account, and it may have one.
        ConfirmAddress = "confirm_address",
        /// Another address is in place of this one.
        AddressReplaced = "address_replaced",
        /// This address is in place again.
        AddressRestored = "address_restored",
        /// Alerts that nobody has looked at.
        Alerts = "alerts",
    }
}

/// A mail that is to be sent.
#[derive(Debug, Clone)]
pub(crate) struct NewMail<'a> {
    /// What it is about.
    pub(crate) kind: MailKind,
    /// To whom.
    pub(crate) to: &'a str,
    /// The account that it is about, if it is known.
    pub(crate) account: Option<AccountId>,
    /// The account that is to be opened.
    pub(crate) sign_up: Option<i64>,
    /// The change of an address that it tells of.
    pub(crate) address_change: Option<i64>,
    /// The address that an account is to have.
    pub(crate) address_request: Option<i64>,
}

/// One that a worker has taken.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) id: MailId,
    pub(crate) kind: MailKind,
    pub(crate) to: String,
    pub(crate) account: Option<AccountId>,
    pub(crate) sign_up: Option<i64>,
    pub(crate) address_change: Option<i64>,
    pub(crate) address_request: Option<i64>,
    /// How often it was taken, this time included.
    pub(crate) tries: i64,
}

/// What a mail says.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// In one line.
    pub(crate) subject: String,
    /// In plain text.
    pub(crate) text: String,
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotSent {
    /// It may be taken later: the mail server is away, or asks to wait.
    #[error("{0}")]
    Now(String),
    /// It will never be taken.
    #[error("{0}")]
    Ever(String),
}

impl<'a> NewMail<'a> {
    /// A mail to `to` about nobody who is known.
    pub(crate) const fn new(kind: MailKind, to: &'a str) -> NewMail<'a> {
        NewMail {
            kind,
            to,
            account: None,
            sign_up: None,
            address_change: None,
            address_request: None,
        }
    }

    /// The same about an account.
    pub(crate) const fn about(self, account: AccountId) -> NewMail<'a> {
        NewMail {
            account: Some(account),
            ..self
        }
    }
}

/// Has a mail sent, once the transaction is committed.
pub(crate) async fn queue_in_tx(tx: &Tx, now: Time, mail: &NewMail<'_>) -> Result<()> {
    store::insert(tx, now, mail).await
}

/// The same, unless one of this kind to this address waits already.
pub(crate) async fn queue_one_in_tx(tx: &Tx, now: Time, mail: &NewMail<'_>) -> Result<()> {
    if store::is_waiting(tx, mail.kind, mail.to).await? {
        return Ok(());
    }
    store::insert(tx, now, mail).await
}

/// Takes mails that are due, oldest first, under a lease.
pub(crate) async fn take_due(panel: &Panel) -> Result<Vec<Mail>> {
    let now = panel.now();
    // Most of the time there is nothing, and then nothing is written.
    if !store::is_any_due(panel.db.read(), now).await? {
        return Ok(Vec::new());
    }
    let tx = panel.db.begin().await?;
    let taken = store::take(&tx, now, now.plus_ms(LEASE_MS)).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Whether nobody came back from sending it, again and again.
pub(crate) const fn is_tried_too_often(mail: &Mail) -> bool {
    mail.tries > MOST_TRIES
}

/// Deletes one that is not to be sent any more, or was.
pub(crate) async fn delete(panel: &Panel, mail: &Mail) -> Result<()> {
    let tx = panel.db.begin().await?;
    store::delete(&tx, mail.id).await?;
    Ok(tx.commit().await?)
}

/// Records that a mail was not sent: it is tried again later, or given up and told of.
pub(crate) async fn record_failure(panel: &Panel, mail: &Mail, why: &NotSent) -> Result<()> {
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    let (id, kind, tries) = (mail.id, mail.kind, mail.tries);
    tracing::warn!(mail = id.0, kind = kind.word(), tries, error = %why, "a mail was not sent");
    let waits = match why {
        NotSent::Now(_) if tries < MOST_TRIES => Some(rules::backoff_ms(tries)),
        NotSent::Now(_) | NotSent::Ever(_) => None,
    };
    match waits {
        Some(wait_ms) => store::postpone(&tx, id, now.plus_ms(wait_ms)).await?,
        None => {
            store::delete(&tx, id).await?;
            if is_worth_telling(mail, why) {
                let about = mail.account.map(|account| format!(" to account {account}"));
                // Mail servers repeat the address, which need not be that of the account.
                let why = why.to_string().replace(&mail.to, "the address");
                let message = format!(
                    "mail {id} ({kind}{}) was given up after {tries} tries: {why}",
                    about.unwrap_or_default()
                );
                let raised = Alert::new(AlertKind::MailNotSent, mail.kind.word(), message);
                alerts::raise_in_tx(&tx, now, vec![raised]).await?;
            }
        }
    }
    Ok(tx.commit().await?)
}

/// Whether a person can do something about a mail that was given up. An address that a stranger has typed
/// and that does not exist is nothing to tell of.
fn is_worth_telling(mail: &Mail, why: &NotSent) -> bool {
    let is_of_a_stranger = match mail.kind {
        MailKind::Reset | MailKind::SignUp | MailKind::ConfirmAddress => true,
        MailKind::Invitation
        | MailKind::PasswordReset
        | MailKind::AddressReplaced
        | MailKind::AddressRestored
        | MailKind::Alerts => false,
    };
    match why {
        NotSent::Now(_) => true,
        NotSent::Ever(_) => !is_of_a_stranger,
    }
}
