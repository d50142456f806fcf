//! Lists of networks: which proxies are trusted, and from where a key may be used.

use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;

/// Networks, none or many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// No network.
    pub const fn none() -> Networks {
        Networks(Vec::new())
    }

    /// Reads addresses and networks (`10.0.0.0/8`) with spaces or commas between them; `None` if
    /// one of them is neither.
    pub fn parse(text: &str) -> Option<Networks> {
        let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
        let network = |part: &str| match part.parse::<IpAddr>() {
            Ok(address) => Some(IpNet::from(address.to_canonical())),
            Err(_) => part.parse().ok(),
        };
        parts.map(network).collect::<Option<Vec<_>>>().map(Networks)
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// These and the `others`.
    pub fn and(&self, others: &Networks) -> Networks {
        Networks(self.0.iter().chain(&others.0).copied().collect())
    }

    /// Whether `address` is in one of them. An IPv4 address inside an IPv6 one is the IPv4 one.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// With spaces between them; a network of one address is that address.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, network) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            if network.prefix_len() == network.max_prefix_len() {
                write!(f, "{gap}{}", network.addr())?;
            } else {
                write!(f, "{gap}{network}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_read_shown_and_asked() {
        let networks = Networks::parse("127.0.0.1, 10.0.0.0/8  2001:db8::/32").unwrap();
        assert_eq!(networks.to_string(), "127.0.0.1 10.0.0.0/8 2001:db8::/32");
        for (address, inside) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.255.0.1", true),
            ("11.0.0.1", false),
            ("2001:db8:1::1", true),
            ("::1", false),
        ] {
            assert_eq!(
                networks.contains(address.parse().unwrap()),
                inside,
                "{address}"
            );
        }
        assert_eq!(Networks::parse(" "), Some(Networks::none()));
        assert_eq!(Networks::parse("10.0.0.0/33"), None);
        assert_eq!(Networks::parse("localhost"), None);
    }
}
