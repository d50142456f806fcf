//! Providers' addresses: nothing is connected to that is not of the public internet.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use secrecy::SecretString;
use tokio::net::TcpListener;

use super::*;
use crate::catalog::Exchange;
use crate::catalog::dialect::Dialect;
use crate::clock::Time;
use crate::ids::ProviderId;

fn provider(url: &str) -> Provider {
    Provider {
        id: ProviderId(1),
        name: "p".to_owned(),
        url: url.to_owned(),
        key: SecretString::from("key"),
        timeout_ms: 2_000,
        concurrency: 1,
        replays_requests: false,
        paused_until: None,
        pause: None,
        unlisted_in_a_row: 0,
        created_at: Time::from_ms(0),
        exchange: Exchange::usd(),
        sync_due_at: None,
        sync_applies: Vec::new(),
        dialect: Dialect::default(),
    }
}

/// Every name has these addresses.
#[derive(Clone)]
struct Fixed(Vec<IpAddr>);

impl Lookup for Fixed {
    fn addresses(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

/// A listener of this machine that counts who connects.
async fn victim() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (address, count) = (
        listener.local_addr().unwrap(),
        Arc::new(AtomicUsize::new(0)),
    );
    let counted = count.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, count)
}

#[tokio::test]
async fn no_address_of_a_private_network_is_connected_to_in_any_spelling() {
    let (address, count) = victim().await;
    let port = address.port();
    let client = Client::with(false, Fixed(vec![address.ip()])).unwrap();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "017700000001",
        "0177.0.0.1",
        "127.255.255.254",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "169.254.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "2852039166",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.0.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "db",
        "printer.local",
        "metadata.google.internal",
        "ⓛocalhost",
        "127。0。0。1",
        // Names that look public and are not.
        "panel.example",
        "127.0.0.1.nip.io",
        "user:pass@panel.example",
    ];
    for host in hosts {
        for scheme in ["https", "http"] {
            let url = format!("{scheme}://{host}:{port}/api/v2");
            let called = client.call(&provider(&url), &Outgoing::Balance).await;
            assert!(
                matches!(called, Err(CallError::NotSent(_))),
                "{url}: {called:?}"
            );
        }
    }
    for url in [
        "ftp://panel.example/",
        "file:///etc/passwd",
        "gopher://panel.example/",
        "x",
        "",
    ] {
        let called = client.call(&provider(url), &Outgoing::Balance).await;
        assert!(
            matches!(called, Err(CallError::NotSent(_))),
            "{url}: {called:?}"
        );
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_name_with_one_private_address_among_public_ones_is_not_connected_to() {
    let (address, count) = victim().await;
    let url = format!("https://panel.example:{}/api/v2", address.port());
    for private in [address.ip(), "::ffff:127.0.0.1".parse().unwrap()] {
        for addresses in [
            vec![private],
            vec![IpAddr::from([8, 8, 8, 8]), private],
            vec![private, IpAddr::from([8, 8, 8, 8])],
            Vec::new(),
        ] {
            // Loopback is allowed to those who write it, not to names that lead there.
            for allow_loopback in [false, true] {
                let lookup = Fixed(addresses.clone());
                let client = Client::with(allow_loopback, lookup).unwrap();
                let called = client.call(&provider(&url), &Outgoing::Balance).await;
                assert!(matches!(called, Err(CallError::NotSent(_))), "{called:?}");
            }
        }
    }
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

/// Public when it is looked at first, private from then on.
struct Rebinding(AtomicUsize, IpAddr);

impl Lookup for Rebinding {
    fn addresses(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        // Of a public network; who answers there does not matter.
        let public = IpAddr::from([192, 31, 196, 1]);
        let address = if first { public } else { self.1 };
        Box::pin(async move { Ok(vec![address]) })
    }
}

#[tokio::test]
async fn the_address_that_was_looked_at_is_the_one_that_is_connected_to() {
    let (address, count) = victim().await;
    let resolver = Resolver::new(Rebinding(AtomicUsize::new(0), address.ip()), false);
    let name = || "panel.example".parse().unwrap();
    // What the connection is made to is what was checked: nobody asks again in between.
    let given = reqwest::dns::Resolve::resolve(&resolver, name())
        .await
        .unwrap();
    let given: Vec<IpAddr> = given.map(|address| address.ip()).collect();
    assert_eq!(given, [IpAddr::from([192, 31, 196, 1])]);
    assert!(
        reqwest::dns::Resolve::resolve(&resolver, name())
            .await
            .is_err()
    );
    let url = format!("https://panel.example:{}/api/v2", address.port());
    let client = Client::with(false, Rebinding(AtomicUsize::new(1), address.ip())).unwrap();
    let called = client.call(&provider(&url), &Outgoing::Balance).await;
    assert!(matches!(called, Err(CallError::NotSent(_))), "{called:?}");
    assert_eq!(count.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn loopback_is_connected_to_where_it_is_allowed() {
    let (address, count) = victim().await;
    let client = Client::with(true, Fixed(vec![address.ip()])).unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{}/api/v2", address.port());
        let called = client.call(&provider(&url), &Outgoing::Balance).await;
        assert!(called.is_err());
    }
    assert!(count.load(Ordering::SeqCst) >= 2);
}

#[test]
fn our_key_is_masked_in_what_a_provider_says() {
    let key = b"0123456789abcdef";
    let masked = |text: &str| {
        let mut body = text.as_bytes().to_vec();
        mask(&mut body, key);
        String::from_utf8(body).unwrap()
    };
    for (text, expected) in [
        ("", ""),
        ("0123456789abcde", "0123456789abcde"),
        ("0123456789abcdef", "****************"),
        (
            "a00123456789abcdef0123456789abcdefb",
            "a0********************************b",
        ),
    ] {
        assert_eq!(masked(text), expected);
    }
    let mut short = b"1000".to_vec();
    mask(&mut short, b"1");
    assert_eq!(short, b"1000");
}

#[test]
fn a_provider_lives_on_a_public_https_address() {
    let check = |address, loopback| check_address(address, loopback).map(|_| ());
    assert_eq!(check("https://panel.example/api/v2", false), Ok(()));
    assert_eq!(
        check("http://panel.example/api/v2", true),
        Err(BadAddress::NotHttps)
    );
    assert!(matches!(
        check("panel.example", false),
        Err(BadAddress::NotAUrl(_))
    ));
    assert_eq!(check("http://127.0.0.1:9/api/v2", true), Ok(()));
    for named in [
        "https://me:secret@panel.example/api/v2",
        "https://me@panel.example/api/v2",
        "https://:secret@panel.example/api/v2",
        "http://me:secret@127.0.0.1:9/api/v2",
    ] {
        let refused = check(named, true);
        assert_eq!(refused, Err(BadAddress::HasUser), "{named}");
        assert!(!refused.unwrap_err().to_string().contains("secret"));
        assert!(check_place(named, true).is_ok(), "{named} was set before");
    }
    for private in [
        "http://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://db/",
    ] {
        assert!(
            matches!(check(private, false), Err(BadAddress::NotPublic(_))),
            "{private}"
        );
    }
    assert!(matches!(
        check("https://169.254.169.254/", true),
        Err(BadAddress::NotPublic(_))
    ));
}
