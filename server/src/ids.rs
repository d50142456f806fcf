//! Ids as types of their own, so that an order's id cannot be taken for an account's.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize,
            Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// An account: one customer of the panel, with one wallet.
    AccountId,
    /// An API key of an account.
    KeyId,
    /// What somebody began by signing in.
    SessionId,
    /// What the panel has to say to an account.
    NoticeId,
    /// A service of the catalogue, as customers order it.
    ServiceId,
    /// An order; below 2³¹ on the wire, because typed clients read 32-bit integers.
    OrderId,
    /// A provider that orders are forwarded to.
    ProviderId,
    /// One run of an order on its way to a provider.
    DispatchId,
    /// A request to top up a completed order.
    RefillId,
    /// One provider's share of a refill.
    RefillDispatchId,
    /// What an order gave back, or why it did not.
    RefundId,
    /// One suspension of an account.
    SuspensionId,
    /// A payment that its customer took back by their bank.
    ChargebackId,
    /// One balanced transaction of the ledger.
    TransactionId,
    /// A price list of its own.
    TierId,
    /// A credit that support staff propose.
    ProposalId,
    /// Money that a customer wants to bring, or has brought, into their wallet.
    DepositId,
    /// One payment that a gateway told of.
    PaymentId,
    /// What a person should look at.
    AlertId,
    /// What a customer says is wrong about a charge.
    DisputeId,
    /// What a customer asks about an order.
    TicketId,
    /// A look at the count of an order's target.
    CountCheckId,
    /// What a detector of abuse has found about somebody, until a person decides.
    CaseId,
    /// A mail that waits to be sent.
    MailId,
    /// What a person has to decide about a payment.
    DepositReviewId,
    /// What a provider says, in the phrasebook.
    PhraseId,
    /// What an operator decided about it.
    PhraseDecisionId,
}
