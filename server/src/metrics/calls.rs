//! Requests: what was called, by which face, and what became of it. Closed lists, all of them.

use std::time::Duration;

use metrics::{Counter, Histogram};

use super::registry::Registry;
use super::table;
use crate::vocabulary::words;

words! {
    /// Who answers.
    pub enum Face {
        /// The panel protocol.
        V2 = "v2",
        /// The typed API.
        V3 = "v3",
        /// The operator's API.
        Operator = "operator",
    }
}

words! {
    /// What a request asks for: an action of the panel protocol or an operation of the typed API.
    pub enum Call {
        /// The catalogue, by the panel protocol.
        Services = "services",
        /// An order, by the panel protocol.
        Add = "add",
        /// Statuses of orders, by the panel protocol.
        Status = "status",
        /// A refill, by the panel protocol.
        Refill = "refill",
        /// Statuses of refills, by the panel protocol.
        RefillStatus = "refill_status",
        /// A cancel, by the panel protocol.
        Cancel = "cancel",
        /// The wallet, by the panel protocol.
        Balance = "balance",
        /// Nothing that the panel protocol knows.
        Unreadable = "unreadable",
        /// The catalogue.
        ServiceList = "service_list",
        /// An order.
        OrderPlace = "order_place",
        /// Many orders.
        OrderPlaceMany = "order_place_many",
        /// A list of orders.
        OrderList = "order_list",
        /// One order.
        OrderView = "order_view",
        /// A cancel.
        OrderCancel = "order_cancel",
        /// A refill.
        OrderRefill = "order_refill",
        /// One refill.
        RefillView = "refill_view",
        /// The refills of one order.
        OrderRefills = "order_refills",
        /// The refunds of one order.
        OrderRefunds = "order_refunds",
        /// The feed of refunds.
        RefundList = "refund_list",
        /// The wallet.
        WalletView = "wallet_view",
        /// The movements of the wallet.
        WalletEntries = "wallet_entries",
        /// Making a deposit.
        DepositCreate = "deposit_create",
        /// One deposit.
        DepositView = "deposit_view",
        /// Deposits by pages.
        DepositList = "deposit_list",
        /// A dispute about a charge.
        DisputeOpen = "dispute_open",
        /// Disputes by pages.
        DisputeList = "dispute_list",
        /// One dispute.
        DisputeView = "dispute_view",
        /// What one is decided on.
        DisputeEvidence = "dispute_evidence",
        /// A ticket about an order.
        TicketOpen = "ticket_open",
        /// Tickets by pages.
        TicketList = "ticket_list",
        /// One ticket.
        TicketView = "ticket_view",
        /// A message of one.
        TicketMessage = "ticket_message",
        /// A picture for one.
        TicketScreenshotAdd = "ticket_screenshot_add",
        /// A picture of one.
        TicketScreenshot = "ticket_screenshot",
        /// An account.
        AccountSignUp = "account_sign_up",
        /// A session.
        AccountSignIn = "account_sign_in",
        /// A session's end.
        AccountSignOut = "account_sign_out",
        /// The own account.
        AccountView = "account_view",
        /// Settings of the own account.
        AccountChange = "account_change",
        /// Another password.
        AccountChangePassword = "account_change_password",
        /// Asking for a mail with a link to choose a new password by.
        AccountAskPasswordReset = "account_ask_password_reset",
        /// Changing the e-mail address.
        AccountChangeEmail = "account_change_email",
        /// A seed for codes.
        AccountTotpBegin = "account_totp_begin",
        /// Codes on.
        AccountTotpConfirm = "account_totp_confirm",
        /// Codes off.
        AccountTotpDisable = "account_totp_disable",
        /// The own notices.
        AccountNotices = "account_notices",
        /// A notice marked as read.
        AccountNoticeRead = "account_notice_read",
        /// A key.
        KeyCreate = "key_create",
        /// The own keys.
        KeyList = "key_list",
        /// A key's terms.
        KeyChange = "key_change",
        /// A key in the place of another.
        KeyRotate = "key_rotate",
        /// A key's end.
        KeyRevoke = "key_revoke",
        /// Any operation of the operator's API.
        Operator = "operator",
        /// No operation: an unknown path, another method, or no answer in time.
        Other = "other",
    }
}

words! {
    /// What became of a request.
    pub enum Outcome {
        /// It was done.
        Ok = "ok",
        /// It was refused: the caller's side.
        Refused = "refused",
        /// It was not answered: the panel's side.
        Unavailable = "unavailable",
    }
}

impl Call {
    /// The typed API's operation of this name.
    pub fn of_operation(name: &str) -> Call {
        Call::from_word(name)
            .filter(|call| call.face() == Face::V3)
            .unwrap_or(Call::Other)
    }

    /// Whose call it is.
    pub const fn face(self) -> Face {
        match self {
            Call::Services
            | Call::Add
            | Call::Status
            | Call::Refill
            | Call::RefillStatus
            | Call::Cancel
            | Call::Balance
            | Call::Unreadable => Face::V2,
            Call::ServiceList
            | Call::OrderPlace
            | Call::OrderPlaceMany
            | Call::OrderList
            | Call::OrderView
            | Call::OrderCancel
            | Call::OrderRefill
            | Call::RefillView
            | Call::OrderRefills
            | Call::OrderRefunds
            | Call::RefundList
            | Call::WalletView
            | Call::WalletEntries
            | Call::DepositCreate
            | Call::DepositView
            | Call::DepositList
            | Call::DisputeOpen
            | Call::DisputeList
            | Call::DisputeView
            | Call::DisputeEvidence
            | Call::TicketOpen
            | Call::TicketList
            | Call::TicketView
            | Call::TicketMessage
            | Call::TicketScreenshotAdd
            | Call::TicketScreenshot
            | Call::AccountSignUp
            | Call::AccountSignIn
            | Call::AccountSignOut
            | Call::AccountView
            | Call::AccountChange
            | Call::AccountChangePassword
            | Call::AccountAskPasswordReset
            | Call::AccountChangeEmail
            | Call::AccountTotpBegin
            | Call::AccountTotpConfirm
            | Call::AccountTotpDisable
            | Call::AccountNotices
            | Call::AccountNoticeRead
            | Call::KeyCreate
            | Call::KeyList
            | Call::KeyChange
            | Call::KeyRotate
            | Call::KeyRevoke
            | Call::Other => Face::V3,
            Call::Operator => Face::Operator,
        }
    }

    /// Its place in [`Call::ALL`].
    #[expect(clippy::as_conversions, reason = "a variant's place is its number")]
    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

/// What is measured of one call.
pub(super) struct CallMeter {
    outcomes: [Counter; 3],
    duration: Histogram,
}

impl CallMeter {
    pub(super) fn new(registry: &Registry, call: Call) -> CallMeter {
        let (face, action) = (call.face().word(), call.word());
        let counter =
            |outcome: Outcome| registry.counter(&table::REQUESTS, &[face, action, outcome.word()]);
        CallMeter {
            outcomes: [Outcome::Ok, Outcome::Refused, Outcome::Unavailable].map(counter),
            duration: registry.histogram(&table::REQUEST_SECONDS, &[face, action]),
        }
    }

    pub(super) fn answered(&self, outcome: Outcome, took: Duration) {
        let [ok, refused, unavailable] = &self.outcomes;
        let counter = match outcome {
            Outcome::Ok => ok,
            Outcome::Refused => refused,
            Outcome::Unavailable => unavailable,
        };
        counter.increment(1);
        self.duration.record(took);
    }
}
