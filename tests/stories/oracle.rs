//! Charges and refunds against an oracle of exact fractions, which knows no integer unit and no
//! rounding but the published floor at the nano-dollar.

use num_bigint::BigInt;
use num_rational::BigRational;
use proptest::prelude::*;
use smm_panel_server::money::{Money, Rate};
use smm_panel_server::orders::rules::{OrderStatus, settlement};

fn ratio(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(denominator))
}

/// USD as an exact fraction.
fn usd(amount: Money) -> BigRational {
    ratio(amount.nano(), 1_000_000_000)
}

/// The largest whole number of nano-USD that is not above `amount`.
fn floor_to_nano(amount: &BigRational) -> BigRational {
    let nano = BigRational::from_integer(BigInt::from(1_000_000_000));
    (amount * &nano).floor() / nano
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    /// `charge = rate / 1000 * quantity` and `refund = (remains / total_quantity) * charge`.
    #[test]
    fn charge_and_refund_are_what_exact_fractions_say(
        rate_micro in prop_oneof![1..=2_000_000_i64, 1..=1_000_000_000_000_i64],
        quantity in prop_oneof![1..=20_000_i64, 1..=2_147_483_647_i64],
        remains in any::<i64>(),
        small in 0..=20_000_i64,
        takes_small in any::<bool>(),
    ) {
        let rate = Rate::from_micro(rate_micro);
        let exact = ratio(rate_micro, 1_000_000) / ratio(1000, 1) * ratio(quantity, 1);
        let Ok(charge) = rate.charge(quantity) else {
            prop_assert!(exact > ratio(1_000_000_000, 1), "refused below the limit: {}", exact);
            return Ok(());
        };
        prop_assert_eq!(usd(charge), exact.clone());

        let remains = if takes_small { small } else { remains };
        let settled = settlement(OrderStatus::Partial, charge, remains, quantity, false).unwrap();
        let undelivered = remains.clamp(0, quantity);
        let due = ratio(undelivered, quantity) * &exact;
        prop_assert_eq!(usd(settled.refund), floor_to_nano(&due));
        prop_assert_eq!(settled.remains, undelivered);
        prop_assert_eq!(usd(settled.refund) + usd(settled.revenue), exact);
    }

    /// A flat rate of a package divides by its quantity of one; a charge of any amount divides by
    /// any quantity, and a refund in steps never exceeds the refund at once.
    #[test]
    fn a_share_never_exceeds_the_whole_however_it_is_cut(
        nano in 0..=1_000_000_000_000_000_000_i64,
        whole in 1..=2_147_483_647_i64,
        cut in any::<[u32; 3]>(),
    ) {
        let charge = Money::from_nano(nano);
        let mut parts: Vec<i64> = cut.iter().map(|part| i64::from(*part) % (whole + 1)).collect();
        parts.sort_unstable();
        let mut refunded = Money::ZERO;
        for part in parts {
            let target = charge.share_of(part, whole).unwrap();
            prop_assert_eq!(usd(target), floor_to_nano(&(ratio(part, whole) * usd(charge))));
            let step = target.minus(refunded).unwrap();
            prop_assert!(step >= Money::ZERO);
            refunded = refunded.plus(step).unwrap();
        }
        prop_assert!(refunded <= charge);
    }
}
