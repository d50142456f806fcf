//! How mail is sent.

use lettre::message::Mailbox;

use super::Value;
use crate::vocabulary::words;

words! {
    /// How the connection to the mail server is kept from being read.
    pub enum SmtpTls {
        /// It begins in the clear and goes on by TLS, or not at all.
        StartTls = "starttls",
        /// By TLS from its beginning.
        Tls = "tls",
        /// Not at all.
        None = "none",
    }
}

impl Value for SmtpTls {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        SmtpTls::from_word(text)
    }

    fn allowed((): &()) -> String {
        "starttls, tls or none".to_owned()
    }

    fn shown(&self) -> String {
        self.word().to_owned()
    }
}

impl Value for Option<Mailbox> {
    type Rule = ();

    fn from_text(text: &str, (): &()) -> Option<Self> {
        text.trim().parse().ok().map(Some)
    }

    fn allowed((): &()) -> String {
        "an e-mail address such as panel@example.com or Panel <panel@example.com>".to_owned()
    }

    fn shown(&self) -> String {
        self.as_ref()
            .map_or_else(|| "not set".to_owned(), ToString::to_string)
    }
}
