//! Which hosts are of the public internet: the only ones that links may name, and that providers
//! may live on.
//!
//! Links are never fetched here, but they go to providers and into lists that people click: one
//! that leads into a private network is an attack or a mistake, and nobody can deliver to it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

/// The last labels of names that only mean something inside one machine or one network.
const PRIVATE_NAMES: &[&str] = &[
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "arpa",
];

/// The IPv4 networks that are not the public internet, as address and prefix length: the special
/// purpose registry of IANA, which includes the clouds' metadata address 169.254.169.254.
const PRIVATE_NETWORKS: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// Whether `host` is this machine itself.
pub(crate) fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Whether `host`, as the URL parser understood it (it knows decimal, octal and hexadecimal
/// spellings of addresses), is a public one.
pub(crate) fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

/// Whether an address is of the public internet.
pub(crate) fn is_public_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Whether a name has two labels or more and does not end in a private one. One trailing dot (the
/// root) is allowed.
fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or_default();
    name.contains('.')
        && name.split('.').all(|label| !label.is_empty())
        && !PRIVATE_NAMES.contains(&last)
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(network, prefix): &(Ipv4Addr, u32)| {
        let different = address.to_bits() ^ network.to_bits();
        different.leading_zeros() >= *prefix
    };
    !PRIVATE_NETWORKS.iter().any(within)
}

/// Global unicast (2000::/3) without documentation, Teredo and 6to4. That leaves out loopback,
/// link-local, unique local, multicast, and every way to write an IPv4 address inside an IPv6 one.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let special = match first {
        0x2001 => second == 0x0db8 || second < 0x0200,
        0x2002 => true,
        0x3fff => second < 0x1000,
        _ => false,
    };
    (0x2000..0x4000).contains(&first) && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(host: &str) -> bool {
        is_public(
            &url::Url::parse(&format!("https://{host}/"))
                .unwrap()
                .host()
                .unwrap(),
        )
    }

    #[test]
    fn public_hosts_are_public() {
        for host in [
            "x.test",
            "instagram.com",
            "instagram.com.",
            "xn--e1afmkfd.xn--p1ai",
            "8.8.8.8",
            "172.15.255.255",
            "172.32.0.0",
            "100.128.0.0",
            "223.255.255.255",
            "11.0.0.1",
            "[2606:4700::1111]",
            "[2a00:1450::1]",
            "localhost.example.com",
            "local.test",
        ] {
            assert!(public(host), "{host}");
        }
    }

    #[test]
    fn private_hosts_are_refused_in_every_spelling() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "intranet",
            "1.0.0.127.in-addr.arpa",
            "a..b.com",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0",
            "10.1.2.3",
            "100.64.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "0xa9fea9fe",
            "2852039166",
            "198.19.255.255",
            "224.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:8.8.8.8]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[2001:db8::1]",
            "[2001::1]",
            "ⓛocalhost",
            "127。0。0。1",
            "%6cocalhost",
        ] {
            assert!(!public(host), "{host}");
        }
    }
}
