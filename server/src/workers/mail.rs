//! Sending mail.

use crate::accounts;
use crate::error::Result;
use crate::mail::{self, Mail, NotSent};
use crate::panel::Panel;
use crate::smtp::Smtp;

/// Sends mail. Cheap to clone.
#[derive(Clone)]
pub(super) struct Postman {
    panel: Panel,
}

impl Postman {
    pub(super) fn new(panel: Panel) -> Postman {
        Postman { panel }
    }

    /// One round: what is due is sent. Gives how much there was.
    pub(super) async fn step(&self) -> Result<usize> {
        let Some(smtp) = self.panel.smtp.clone() else {
            return Ok(0);
        };
        let due = mail::take_due(&self.panel).await?;
        for mail in &due {
            // One that cannot be recorded keeps no other from it; it is sent again.
            if let Err(fault) = self.send(&smtp, mail).await {
                let (mail, error) = (mail.id.0, fault.to_string());
                tracing::error!(mail, error, "what became of a mail was not recorded");
            }
        }
        Ok(due.len())
    }

    async fn send(&self, smtp: &Smtp, mail: &Mail) -> Result<()> {
        let (panel, now) = (&self.panel, self.panel.now());
        if mail::is_tried_too_often(mail) {
            let died = NotSent::Ever("the panel stopped each time while it was sent".to_owned());
            return mail::record_failure(panel, mail, &died).await;
        }
        let letter = match accounts::letter(panel, mail).await {
            Ok(letter) => letter,
            Err(fault) => {
                let why = NotSent::Now(format!("its text was not written: {fault}"));
                return mail::record_failure(panel, mail, &why).await;
            }
        };
        let Some(letter) = letter else {
            // Nobody is to be told, or not any more.
            return mail::delete(panel, mail).await;
        };
        match smtp.send(&panel.instance, now, mail, &letter).await {
            Ok(()) => mail::delete(panel, mail).await,
            Err(why) => mail::record_failure(panel, mail, &why).await,
        }
    }
}
