//! Refusals in the protocol's classic sentences: consumers compare them letter by letter, so they
//! decide whether a downstream panel retries, refunds or gives up.

use crate::error::Refusal;
use crate::protocol::sentence;

/// The sentence of a refusal.
pub(super) fn sentence_of(refusal: &Refusal) -> String {
    let classic = match refusal {
        Refusal::KeyInvalid | Refusal::KeyMissing | Refusal::KeyBlocked => {
            sentence::INVALID_API_KEY
        }
        Refusal::Suspended => sentence::ACCOUNT_SUSPENDED,
        Refusal::ServiceUnknown => sentence::INCORRECT_SERVICE_ID,
        Refusal::LinkBad => sentence::BAD_LINK,
        Refusal::QuantityBelowMin { min } => return sentence::quantity_less_than(*min),
        Refusal::QuantityAboveMax { max } => return sentence::quantity_more_than(*max),
        Refusal::DripfeedDisabled => sentence::DRIPFEED_DISABLED,
        Refusal::DripfeedIncomplete | Refusal::FieldNotPassedOn { .. } => {
            sentence::INCORRECT_REQUEST
        }
        Refusal::ActiveOrderOnLink => sentence::ACTIVE_ORDER_ON_LINK,
        // A cap that is used up is filled again tomorrow: consumers must keep the order, not refund it.
        Refusal::NotEnoughFunds { .. } | Refusal::SpendCapReached { .. } => {
            sentence::NOT_ENOUGH_FUNDS
        }
        Refusal::RequestIdReused => sentence::REQUEST_ID_REUSED,
        Refusal::OrderUnknown => sentence::INCORRECT_ORDER_ID,
        Refusal::RefillUnknown => sentence::REFILL_NOT_FOUND,
        Refusal::RefillDisabled | Refusal::OrderOverlapping => sentence::REFILL_DISABLED,
        Refusal::NotCompleted { .. } => sentence::NOT_COMPLETED,
        Refusal::RefillTooSoon { .. } => sentence::REFILL_TOO_SOON,
        Refusal::RefillPeriodOver { .. } => sentence::REFILL_DAYS_ARE_OVER,
        Refusal::CancelDisabled => sentence::CANCEL_DISABLED,
        Refusal::NotCancelable { .. } => sentence::CANNOT_BE_CANCELED,
        // No classic sentence exists: say what was wrong.
        // "API key" in a sentence is what consumers take for trouble with the panel, not the order.
        Refusal::ScopeMissing { .. }
        | Refusal::AddressNotAllowed
        | Refusal::SessionNeeded
        | Refusal::ConfirmationNeeded
        | Refusal::AboveKeyLimit { .. }
        | Refusal::SignInFailed
        | Refusal::TotpRequired
        | Refusal::TooManyAttempts { .. }
        | Refusal::TooManyCodes { .. }
        | Refusal::SignUpClosed
        | Refusal::Forbidden
        | Refusal::Unknown { .. }
        | Refusal::Taken { .. }
        | Refusal::Conflict { .. }
        | Refusal::DepositsClosed
        | Refusal::GatewayUnavailable
        | Refusal::AmountBelowMin { .. }
        | Refusal::DisputePeriodOver { .. }
        | Refusal::DisputeOpen { .. }
        | Refusal::AmountAboveLeft { .. }
        | Refusal::FieldMissing { .. }
        | Refusal::FieldInvalid { .. }
        | Refusal::ChargeOutOfRange
        | Refusal::RequestIdInvalid => return refusal.to_string(),
    };
    classic.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Scope;
    use crate::clock::Time;
    use crate::money::Money;
    use crate::protocol::upstream::own_refusal_class;

    /// A panel of ours that forwards to this one must know what became of an order.
    #[test]
    fn every_sentence_that_follows_an_add_is_definite_to_our_own_kind() {
        let money = Money::from_nano(1);
        let refusals = [
            Refusal::KeyInvalid,
            Refusal::KeyBlocked,
            Refusal::Suspended,
            Refusal::ScopeMissing {
                scope: Scope::Order,
            },
            Refusal::AddressNotAllowed,
            Refusal::SessionNeeded,
            Refusal::ServiceUnknown,
            Refusal::LinkBad,
            Refusal::QuantityBelowMin { min: 50 },
            Refusal::QuantityAboveMax { max: 50 },
            Refusal::DripfeedDisabled,
            Refusal::DripfeedIncomplete,
            Refusal::ActiveOrderOnLink,
            Refusal::NotEnoughFunds {
                charge: money,
                balance: money,
            },
            Refusal::SpendCapReached {
                whose: "key",
                cap: money,
                spent: money,
                charge: money,
                from: Time::from_ms(0),
            },
            Refusal::RequestIdReused,
            Refusal::RequestIdInvalid,
            Refusal::ChargeOutOfRange,
            Refusal::FieldMissing { field: "comments" },
            Refusal::FieldInvalid {
                field: "country",
                expected: "a country",
            },
        ];
        for refusal in refusals {
            let said = sentence_of(&refusal);
            assert!(own_refusal_class(&said).is_some(), "{said}");
        }
        for said in [sentence::INCORRECT_REQUEST, sentence::RATE_LIMIT_EXCEEDED] {
            assert!(own_refusal_class(said).is_some(), "{said}");
        }
    }
}
