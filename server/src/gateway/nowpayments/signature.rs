//! Whether NOWPayments has signed a body: `x-nowpayments-sig` is HMAC-SHA512 under the IPN secret, in
//! hexadecimal digits.
//!
//! Its documentation says "sort, then sign"; what is delivered was signed as it is. So three texts
//! may be the signed one: the body as it came, and its canonical form with arrays kept and with
//! arrays as objects. Only who has the secret can sign any of them.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha512;

use super::canonical::{Arrays, Json};
use crate::gateway::CallbackRefused;

/// The bytes of a signature.
const BYTES: usize = 64;

/// Proves `body` by its `signature`, and gives what it says.
pub(super) fn prove(
    secret: &SecretString,
    signature: Option<&[u8]>,
    body: &[u8],
) -> Result<Json, CallbackRefused> {
    let signature = signature.map(<[u8]>::trim_ascii).unwrap_or_default();
    if signature.is_empty() {
        return Err(CallbackRefused::Unsigned);
    }
    let mut expected = [0; BYTES];
    hex::decode_to_slice(signature, &mut expected).map_err(|_| CallbackRefused::NotASignature)?;
    let is_signed = |text: &[u8]| {
        let secret = secret.expose_secret().trim().as_bytes();
        let Ok(mut mac) = Hmac::<Sha512>::new_from_slice(secret) else {
            return false;
        };
        mac.update(text);
        mac.verify_slice(&expected).is_ok()
    };
    let json = Json::parse(body).map_err(CallbackRefused::Unreadable)?;
    let in_form = |arrays| is_signed(json.canonical(arrays).as_bytes());
    if is_signed(body) || in_form(Arrays::Kept) || in_form(Arrays::AsObjects) {
        Ok(json)
    } else {
        Err(CallbackRefused::WrongSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::nowpayments::said;

    /// Bodies with the signatures that the function of the documentation and the official client
    /// library give them, under Node.
    const VECTORS: &str = include_str!("vectors.json");

    fn vectors() -> Vec<serde_json::Value> {
        serde_json::from_str(VECTORS).unwrap()
    }

    fn text<'a>(vector: &'a serde_json::Value, field: &str) -> &'a str {
        vector[field].as_str().unwrap()
    }

    fn proved(vector: &serde_json::Value, signature: &str) -> Result<Json, CallbackRefused> {
        let secret = SecretString::from(text(vector, "secret"));
        prove(
            &secret,
            Some(signature.as_bytes()),
            text(vector, "body").as_bytes(),
        )
    }

    #[test]
    fn every_vector_is_taken_with_each_of_its_signatures() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 10);
        for vector in &vectors {
            let name = text(vector, "name");
            for signature in ["sig_node_doc", "sig_node_sdk", "sig_raw_body"] {
                let signature = text(vector, signature);
                assert!(proved(vector, signature).is_ok(), "{name}");
                let shouted = format!("  {} ", signature.to_uppercase());
                assert!(proved(vector, &shouted).is_ok(), "{name}");
            }
            let json = Json::parse(text(vector, "body").as_bytes()).unwrap();
            let doc = json.canonical(Arrays::AsObjects);
            assert_eq!(doc, text(vector, "canonical_node_doc"), "{name}");
            let sdk = json.canonical(Arrays::Kept);
            assert_eq!(sdk, text(vector, "canonical_node_sdk"), "{name}");
            assert!(said::callback(&json).is_ok(), "{name}");
        }
    }

    #[test]
    fn what_was_changed_is_refused() {
        for vector in &vectors() {
            let name = text(vector, "name");
            let signature = text(vector, "sig_node_doc");
            let wrong = |vector: &serde_json::Value, signature: &str| {
                assert_eq!(
                    proved(vector, signature),
                    Err(CallbackRefused::WrongSignature),
                    "{name}"
                );
            };
            // One digit of the body: of an id, an amount, or whatever there is.
            let body = text(vector, "body");
            let at = body.find(|c: char| ('1'..='8').contains(&c)).unwrap();
            let digit = body[at..=at].parse::<u8>().unwrap() + 1;
            let mut changed = vector.clone();
            changed["body"] = format!("{}{digit}{}", &body[..at], &body[at + 1..]).into();
            wrong(&changed, signature);
            // One digit of the signature.
            let first = if signature.starts_with('0') { "1" } else { "0" };
            wrong(vector, &format!("{first}{}", &signature[1..]));
            // Another secret.
            let mut other = vector.clone();
            other["secret"] = "np-ipn-test-secret-NOT-REAL-0002".into();
            wrong(&other, signature);
        }
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let vector = &vectors()[0];
        let signature = text(vector, "sig_node_doc");
        for (given, expected) in [
            ("", CallbackRefused::Unsigned),
            ("   ", CallbackRefused::Unsigned),
            (&signature[..127], CallbackRefused::NotASignature),
            (&format!("{signature}0"), CallbackRefused::NotASignature),
            (
                &format!("g{}", &signature[1..]),
                CallbackRefused::NotASignature,
            ),
            ("sha512=00", CallbackRefused::NotASignature),
        ] {
            assert_eq!(proved(vector, given), Err(expected), "{given}");
        }
        let secret = SecretString::from(text(vector, "secret"));
        let unsigned = prove(&secret, None, text(vector, "body").as_bytes());
        assert_eq!(unsigned, Err(CallbackRefused::Unsigned));
    }
}
