//! The audit log: what operators did and who signed in, with what was before and what is after.
//!
//! Owns the table `audit_log`, which is only ever added to. A row is written by the transaction that
//! does what it tells, as the last thing before the commit, so that neither stands without the
//! other. Rows are numbered in commit order without a gap; each one's hash covers the row before it,
//! so that an edit, a deletion, an insertion or another order shows; and its seal is made with the
//! master key, which whoever holds only the database does not have. What was cut off at the end shows by
//! the sequence of numbers, and if that was set back too, only by an [`Anchor`] kept elsewhere: print
//! one now and then.

use serde_json::Value;

use crate::actor::Actor;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::panel::Panel;
use crate::secrets::Secrets;
use crate::vocabulary::words;

mod chain;
mod export;
mod read;
mod store;
mod verify;

pub use chain::Row;
pub use export::{Export, ExportFormat};
pub use read::{Filter, Logged, head, list};
pub use verify::{Anchor, Broken, Verdict, verify};

words! {
    /// What was done.
    pub enum Deed {
        /// An account was made, by its owner or by an operator.
        AccountCreated = "account_created",
        /// An account's name, limits or tier were changed.
        AccountChanged = "account_changed",
        /// Somebody signed in.
        SignedIn = "signed_in",
        /// Somebody tried to sign in and could not.
        SignInRefused = "sign_in_refused",
        /// Somebody proved again, in the middle of a session, who they are.
        Confirmed = "confirmed",
        /// Somebody signed out.
        SignedOut = "signed_out",
        /// A password was changed.
        PasswordChanged = "password_changed",
        /// Codes for signing in were turned on or off.
        TotpChanged = "totp_changed",
        /// Somebody was removed from the staff.
        StaffRemoved = "staff_removed",
        /// A member of the staff was given another role.
        StaffRoleChanged = "staff_role_changed",
        /// A member of the staff was given another password.
        StaffPasswordSet = "staff_password_set",
        /// The codes of a member of the staff were turned off for them.
        StaffTotpReset = "staff_totp_reset",
        /// Somebody of the staff has alerts sent by mail from now on, or not any more.
        StaffAlertsByMail = "staff_alerts_by_mail",
        /// A link by which somebody chooses a password was made.
        PasswordLinkMade = "password_link_made",
        /// A password was chosen by a link, in place of another.
        PasswordReset = "password_reset",
        /// The first password of an account was chosen by a link.
        InvitationAccepted = "invitation_accepted",
        /// An account's owner wants another e-mail address, and a mail asks who reads it.
        EmailChangeAsked = "email_change_asked",
        /// An account's e-mail address was changed by its owner.
        EmailChanged = "email_changed",
        /// An account's e-mail address was put back by who has the earlier one.
        EmailRestored = "email_restored",
        /// An API key was made.
        KeyCreated = "key_created",
        /// An API key's rights or limits were changed.
        KeyChanged = "key_changed",
        /// An API key was replaced by another.
        KeyRotated = "key_rotated",
        /// An API key was revoked.
        KeyRevoked = "key_revoked",
        /// A wallet was credited.
        WalletAdjusted = "wallet_adjusted",
        /// A credit that was wrong was corrected.
        WalletCorrected = "wallet_corrected",
        /// A deposit was recorded by hand, and credited.
        DepositRecorded = "deposit_recorded",
        /// A payment to a deposit was named by hand.
        PaymentAdded = "payment_added",
        /// A payment that a person had to look at was decided.
        DepositDecided = "deposit_decided",
        /// A credit was proposed, or a correction of one.
        AdjustmentProposed = "adjustment_proposed",
        /// What was proposed for a wallet was accepted or refused.
        AdjustmentDecided = "adjustment_decided",
        /// A tier was made.
        TierCreated = "tier_created",
        /// A tier was changed.
        TierChanged = "tier_changed",
        /// A notice was sent to an account.
        NoticeSent = "notice_sent",
        /// An order was changed by hand: its start count, progress or end.
        OrderChanged = "order_changed",
        /// An order was canceled for its customer.
        OrderCanceled = "order_canceled",
        /// An order was ended by an operator.
        OrderEnded = "order_ended",
        /// An order's overlap mark was lifted.
        OverlapLifted = "overlap_lifted",
        /// A dispute about a charge was decided.
        DisputeDecided = "dispute_decided",
        /// What a reviewer counted at the target of a ticket's order was recorded.
        TicketCounted = "ticket_counted",
        /// A refund was proposed on a ticket.
        TicketProposed = "ticket_proposed",
        /// A ticket was decided.
        TicketDecided = "ticket_decided",
        /// A dispatch was resolved.
        DispatchResolved = "dispatch_resolved",
        /// A share of a refill was resolved.
        RefillResolved = "refill_resolved",
        /// A service was made.
        ServiceCreated = "service_created",
        /// A service was changed.
        ServiceChanged = "service_changed",
        /// A provider was added.
        ProviderAdded = "provider_added",
        /// A provider was changed, paused or resumed.
        ProviderChanged = "provider_changed",
        /// A provider's service was sent to again that was paused for its charges.
        OfferResumed = "offer_resumed",
        /// Services were imported from a provider.
        CatalogImported = "catalog_imported",
        /// Differences of a provider's catalogue were applied or dismissed.
        DifferencesDecided = "differences_decided",
        /// An account was suspended.
        AccountSuspended = "account_suspended",
        /// A suspended account was reinstated.
        AccountReinstated = "account_reinstated",
        /// A chargeback was recorded.
        ChargebackRecorded = "chargeback_recorded",
        /// A note was written to a case of abuse.
        CaseNoted = "case_noted",
        /// Somebody of the staff has looked at an alert.
        AlertAcknowledged = "alert_acknowledged",
        /// A case of abuse was released: what was done about it was undone.
        CaseReleased = "case_released",
        /// A case of abuse was confirmed.
        CaseConfirmed = "case_confirmed",
        /// A phrase was sorted; it takes effect later.
        PhraseSorted = "phrase_sorted",
        /// The orders that wait on a phrase were decided together.
        PhraseResolved = "phrase_resolved",
        /// A second person confirmed a decision about a phrase.
        PhraseConfirmed = "phrase_confirmed",
        /// A decision about a phrase was taken back.
        PhraseUndone = "phrase_undone",
        /// A decision about a phrase took effect.
        PhraseApplied = "phrase_applied",
        /// Phrases were taken over from a file.
        PhrasesImported = "phrases_imported",
        /// Customers of another panel were taken over from a file.
        CustomersImported = "customers_imported",
        /// Services of another panel were taken over from a file.
        ServicesImported = "services_imported",
        /// Orders of another panel were taken over from a file.
        OrdersImported = "orders_imported",
        /// Everything that is held about an account was written out.
        AccountExported = "account_exported",
        /// What is personal of an account was erased.
        AccountErased = "account_erased",
        /// It was marked that the database was put back from a backup.
        RestoreMarked = "restore_marked",
        /// Somebody asked for what they may not do.
        Forbidden = "forbidden",
    }
}

/// What is to be kept of one deed.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    deed: Deed,
    subject: String,
    reason: Option<String>,
    was: Option<Value>,
    became: Option<Value>,
}

impl Entry {
    /// `deed` was done to `subject`, such as `account:7`.
    pub(crate) fn new(deed: Deed, subject: impl Into<String>) -> Entry {
        Entry {
            deed,
            subject: subject.into(),
            reason: None,
            was: None,
            became: None,
        }
    }

    /// Why, in the words of who did it.
    pub(crate) fn because(mut self, reason: &str) -> Entry {
        self.reason = Some(reason.to_owned());
        self
    }

    /// What was before. Never a secret.
    pub(crate) fn was(mut self, was: Value) -> Entry {
        self.was = Some(was);
        self
    }

    /// What is after. Never a secret.
    pub(crate) fn became(mut self, became: Value) -> Entry {
        self.became = Some(became);
        self
    }
}

/// Writes that `actor` did `deed` to `subject`, where nothing else is written.
pub(crate) async fn record(panel: &Panel, actor: &Actor, deed: Deed, subject: &str) -> Result<()> {
    let tx = panel.db.begin().await?;
    let entry = Entry::new(deed, subject);
    record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes what `actor` did. It must be the last statement of the transaction: the log is locked
/// until the commit, on every server.
pub(crate) async fn record_in_tx(
    tx: &Tx,
    secrets: &Secrets,
    now: Time,
    actor: &Actor,
    entry: Entry,
) -> Result<()> {
    store::append(tx, secrets, now, actor, entry).await
}
