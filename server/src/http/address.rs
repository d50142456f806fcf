//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use poem::{Addr, Request};

use crate::networks::Networks;

/// The address of whoever sent `request`: the other end of the connection, or, if that is one of
/// `proxies`, the last address of `X-Forwarded-For` that is not. What comes before it in that header
/// was written by strangers.
pub(super) fn client_address(request: &Request, proxies: &Networks) -> Option<IpAddr> {
    let peer = match &request.remote_addr().0 {
        Addr::SocketAddr(address) => address.ip().to_canonical(),
        Addr::Unix(_) | Addr::Custom(..) => return None,
    };
    let forwarded = request.headers().get_all("x-forwarded-for");
    let forwarded: Vec<&str> = forwarded
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    Some(before(peer, &forwarded, proxies))
}

fn before(peer: IpAddr, forwarded: &[&str], proxies: &Networks) -> IpAddr {
    let mut address = peer;
    for part in forwarded.iter().rev() {
        if !proxies.contains(address) {
            break;
        }
        match address_of(part.trim()) {
            Some(earlier) => address = earlier.to_canonical(),
            None => break,
        }
    }
    address
}

/// The address that `part` names; some proxies write a port behind it, and brackets around one of IPv6.
fn address_of(part: &str) -> Option<IpAddr> {
    if let Ok(address) = part.parse() {
        return Some(address);
    }
    if let Ok(with_port) = part.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    let bracketed = part.strip_prefix('[')?.strip_suffix(']')?;
    bracketed.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed() {
        let proxies = Networks::parse("127.0.0.1 10.0.0.0/8").unwrap();
        let of = |peer: &str, forwarded: &[&str]| {
            before(peer.parse().unwrap(), forwarded, &proxies).to_string()
        };
        assert_eq!(of("8.8.8.8", &["1.1.1.1"]), "8.8.8.8");
        assert_eq!(of("127.0.0.1", &["1.1.1.1", " 9.9.9.9"]), "9.9.9.9");
        assert_eq!(of("127.0.0.1", &["1.1.1.1", "10.1.1.1"]), "1.1.1.1");
        assert_eq!(of("127.0.0.1", &["junk"]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["9.9.9.9:4711"]), "9.9.9.9");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(of("127.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(of("127.0.0.1", &["9.9.9.9:99999"]), "127.0.0.1");
    }
}
