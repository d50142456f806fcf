//! The panel takes every callback that JavaScript has signed, and none that was changed after that:
//! bodies by the thousand, made and signed by Node, as the gateway's own language does it.
//!
//! 5,000 of them in the tests; with `SMM_PANEL_TEST_CALLBACKS=100000` as many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on must stop, loudly"
)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use secrecy::SecretString;
use serde::Deserialize;
use smm_panel_server::gateway::{Access, CallbackRefused, Gateway, NowPayments};

/// How many are made unless more are asked for.
const USUAL: usize = 5_000;
/// The variable that asks for more.
const COUNT: &str = "SMM_PANEL_TEST_CALLBACKS";
/// No secret, and another one.
const SECRET: &str = "ipn-secret-of-a-test-0001";
const OTHER: &str = "ipn-secret-of-a-test-0002";

#[derive(Deserialize)]
struct Signed {
    body: String,
    signature: String,
}

fn gateway(secret: &str) -> NowPayments {
    let made = NowPayments::new(Access {
        base: "https://api.nowpayments.io/v1".parse().unwrap(),
        api_key: SecretString::from("unused"),
        ipn_secret: SecretString::from(secret),
        login: None,
    });
    made.unwrap()
}

fn node(count: usize) -> Child {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/gateway/sign.mjs");
    let started = Command::new("node")
        .args([script, &count.to_string(), "20261125", SECRET])
        .stdout(Stdio::piped())
        .spawn();
    started.expect("Node runs this test's script; on Debian: apt-get install nodejs")
}

/// The same body with another meaning, in two ways.
fn tampered(body: &str) -> [String; 2] {
    let more = if body.trim_start_matches(['{', ' ', '\n', '\r', '\t']) == "}" {
        r#"{"tampered":1"#
    } else {
        r#"{"tampered":1,"#
    };
    let changed = if body.contains(r#""usd""#) {
        body.replacen(r#""usd""#, r#""usx""#, 1)
    } else {
        body.replacen('{', r#"{"price_currency":"usd","#, 1)
    };
    [body.replacen('{', more, 1), changed]
}

/// The same signature with one bit turned.
fn bent(signature: &str, at: usize) -> String {
    let mut bytes = hex::decode(signature).unwrap();
    let place = at % bytes.len();
    bytes[place] ^= 1 << (at % 8);
    hex::encode(bytes)
}

#[test]
fn what_javascript_has_signed_is_taken_and_what_was_changed_is_not() {
    #[expect(
        clippy::disallowed_methods,
        reason = "it is about the test, not the panel"
    )]
    let count = std::env::var(COUNT).ok().map(|count| count.parse());
    let count: usize = count.map_or(USUAL, |count| count.expect("a number"));
    let (ours, other) = (gateway(SECRET), gateway(OTHER));
    let mut child = node(count);
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (mut taken, mut refused) = (0, 0);
    for (at, line) in lines.enumerate() {
        let Signed { body, signature } = serde_json::from_str(&line.unwrap()).unwrap();
        let read = |gateway: &NowPayments, signature: &str, body: &str| {
            gateway.read_callback(Some(signature.as_bytes()), body.as_bytes())
        };
        // What its fields say is not the question here, only whether it was believed.
        match read(&ours, &signature, &body) {
            Ok(_) => taken += 1,
            Err(CallbackRefused::Unreadable(why)) if why.contains("payment_id") => taken += 1,
            Err(why) => panic!("callback {at} was refused, because {why}: {body}"),
        }
        let wrong = CallbackRefused::WrongSignature;
        for changed in tampered(&body) {
            match read(&ours, &signature, &changed) {
                Err(CallbackRefused::WrongSignature) => {}
                // A key twice.
                Err(CallbackRefused::Unreadable(why)) if why.contains("twice") => {}
                other => panic!("callback {at} was changed, and it is {other:?}: {changed}"),
            }
        }
        let bent = read(&ours, &bent(&signature, at), &body);
        assert_eq!(bent, Err(wrong.clone()), "callback {at}");
        assert_eq!(read(&other, &signature, &body), Err(wrong), "callback {at}");
        refused += 4;
    }
    assert!(child.wait().unwrap().success());
    assert_eq!((taken, refused), (count, 4 * count));
    println!("{taken} genuine callbacks taken, {refused} changed ones refused");
}
