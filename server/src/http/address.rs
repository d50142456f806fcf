//! Where a request comes from.

use std::net::IpAddr;

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
        match part.trim().parse::<IpAddr>() {
            Ok(earlier) => address = earlier.to_canonical(),
            Err(_) => break,
        }
    }
    address
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
    }
}
