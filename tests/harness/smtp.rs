//! A mail server of the tests' own, on a port of this machine: it takes mail as real ones do, and keeps
//! what it took.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use lettre::message::Mailbox;
use smm_panel_server::config::{Config, SmtpTls};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::ANYWHERE;

/// The address of the panel as its settings name it: links lead there, wherever it serves.
pub const PUBLIC: &str = "http://panel.test";

/// A mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// To whom it was sent.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its `Message-ID`.
    pub id: String,
    /// Its text, in one line.
    pub text: String,
}

impl Taken {
    /// The path of the link in it, if there is one.
    pub fn link(&self) -> Option<String> {
        let from = self.text.find(PUBLIC)?;
        let link = self.text[from..].split_whitespace().next()?;
        link.strip_prefix(PUBLIC).map(str::to_owned)
    }
}

/// A mail server. It ends when it is dropped, and nothing listens at its port any more.
pub struct MailServer {
    /// Where it listens.
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    serving: JoinHandle<()>,
}

impl MailServer {
    /// A server at a free port.
    pub async fn start() -> MailServer {
        MailServer::start_at(ANYWHERE).await
    }

    /// A server at this address.
    pub async fn start_at(address: SocketAddr) -> MailServer {
        let listener = TcpListener::bind(address).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let taken = Arc::<Mutex<Vec<Taken>>>::default();
        let kept = taken.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, kept.clone()));
            }
        });
        MailServer {
            address,
            taken,
            serving,
        }
    }

    /// Everything that was taken since this was last asked, in order.
    pub fn take(&self) -> Vec<Taken> {
        std::mem::take(&mut self.taken.lock().expect("mails"))
    }

    /// The one mail that was taken since this was last asked.
    pub fn take_one(&self) -> Taken {
        let taken = self.take();
        let [one] = <[Taken; 1]>::try_from(taken).expect("one mail");
        one
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Has a panel send mail by the server at `address`.
pub fn send_by(config: &mut Config, address: SocketAddr) {
    let from: Mailbox = "Panel <panel@panel.test>".parse().expect("an address");
    config.public_url = Some(PUBLIC.parse().expect("a URL"));
    config.smtp_host = Some(address.ip().to_string());
    config.smtp_port = address.port().into();
    config.smtp_tls = SmtpTls::None;
    config.smtp_from = Some(from);
}

/// Talks to one client until it goes.
async fn serve(stream: TcpStream, kept: Arc<Mutex<Vec<Taken>>>) -> Option<()> {
    let (reading, mut writing) = stream.into_split();
    let mut lines = BufReader::new(reading).lines();
    let mut to = String::new();
    writing.write_all(b"220 mail.test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let verb = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-mail.test\r\n250 8BITMIME\r\n",
            "RCPT" if line.contains("<nobody@") => b"550 no such mailbox\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 fine\r\n"
            }
            "MAIL" | "RSET" | "NOOP" => b"250 fine\r\n",
            "DATA" => {
                writing.write_all(b"354 go on\r\n").await.ok()?;
                let mut message = Vec::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    message.push(line.strip_prefix('.').unwrap_or(&line).to_owned());
                }
                kept.lock().expect("mails").push(read(&to, &message));
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"502 not that\r\n",
        };
        writing.write_all(answer).await.ok()?;
    }
    None
}

fn read(to: &str, message: &[String]) -> Taken {
    let end = message
        .iter()
        .position(String::is_empty)
        .expect("an end of the head");
    let (head, text) = message.split_at(end);
    let field = |name: &str| {
        let line = head
            .iter()
            .find(|line| line.to_lowercase().starts_with(name));
        let (_, value) = line.expect("a field").split_once(':').expect("a value");
        value.trim().to_owned()
    };
    assert_eq!(field("content-transfer-encoding"), "7bit");
    assert_eq!(field("from"), "Panel <panel@panel.test>");
    Taken {
        to: to.to_owned(),
        subject: field("subject"),
        id: field("message-id"),
        text: text[1..].join(" "),
    }
}
