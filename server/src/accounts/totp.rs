//! Codes for signing in (RFC 6238): six digits by SHA-1, a new one every 30 seconds, as every
//! authenticator app makes them. Pure.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use crate::clock::Time;
use crate::error::{Failure, Result};

/// What apps show beside the code.
const ISSUER: &str = "smm-panel";

/// 160 bits, as RFC 4226 recommends.
const SEED_BYTES: usize = 20;

/// A new random seed in base32, as people type it into an app.
pub(super) fn new_seed() -> SecretString {
    let bytes: [u8; SEED_BYTES] = rand::random();
    Secret::from(bytes.as_slice()).to_base32().into()
}

/// The address that an app reads as a QR code.
pub(super) fn address(seed: &SecretString, account: &str) -> Result<SecretString> {
    let address = codes(seed, account)?.to_url();
    Ok(address.map_err(|fault| unusable(&fault))?.into())
}

/// The number of the time step that `code` is for, if it is a code of `seed` for the present step,
/// the one before or the one after: clocks of telephones differ.
pub(super) fn step_of(seed: &SecretString, code: &SecretString, now: Time) -> Result<Option<i64>> {
    let digits: String = code
        .expose_secret()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let seconds = u64::try_from(now.ms().div_euclid(1_000)).unwrap_or_default();
    let step = codes(seed, "")?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn codes(seed: &SecretString, account: &str) -> Result<Totp> {
    let secret = Secret::try_from_base32(seed.expose_secret());
    let secret = secret.map_err(|_| unusable(&"not base32"))?;
    // A colon stands between issuer and account there.
    let account = account.replace(':', " ");
    let codes = Builder::new()
        .with_secret(secret)
        .with_issuer(Some(ISSUER))
        .with_account_name(account)
        .build();
    Ok(codes.map_err(|fault| unusable(&fault))?)
}

fn unusable(fault: &dyn std::fmt::Display) -> Failure {
    Failure::Stored(format!("a seed: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard_and_good_for_a_step_around() {
        // RFC 6238, appendix B: at 59 seconds 94287082, whose last six digits apps show.
        let seed = SecretString::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let step = |code: &str, seconds: i64| {
            let now = Time::from_ms(seconds * 1_000);
            step_of(&seed, &SecretString::from(code), now).unwrap()
        };
        assert_eq!(step("287082", 59), Some(1));
        assert_eq!(step(" 287 082 ", 59), Some(1));
        assert_eq!(step("287082", 89), Some(1));
        assert_eq!(step("287082", 90), None);
        assert_eq!(step("287082", 0), Some(1));
        for wrong in ["287083", "", "28708", "2870820", "abcdef", "２８７０８２"] {
            assert_eq!(step(wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn a_new_seed_has_an_address_for_apps() {
        let seed = new_seed();
        let address = address(&seed, "ann@example.com").unwrap();
        let address = address.expose_secret();
        assert!(
            address.starts_with("otpauth://totp/smm-panel:ann%40example.com?"),
            "{address}"
        );
        assert!(address.contains(&format!("secret={}", seed.expose_secret())));
    }
}
