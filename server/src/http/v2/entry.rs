//! How a request of the panel protocol goes through the limits: first its address, then, once its body
//! is read, its key.

use std::net::IpAddr;

use poem::{Request, Response};

use super::{BadCall, Stop};
use crate::accounts::{self, Caller, Credential, Proof, TokenKind};
use crate::error::Refusal;
use crate::http::address::client_address;
use crate::http::body::{self, NotRead, Whole};
use crate::http::limited;
use crate::http::told::{self, Answered};
use crate::ids::AccountId;
use crate::limits::{Ask, Denied, Kind, Pass};
use crate::panel::Panel;
use crate::protocol::{Action, Asked};

/// What limits know of a request. Dropped when it is answered.
pub(super) struct Entry {
    address: Option<IpAddr>,
    agent: u64,
    /// What is said if its key was not good from there before.
    crowded: Option<Denied>,
    credential: Option<Credential>,
    /// The same for the same key, well-formed or not.
    print: Option<u64>,
    ask: Ask,
    cancels: bool,
    pass: Pass,
    who: Option<(AccountId, Proof)>,
    ids: Vec<i64>,
    foreign: Vec<i64>,
}

impl From<Denied> for Stop {
    fn from(denied: Denied) -> Stop {
        Stop::Denied(denied)
    }
}

impl Entry {
    pub(super) fn new(panel: &Panel, request: &Request) -> Entry {
        Entry {
            address: client_address(request, &panel.config.trusted_proxies),
            agent: told::agent(request),
            crowded: None,
            credential: None,
            print: None,
            ask: OTHER,
            cancels: false,
            pass: Pass::default(),
            who: None,
            ids: Vec::new(),
            foreign: Vec::new(),
        }
    }

    /// Counts the request of its address, and reads its body; `None` if that is too large.
    pub(super) async fn read_body(
        &mut self,
        panel: &Panel,
        request: &mut Request,
    ) -> Result<Option<Whole>, Denied> {
        self.crowded = panel.limits.knock(self.address)?;
        let limit = panel.config.body_max_bytes;
        match body::read(panel, request, self.address, limit).await {
            Ok(body) => Ok(Some(body)),
            Err(NotRead::TooLarge) => Ok(None),
            Err(NotRead::Denied(denied)) => Err(denied),
        }
    }

    /// It has no key: so it is none that was good from there before.
    pub(super) fn without_key(&mut self) -> Result<(), Denied> {
        self.crowded.take().map_or(Ok(()), Err)
    }

    /// Counts what it asks for with `key`, and waits for its turn.
    pub(super) async fn ask(
        &mut self,
        panel: &Panel,
        key: &str,
        action: &Result<Action, BadCall>,
    ) -> Result<(), Denied> {
        let kinds = &[TokenKind::Key, TokenKind::Foreign];
        let credential = Credential::read(&panel.secrets, key, kinds, self.address).ok();
        self.credential = match credential {
            Some(foreign) if foreign.kind() == TokenKind::Foreign => {
                accounts::are_foreign_keys_known(panel)
                    .await
                    .then_some(foreign)
            }
            ours_or_none => ours_or_none,
        };
        let print = match &self.credential {
            Some(credential) => credential.print(),
            None => Credential::print_of_unreadable(key),
        };
        self.print = Some(print);
        self.ask = action.as_ref().map_or(OTHER, asked);
        self.cancels = matches!(action, Ok(Action::Cancel(_)));
        let with = (print, self.credential.as_ref());
        let from = (self.address, self.crowded.take());
        self.pass = limited::enter(panel, with, from, self.ask).await?;
        Ok(())
    }

    /// What it came with. Refused: [`Refusal::KeyInvalid`].
    pub(super) fn credential(&self) -> Result<Credential, Refusal> {
        self.credential.ok_or(Refusal::KeyInvalid)
    }

    /// Its key is good; what it costs is counted now if the key was not known before.
    pub(super) fn admitted(&mut self, panel: &Panel, caller: &Caller) -> Result<(), Denied> {
        self.who = Some((caller.account, caller.proof));
        let Some(print) = self.print else {
            return Ok(());
        };
        let (address, holder) = (self.address, caller.holder);
        panel
            .limits
            .settle(print, address, holder, &mut self.pass, self.ask)
    }

    /// Its key is nobody's.
    pub(super) fn had_wrong_key(&self, panel: &Panel) {
        if let Some(print) = self.print {
            told::wrong_key(panel, self.address, print, self.credential.is_some());
        }
    }

    /// It was about these ids; the `foreign` ones are not the account's.
    pub(super) fn was_about(&mut self, ids: Vec<i64>, foreign: Vec<i64>) {
        self.ids = ids;
        self.foreign = foreign;
    }

    /// It is answered.
    pub(super) fn leave(self, panel: &Panel) {
        if let Some((account, proof)) = self.who {
            let answered = Answered {
                account,
                proof,
                address: self.address,
                agent: self.agent,
                kind: self.ask.kind,
                cancels: self.cancels,
                ids: self.ids,
                foreign: self.foreign,
            };
            told::answered(panel, answered);
        }
    }

    /// Shows what is left of its limits, and warns whose software had better do otherwise.
    pub(super) fn show_limits(&self, panel: &Panel, response: &mut Response) {
        if let Some((_, proof)) = &self.who {
            limited::warn(panel, proof.key(), self.ask.kind, response.headers_mut());
        }
        if let Some(standing) = &self.pass.standing {
            limited::show(standing, response.headers_mut());
        }
    }
}

/// What is no action.
const OTHER: Ask = Ask {
    kind: Kind::Other,
    items: 1,
};

/// What an action asks for, as limits see it.
fn asked(action: &Action) -> Ask {
    let (kind, items) = match action {
        Action::Services => (Kind::Services, 1),
        Action::Add(_) => (Kind::Add, 1),
        Action::Status(asked) | Action::RefillStatus(asked) => (Kind::Status, count(asked)),
        Action::Refill(asked) | Action::Cancel(asked) => (Kind::Change, count(asked)),
        Action::Balance => (Kind::Balance, 1),
    };
    Ask { kind, items }
}

fn count(asked: &Asked) -> u32 {
    match asked {
        Asked::One(_) => 1,
        Asked::Many(ids) => u32::try_from(ids.len()).unwrap_or(u32::MAX).max(1),
    }
}
