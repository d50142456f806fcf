//! What may be wrong with the operations here, beside what may always be.

use crate::http::typed::code::Code;
use crate::http::typed::problem::Refusals;

macro_rules! refusals {
    ($($(#[$meta:meta])* $name:ident: $($code:ident),+;)+) => {$(
        $(#[$meta])*
        pub(super) struct $name;

        impl Refusals for $name {
            const CODES: &'static [Code] = &[$(Code::$code),+];
        }
    )+};
}

refusals! {
    /// Reading a list.
    Listing: Forbidden;
    /// Reading one thing, or a list of what belongs to one.
    Reading: Forbidden, ObjectUnknown;
    /// Reading a list of orders by a link.
    ListingOrders: Forbidden, LinkBad;
    /// Reading an order.
    ReadingOrder: Forbidden, OrderUnknown;
    /// Making something new.
    Making: Forbidden, NameTaken, BodyTooLarge, MediaTypeUnsupported, FieldInvalid;
    /// Telling an account something.
    Telling: Forbidden, ObjectUnknown, BodyTooLarge, MediaTypeUnsupported, FieldInvalid;
    /// Changing or deciding something.
    Changing: Forbidden, ObjectUnknown, NameTaken, StateConflict, BodyTooLarge,
        MediaTypeUnsupported, FieldInvalid;
    /// Hiring somebody.
    Hiring: Forbidden, SessionNeeded, ConfirmationNeeded, ObjectUnknown, NameTaken, BodyTooLarge,
        MediaTypeUnsupported, FieldInvalid;
    /// Changing or removing a member of the staff.
    ChangingStaff: Forbidden, SessionNeeded, ConfirmationNeeded, ObjectUnknown, StateConflict,
        BodyTooLarge, MediaTypeUnsupported, FieldInvalid;
    /// Crediting a wallet, taking a credit back, or deciding that.
    Crediting: Forbidden, ConfirmationNeeded, AboveKeyLimit, ObjectUnknown, NameTaken,
        StateConflict, BodyTooLarge, MediaTypeUnsupported, FieldInvalid;
    /// Deciding about a part of a charge.
    DecidingAmount: Forbidden, ObjectUnknown, StateConflict, AmountAboveLeft, BodyTooLarge,
        MediaTypeUnsupported, FieldInvalid;
    /// Writing to a ticket or a case, or deciding a case.
    WritingTicket: Forbidden, ObjectUnknown, StateConflict, BodyTooLarge, MediaTypeUnsupported,
        FieldInvalid;
    /// Deciding a ticket.
    DecidingTicket: Forbidden, ObjectUnknown, StateConflict, AmountAboveLeft, RefillDisabled,
        OrderNotCompleted, OrderOverlapping, RefillTooSoon, RefillPeriodOver, BodyTooLarge,
        MediaTypeUnsupported, FieldInvalid;
    /// Changing an order.
    ChangingOrder: Forbidden, OrderUnknown, StateConflict, BodyTooLarge, MediaTypeUnsupported,
        FieldInvalid;
    /// Ending a refill.
    EndingRefill: Forbidden, RefillUnknown, StateConflict, BodyTooLarge, MediaTypeUnsupported,
        FieldInvalid;
    /// Canceling an order.
    Canceling: Forbidden, OrderUnknown, CancelDisabled, OrderNotCancelable, BodyTooLarge,
        MediaTypeUnsupported, FieldInvalid;
}
