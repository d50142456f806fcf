//! The first page: where this panel is, how somebody gets a key, and programs that place an order.

use std::net::SocketAddr;

use html_escape::encode_text;

use crate::config::Config;

/// The page; `{...}` stands for what follows.
const PAGE: &str = include_str!("first.html");

/// What samples have for the panel's address, and for what their reader puts in.
const ADDRESS: &str = "PANEL_ADDRESS";
const READERS: [&str; 3] = ["YOUR_KEY", "YOUR_PASSWORD", "YOUR_SESSION"];

/// Programs that place an order and say what came back, by what they need.
const ORDERS: [(&str, &str); 5] = [
    ("curl", include_str!("samples/order.sh")),
    ("PHP", include_str!("samples/order.php")),
    ("Python", include_str!("samples/order.py")),
    ("JavaScript (Node)", include_str!("samples/order.mjs")),
    ("Rust", include_str!("samples/order.rs")),
];

/// How an account is opened, and how its owner makes a key.
const SIGN_UP: &str = include_str!("samples/sign_up.sh");
const KEY: &str = include_str!("samples/key.sh");

/// Puts what the reader's browser knows of the address in the place of what the panel guesses.
const FIND_ADDRESS: &str = "<script src=\"/address.js\" defer></script>";
const ADDRESS_GUESSED: &str = "<noscript><p class=\"hint\">The address below is the panel's on its own \
     machine. Elsewhere, use the one at which you have opened this page.</p></noscript>";

/// The page of the panel that is set up by `config` and listens on `listens`.
pub(super) fn page(config: &Config, listens: SocketAddr) -> String {
    let own = config.own_address();
    // What a request names as its host is not used: whoever sends one could have others, who read what
    // caches kept of it, send their keys to a host of their own.
    let address = own.map_or_else(|| guess(listens), in_quotes);
    let address = format!("<span class=\"address\">{}</span>", encode_text(&address));
    let (script, guessed) = match own {
        Some(_) => ("", ""),
        None => (FIND_ADDRESS, ADDRESS_GUESSED),
    };
    let page = PAGE
        .replace("{script}", script)
        .replace("{guessed}", guessed)
        .replace("{account}", &account(config))
        .replace("{key}", &sample(KEY))
        .replace("{orders}", &orders());
    page.replace(ADDRESS, &address)
}

/// The address of a panel that was not told its own: right for who is on its machine, as whoever has just
/// started one is.
fn guess(listens: SocketAddr) -> String {
    if listens.ip().is_unspecified() {
        format!("http://localhost:{}", listens.port())
    } else {
        format!("http://{listens}")
    }
}

/// An address for a text in single quotes, in a shell or in PHP.
fn in_quotes(address: &str) -> String {
    address.replace('\'', "%27")
}

/// How somebody gets an account.
fn account(config: &Config) -> String {
    if !config.sign_up_open {
        return "<p>Accounts are opened by the operator of this panel: ask for one, or for a key.</p>"
            .to_owned();
    }
    let opened = if config.smtp_host.is_some() {
        "A mail brings you a link: the account is open once you have followed it, within 24 hours."
    } else {
        "The account is open at once."
    };
    format!(
        "<p>Choose a password of at least 12 characters and <a href=\"/docs#/Account/account_sign_up\">\
         sign up</a>. {opened}</p>{}",
        sample(SIGN_UP)
    )
}

/// One program after another; the first is open.
fn orders() -> String {
    let one = |(number, (needs, program)): (usize, &(&str, &str))| {
        let open = if number == 0 { " open" } else { "" };
        let program = sample(program);
        format!("<details name=\"order\"{open}><summary>{needs}</summary>{program}</details>")
    };
    let all: Vec<String> = ORDERS.iter().enumerate().map(one).collect();
    all.concat()
}

/// A sample, with what its reader puts in marked.
fn sample(text: &str) -> String {
    let mut text = encode_text(text.trim_end()).into_owned();
    for readers in READERS {
        text = text.replace(readers, &format!("<mark>{readers}</mark>"));
    }
    format!("<pre tabindex=\"0\"><code>{text}</code></pre>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(config: &Config) -> String {
        page(config, SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    fn public(address: &str) -> Config {
        Config {
            public_url: Some(address.parse().unwrap()),
            ..Config::default()
        }
    }

    #[test]
    fn every_sample_has_the_address_of_the_panel_and_nothing_is_left_to_fill_in() {
        let page = page_of(&public("https://panel.example/resell/"));
        for (needs, program) in ORDERS {
            assert_eq!(program.matches(ADDRESS).count(), 1, "{needs}");
            assert_eq!(program.matches("YOUR_KEY").count(), 1, "{needs}");
            let printed = sample(program).replace(
                ADDRESS,
                "<span class=\"address\">https://panel.example/resell</span>",
            );
            assert!(page.contains(&printed), "{needs}");
        }
        let parts = ["{script}", "{guessed}", "{account}", "{key}", "{orders}"];
        for left in [ADDRESS, "127.0.0.1", "address.js"].iter().chain(&parts) {
            assert!(!page.contains(left), "{left}");
        }
    }

    #[test]
    fn a_panel_that_was_not_told_its_address_says_where_it_listens() {
        for (listens, says) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("[::1]:81", "http://[::1]:81"),
            ("0.0.0.0:8080", "http://localhost:8080"),
        ] {
            let page = page(&Config::default(), listens.parse().unwrap());
            assert!(page.contains(&format!("\"address\">{says}<")), "{page}");
            assert!(page.contains("src=\"/address.js\""), "{page}");
        }
    }

    #[test]
    fn an_address_ends_no_quotes_and_no_element() {
        let page = page_of(&public("https://panel.example/it's<b>&amp;{key}"));
        assert!(page.contains("https://panel.example/it%27s%3Cb%3E&amp;amp;%7Bkey%7D<"));
        assert!(!page.contains("it's"));
    }

    #[test]
    fn it_says_how_an_account_is_opened_on_this_panel() {
        let open = page_of(&Config::default());
        assert!(open.contains("sign up</a>. The account is open at once."));
        let by_mail = page_of(&Config {
            smtp_host: Some("mail.example".to_owned()),
            ..Config::default()
        });
        assert!(by_mail.contains("sign up</a>. A mail brings you a link"));
        let closed = page_of(&Config {
            sign_up_open: false,
            ..Config::default()
        });
        assert!(closed.contains("opened by the operator") && !closed.contains("sign up"));
    }
}
