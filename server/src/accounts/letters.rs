//! What mails say, written when they are sent: only then it is looked up whether an address has an
//! account, so that nobody who asks for a mail can tell by what the panel does.

use serde_json::json;

use super::alert_mails;
use super::attempts::{self, Counted};
use super::links::{self, INVITATION_LIFE_MS, Link, LinkKind, RESET_LIFE_MS, SIGN_UP_LIFE_MS};
use super::store::links as store;
use super::store::links::Subject;
use super::store::people::{self, Person};
use super::store::register::lock;
use crate::actor::Actor;
use crate::audit::{self, Deed, Entry};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::AccountId;
use crate::mail::{Letter, Mail, MailKind};
use crate::panel::Panel;

/// After its address was changed, no password of an account is reset by mail for so long: whoever changed
/// it may not be its owner.
pub(super) const NO_RESET_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a mail says; nothing if nobody is to be told, or not any more.
pub(crate) async fn letter(panel: &Panel, mail: &Mail) -> Result<Option<Letter>> {
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    let writing = Writing {
        panel,
        tx: &tx,
        now,
        mail,
    };
    let letter = match mail.kind {
        MailKind::Reset => writing.reset().await?,
        MailKind::Invitation => writing.invitation().await?,
        MailKind::SignUp => writing.sign_up().await?,
        MailKind::PasswordReset => Some(writing.password_reset()),
        MailKind::ConfirmAddress => writing.confirm_address().await?,
        MailKind::AddressReplaced => writing.address_replaced().await?,
        MailKind::AddressRestored => Some(writing.address_restored()),
        MailKind::Alerts => writing.alerts().await?,
    };
    tx.commit().await?;
    Ok(letter)
}

/// So many characters a line of a mail has, as mail programs expect it; a link may have more.
const LINE: usize = 74;

/// A text in lines of a mail's length.
fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let is_full = line.chars().count() + 1 + word.chars().count() > LINE;
            if is_full && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// A mail whose text is being written.
struct Writing<'a> {
    panel: &'a Panel,
    tx: &'a Tx,
    now: Time,
    mail: &'a Mail,
}

impl Writing<'_> {
    /// Which panel it is that writes.
    fn host(&self) -> &str {
        let own = self.panel.config.public_url.as_ref();
        own.and_then(|url| url.host_str()).unwrap_or("this panel")
    }

    fn letter(&self, subject: &str, text: &str) -> Letter {
        let host = self.host();
        Letter {
            subject: format!("{host}: {subject}"),
            text: format!(
                "{}\n\n-- \n{host}; nobody reads answers to this mail.\n",
                wrapped(text)
            ),
        }
    }

    /// Whether strangers have had too many mails sent to this address. One that is tried again was
    /// counted the first time.
    async fn is_too_much(&self) -> Result<bool> {
        if self.mail.tries > 1 {
            return Ok(false);
        }
        let what = attempts::mails_to(self.mail.kind, &self.mail.to);
        let quotas = self.panel.config.limit_mails.clone();
        let counted = Counted::of(self.panel, &what, None, quotas);
        if let [Some(_)] = attempts::waits(self.panel, [&counted]).await? {
            return Ok(true);
        }
        attempts::count_in_tx(self.tx, self.now, &[counted]).await?;
        Ok(false)
    }

    /// The owner of an account, locked until the mail is written, if its address is still the one that the
    /// mail goes to. Whoever changes the address ends its links: one that is made meanwhile would be good.
    async fn owner(&self, account: AccountId) -> Result<Option<Person>> {
        lock(self.tx, account).await?;
        let person = people::by_id(self.tx, account).await?;
        Ok(person.filter(|person| person.email.as_ref() == Some(&self.mail.to)))
    }

    async fn link(&self, kind: LinkKind, subject: Subject, life_ms: i64) -> Result<Link> {
        links::make_in_tx(self.panel, self.tx, self.now, kind, (subject, life_ms)).await
    }

    /// The link by which a password of `person` is chosen; that it was sent is in the audit log.
    async fn password_link(&self, person: &Person, life_ms: i64) -> Result<Link> {
        let kind = links::kind_for(person);
        let link = self
            .link(kind, Subject::Account(person.id), life_ms)
            .await?;
        if self.mail.tries > 1 {
            // It is one mail, however often the mail server was away.
            return Ok(link);
        }
        let entry = Entry::new(Deed::PasswordLinkMade, person.subject());
        let entry = entry.became(json!({
            "link": kind.word(), "good_until": link.expires_at.to_string(), "sent_by_mail": true,
        }));
        let (actor, secrets) = (Actor::panel(), &self.panel.secrets);
        audit::record_in_tx(self.tx, secrets, self.now, &actor, entry).await?;
        Ok(link)
    }

    async fn reset(&self) -> Result<Option<Letter>> {
        let Some(found) = people::by_email(self.tx, &self.mail.to).await? else {
            return Ok(None);
        };
        let Some(person) = self.owner(found.id).await? else {
            return Ok(None);
        };
        if self.is_too_much().await? {
            return Ok(None);
        }
        let changed = store::last_change_at(self.tx, person.id).await?;
        let blocked_until = changed.map(|at| at.plus_ms(NO_RESET_MS));
        if let Some(until) = blocked_until.filter(|until| *until > self.now) {
            let text = format!(
                "Somebody asked for a new password of your account.\n\nBecause the address of the \
                 account was changed, no password is reset by mail until {until}. If you cannot wait, \
                 ask the panel's operator for a link."
            );
            return Ok(Some(self.letter("no new password yet", &text)));
        }
        let link = self.password_link(&person, RESET_LIFE_MS).await?;
        let (url, until) = (link.expose(), link.expires_at);
        let text = format!(
            "Somebody asked for a new password of your account. To choose one, open this link:\n\n\
             {url}\n\nIt is good once, and until {until}. Choosing a password ends all sessions; API \
             keys go on, and signing in still needs a code if you have turned codes on, unless nobody has \
             shown yet that they read the mail of this address: then they end too.\n\nIf it was not you, do \
             nothing: your password stays as it is."
        );
        Ok(Some(self.letter("choose a new password", &text)))
    }

    async fn invitation(&self) -> Result<Option<Letter>> {
        let Some(account) = self.mail.account else {
            return Ok(None);
        };
        let owner = self.owner(account).await?;
        let Some(person) = owner.filter(|person| person.password_hash.is_none()) else {
            return Ok(None);
        };
        let link = self.password_link(&person, INVITATION_LIFE_MS).await?;
        let (url, until, name) = (link.expose(), link.expires_at, &person.name);
        let text = format!(
            "An account was opened for you, under the name {name}. To choose its password, open this \
             link:\n\n{url}\n\nIt is good once, and until {until}. You sign in with this e-mail \
             address. Later than that, ask for a new password instead."
        );
        Ok(Some(self.letter("your account", &text)))
    }

    async fn sign_up(&self) -> Result<Option<Letter>> {
        let Some(sign_up) = self.mail.sign_up else {
            return Ok(None);
        };
        let has_account = people::by_email(self.tx, &self.mail.to).await?.is_some();
        if has_account {
            store::delete_sign_ups(self.tx, &self.mail.to).await?;
        }
        if self.is_too_much().await? {
            return Ok(None);
        }
        if has_account {
            let text = "Somebody wanted to open an account with this e-mail address, which has one \
                        already. Nothing was changed.\n\nIf it was you, sign in; if you have forgotten \
                        your password, ask for a new one.";
            return Ok(Some(self.letter("you have an account already", text)));
        }
        if store::sign_up(self.tx, sign_up).await?.is_none() {
            return Ok(None);
        }
        let subject = Subject::SignUp(sign_up);
        let link = self
            .link(LinkKind::SignUp, subject, SIGN_UP_LIFE_MS)
            .await?;
        let (url, until) = (link.expose(), link.expires_at);
        let text = format!(
            "Somebody wants to open an account with this e-mail address. If it was you, open this link \
             and say the password that you chose:\n\n{url}\n\nIt is good once, and until {until}.\n\n\
             If it was not you, do nothing: no account is opened."
        );
        Ok(Some(self.letter("open your account", &text)))
    }

    async fn confirm_address(&self) -> Result<Option<Letter>> {
        let (Some(account), Some(id)) = (self.mail.account, self.mail.address_request) else {
            return Ok(None);
        };
        lock(self.tx, account).await?;
        let request = store::lock_address_request(self.tx, id).await?;
        let Some(request) = request.filter(|request| request.expires_at > self.now) else {
            return Ok(None);
        };
        if self.is_too_much().await? {
            return Ok(None);
        }
        let (now, to) = (self.now, self.mail.to.as_str());
        if people::by_email(self.tx, to).await?.is_some() {
            store::delete_address_request(self.tx, account).await?;
            let text = "Somebody wanted to use this e-mail address for another account, but it has one \
                        already. Nothing was changed.\n\nIf it was you, sign in to that one with this \
                        address; if you have forgotten its password, ask for a new one.";
            return Ok(Some(self.letter("you have an account already", text)));
        }
        if store::is_kept(self.tx, now, to, Some(account)).await? {
            store::delete_address_request(self.tx, account).await?;
            let text = "Somebody wanted to use this e-mail address for another account. It was the \
                        address of an account lately, and can still be put back by the link in the \
                        mail that told you so: until then nobody else has it. Nothing was changed.";
            return Ok(Some(self.letter("nothing was changed", text)));
        }
        let life_ms = request.expires_at.ms_since(now).min(SIGN_UP_LIFE_MS);
        let subject = Subject::AddressRequest(id);
        let link = self
            .link(LinkKind::ConfirmAddress, subject, life_ms)
            .await?;
        let (url, until) = (link.expose(), link.expires_at);
        let text = format!(
            "Somebody wants to use this e-mail address for their account. If it was you, open this link \
             and say the password of the account:\n\n{url}\n\nIt is good once, and until {until}. You \
             sign in with this address from then on.\n\nIf it was not you, do nothing: no account is \
             changed."
        );
        Ok(Some(self.letter("use this address", &text)))
    }

    fn password_reset(&self) -> Letter {
        let text = "The password of your account was replaced by one that was chosen by a link. All \
                    sessions have ended; a notice of your account says what became of API \
                    keys.\n\nIf it was not you, ask the panel's operator at once.";
        self.letter("your password was replaced", text)
    }

    async fn address_replaced(&self) -> Result<Option<Letter>> {
        let (Some(account), Some(id)) = (self.mail.account, self.mail.address_change) else {
            return Ok(None);
        };
        lock(self.tx, account).await?;
        let change = store::change(self.tx, id).await?;
        let Some(change) = change.filter(|change| change.undo_until > self.now) else {
            return Ok(None);
        };
        let life_ms = change.undo_until.ms_since(self.now);
        let subject = Subject::AddressChange(id);
        let link = self
            .link(LinkKind::RestoreAddress, subject, life_ms)
            .await?;
        let (url, until) = (link.expose(), link.expires_at);
        let text = format!(
            "The e-mail address of your account was replaced by another one. From now on this address \
             does not sign in.\n\nIf it was not you, open this link: it puts this address back and \
             ends all sessions.\n\n{url}\n\nIt is good once, and until {until}."
        );
        Ok(Some(self.letter("your address was replaced", &text)))
    }

    async fn alerts(&self) -> Result<Option<Letter>> {
        let Some((count, listed)) = alert_mails::listed(&self.panel.db).await? else {
            return Ok(None);
        };
        let text = format!(
            "What a person should look at, newest first:\n\n{listed}\n\n`smm-panel alerts` and the \
             operator's API show them all; acknowledge what you look after."
        );
        Ok(Some(self.letter(&format!("{count} alert(s)"), &text)))
    }

    fn address_restored(&self) -> Letter {
        let text = "This e-mail address is that of your account again. All sessions have ended, and API \
                    keys and an authenticator that came since it was replaced are gone.\n\nSomebody \
                    knew your password, so it is not good any more: ask for a new one.";
        self.letter("your address is back", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_short_and_links_whole() {
        let link = [
            "https://a.long.name.of.a.panel.example/link/",
            &"x".repeat(40),
        ]
        .concat();
        let words = "word ".repeat(40);
        let text = wrapped(&format!("{words}\n\n{link}\n\n{words}"));
        assert!(
            text.lines().all(|line| line.len() <= LINE || line == link),
            "{text}"
        );
        assert_eq!(text.matches("word").count(), 80);
        assert!(text.contains(&format!("\n\n{link}\n\n")));
    }
}
