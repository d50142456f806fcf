//! The mail server that mail is handed to.

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use crate::clock::Time;
use crate::config::{Config, SmtpTls};
use crate::error::{Failure, Result};
use crate::mail::{Letter, Mail, NotSent};

/// How long the server has for one mail.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mail server, and from whom mail comes.
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// The right side of a mail's name, together with the panel's own.
    host: String,
}

impl Smtp {
    /// The server that the settings name, if they do.
    pub(crate) fn of(config: &Config) -> Result<Option<Smtp>> {
        let (Some(server), Some(from)) = (&config.smtp_host, &config.smtp_from) else {
            return Ok(None);
        };
        let tls = || {
            let made = TlsParameters::new(server.clone());
            made.map_err(|fault| Failure::Stored(format!("the setting smtp_host: {fault}")))
        };
        let tls = match config.smtp_tls {
            SmtpTls::StartTls => Tls::Required(tls()?),
            SmtpTls::Tls => Tls::Wrapper(tls()?),
            SmtpTls::None => Tls::None,
        };
        let own = config.public_url.as_ref().and_then(|url| url.host_str());
        let host = own.unwrap_or("localhost").to_owned();
        let port = u16::try_from(config.smtp_port).unwrap_or_default();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(port)
            .tls(tls)
            .hello_name(ClientId::Domain(host.clone()))
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&config.smtp_user, &config.smtp_password) {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Some(Smtp {
            transport: builder.build(),
            from: from.clone(),
            host,
        }))
    }

    /// Hands a mail over. Its name is the same however often it is sent, so that mail programs show a
    /// second copy once.
    pub(crate) async fn send(
        &self,
        instance: &str,
        now: Time,
        mail: &Mail,
        letter: &Letter,
    ) -> std::result::Result<(), NotSent> {
        let never = |fault: &dyn std::fmt::Display| NotSent::Ever(fault.to_string());
        let to = mail.to.parse().map_err(|fault| never(&fault))?;
        let since = Duration::from_millis(u64::try_from(now.ms()).unwrap_or_default());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .date(UNIX_EPOCH + since)
            .message_id(Some(format!("<mail-{}.{instance}@{}>", mail.id, self.host)))
            .subject(letter.subject.clone())
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|fault| never(&fault))?;
        let sending = tokio::time::timeout(PATIENCE, self.transport.send(message));
        match sending.await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(fault)) if fault.is_permanent() => Err(never(&said(&fault))),
            Ok(Err(fault)) => Err(NotSent::Now(said(&fault))),
            Err(_) => Err(NotSent::Now(
                "the mail server did not answer in time".to_owned(),
            )),
        }
    }
}

/// A fault of the mail server with its causes.
fn said(fault: &dyn std::error::Error) -> String {
    let (mut told, mut cause) = (fault.to_string(), fault.source());
    while let Some(next) = cause {
        let text = next.to_string();
        if !told.contains(&text) {
            told = format!("{told}: {text}");
        }
        cause = next.source();
    }
    told
}
