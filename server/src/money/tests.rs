use super::*;

#[test]
fn amounts_print_as_the_shortest_decimal_with_two_places() {
    for (nano, text) in [
        (0, "0.00"),
        (900_000_000, "0.90"),
        (278_190_000, "0.27819"),
        (20_000, "0.00002"),
        (1, "0.000000001"),
        (-1_500_000_000, "-1.50"),
        (100_000_000_000, "100.00"),
        (i64::MIN, "-9223372036.854775808"),
    ] {
        assert_eq!(Money::from_nano(nano).to_string(), text);
        assert_eq!(Money::parse(text), Ok(Money::from_nano(nano)));
    }
}

#[test]
fn only_plain_decimals_are_amounts() {
    for text in [
        "", ".", "1.", ".5", "+1", "1e3", "1,000", " 1", "1 ", "--1", "0x1", "NaN",
    ] {
        assert_eq!(Money::parse(text), Err(AmountError::Malformed), "{text:?}");
    }
    assert_eq!(
        Money::parse("0.1234567891"),
        Err(AmountError::TooPrecise(9))
    );
    assert_eq!(
        Money::parse("0.1234567890"),
        Ok(Money::from_nano(123_456_789))
    );
    assert_eq!(
        Money::parse("9223372036.854775808"),
        Err(AmountError::OutOfRange)
    );
    assert_eq!(Rate::parse("-0.01"), Err(AmountError::OutOfRange));
    assert_eq!(Rate::parse("0.0000001"), Err(AmountError::TooPrecise(6)));
}

#[test]
fn a_charge_is_the_rate_times_the_quantity_exactly() {
    let rate = Rate::parse("0.90").unwrap();
    assert_eq!(rate.charge(1000).unwrap().to_string(), "0.90");
    assert_eq!(rate.charge(1).unwrap().to_string(), "0.0009");
    assert_eq!(
        Rate::parse("31.60")
            .unwrap()
            .package_charge()
            .unwrap()
            .to_string(),
        "31.60"
    );
    assert_eq!(
        Rate::parse("1000000").unwrap().charge(1_000_000).unwrap(),
        MAX_CHARGE
    );
    assert_eq!(
        Rate::parse("1000000").unwrap().charge(1_000_001),
        Err(AmountError::OutOfRange)
    );
    assert_eq!(rate.charge(0), Err(AmountError::OutOfRange));
}

#[test]
fn the_example_of_the_published_policy_holds() {
    // "you ordered 1,000 followers, but the provider could only deliver 600 ...
    // the remaining 400 undelivered units are refunded"
    let charge = Rate::parse("0.90").unwrap().charge(1000).unwrap();
    assert_eq!(charge.share_of(400, 1000).unwrap().to_string(), "0.36");
}

#[test]
fn a_tiers_rate_is_the_catalogues_and_its_percentage_rounded_up() {
    for (rate, percent, expected) in [
        ("0.90", "0", "0.90"),
        ("0.90", "-10", "0.81"),
        ("0.90", "12.5", "1.0125"),
        ("0.90", "-2.50", "0.8775"),
        ("0.000001", "-99.99", "0.000001"),
        ("0.000003", "-50", "0.000002"),
        ("1", "0.01", "1.0001"),
        ("1", "1000", "11.00"),
    ] {
        let percent = Percent::parse(percent).unwrap();
        let rate = Rate::parse(rate).unwrap().in_tier(percent);
        assert_eq!(rate.to_string(), expected, "{percent}");
    }
    let highest = Rate::from_micro(i64::MAX).in_tier(Percent::parse("1").unwrap());
    assert_eq!(highest.charge(1), Err(AmountError::OutOfRange));
}

#[test]
fn percentages_are_above_minus_100_with_two_decimals() {
    assert_eq!(Percent::parse("-2.5").unwrap().to_string(), "-2.50");
    assert_eq!(Percent::parse("-99.99").unwrap().hundredths(), -9_999);
    for no in ["-100", "1000.01", "99999999999999999999"] {
        assert_eq!(Percent::parse(no), Err(AmountError::OutOfRange), "{no}");
    }
    assert_eq!(Percent::parse("1.005"), Err(AmountError::TooPrecise(2)));
}

#[test]
fn provider_rates_round_up_and_amounts_round_half_even() {
    assert_eq!(Rate::parse_rounding_up("0.0000001").unwrap().micro(), 1);
    assert_eq!(Rate::parse_rounding_up("1e-2").unwrap().to_string(), "0.01");
    assert_eq!(Rate::parse_rounding_up("0.90").unwrap().micro(), 900_000);
    for (price, units, rate) in [
        ("0.0009", 1, "0.90"),
        ("0.0000009", 1, "0.0009"),
        ("0.0000000001", 1, "0.000001"),
        ("9e-4", 1, "0.90"),
        ("0.09", 100, "0.90"),
        ("1", 3, "333.333334"),
        ("0.90", 1_000, "0.90"),
    ] {
        assert_eq!(
            Rate::parse_price_of(price, units).unwrap().to_string(),
            rate
        );
    }
    for (price, units) in [("-1", 1), ("1", 0), ("1", -1), ("1e20", 1), ("x", 1)] {
        assert!(
            Rate::parse_price_of(price, units).is_err(),
            "{price} {units}"
        );
    }
    let in_roubles = |rate: &str| Rate::parse(rate).unwrap().converted(10_869_565).unwrap();
    assert_eq!(in_roubles("100").to_string(), "1.086957");
    assert_eq!(in_roubles("0.000001").to_string(), "0.000001");
    assert_eq!(in_roubles("0").to_string(), "0.00");
    assert_eq!(parse_provider_amount("0.0000000005").unwrap().nano(), 0);
    assert_eq!(parse_provider_amount("0.0000000015").unwrap().nano(), 2);
    assert_eq!(parse_provider_amount("n/a"), Err(AmountError::Malformed));
}
