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
    /// Reading an account, or a list of what belongs to one.
    ReadingAccount: Forbidden, ObjectUnknown, StateConflict;
    /// Reading a list of orders by a link.
    ListingOrders: Forbidden, LinkBad;
    /// Reading an order.
    ReadingOrder: Forbidden, OrderUnknown;
    /// Making something new.
    Making: Forbidden, NameTaken, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, FieldInvalid;
    /// Telling an account something.
    Telling: Forbidden, ObjectUnknown, StateConflict, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported,
        FieldInvalid;
    /// Changing or deciding something.
    Changing: Forbidden, ObjectUnknown, NameTaken, StateConflict, BodyTooLarge, BodyTooSlow,
        MediaTypeUnsupported, FieldInvalid;
    /// Hiring somebody.
    Hiring: Forbidden, SessionNeeded, ConfirmationNeeded, ObjectUnknown, NameTaken, StateConflict,
        BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, FieldInvalid;
    /// Changing or removing a member of the staff.
    ChangingStaff: Forbidden, SessionNeeded, ConfirmationNeeded, ObjectUnknown, StateConflict,
        BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, FieldInvalid;
    /// Crediting a wallet, taking a credit back, or deciding that.
    Crediting: Forbidden, ConfirmationNeeded, AboveKeyLimit, ObjectUnknown, NameTaken,
        StateConflict, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported, FieldInvalid;
    /// Deciding about a part of a charge.
    DecidingAmount: Forbidden, ObjectUnknown, StateConflict, AmountAboveLeft, BodyTooLarge, BodyTooSlow,
        MediaTypeUnsupported, FieldInvalid;
    /// Writing to a ticket or a case, or deciding a case.
    WritingTicket: Forbidden, ObjectUnknown, StateConflict, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported,
        FieldInvalid;
    /// Deciding a ticket.
    DecidingTicket: Forbidden, ObjectUnknown, StateConflict, AmountAboveLeft, RefillDisabled,
        OrderNotCompleted, OrderOverlapping, RefillTooSoon, RefillPeriodOver, BodyTooLarge, BodyTooSlow,
        MediaTypeUnsupported, FieldInvalid;
    /// Changing an order.
    ChangingOrder: Forbidden, OrderUnknown, StateConflict, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported,
        FieldInvalid;
    /// Ending a refill.
    EndingRefill: Forbidden, RefillUnknown, StateConflict, BodyTooLarge, BodyTooSlow, MediaTypeUnsupported,
        FieldInvalid;
    /// Canceling an order.
    Canceling: Forbidden, OrderUnknown, CancelDisabled, OrderNotCancelable, BodyTooLarge, BodyTooSlow,
        MediaTypeUnsupported, FieldInvalid;
}
