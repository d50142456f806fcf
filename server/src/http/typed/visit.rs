//! One request of a typed API on its way: its number, who it turned out to come from, and what it may
//! still ask for. The edge makes it; those that authenticate add to it.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use poem::http::{Method, header};
use poem::{Request, Response};

use super::problem::Problem;
use crate::accounts::{Credential, Proof, TokenKind};
use crate::error::{Error, Failure, Refusal};
use crate::http::address::client_address;
use crate::http::limited;
use crate::http::told::{self, Answered};
use crate::ids::AccountId;
use crate::limits::{Ask, Denied, From, Holder, Kind, Pass};
use crate::panel::Panel;

/// What the typed APIs take: keys of another panel are for the protocol that they were made for.
const OURS: &[TokenKind] = &[TokenKind::Key, TokenKind::StaffKey, TokenKind::Session];

/// A request on its way. Cheap to clone.
#[derive(Clone)]
pub(in crate::http) struct Visit(Arc<Inner>);

struct Inner {
    id: String,
    address: Option<IpAddr>,
    agent: u64,
    /// What it came with, if that may be a token at all.
    credential: Option<Credential>,
    /// The same for the same token, well-formed or not.
    print: Option<u64>,
    ask: Ask,
    cancels: bool,
    /// The order or refill that its path names.
    about: Option<i64>,
    pass: Mutex<Pass>,
    who: OnceLock<(AccountId, Proof, Holder)>,
}

/// A request that its address may make, with its body.
pub(in crate::http) struct Arrival {
    pub(in crate::http) address: Option<IpAddr>,
    /// What is said if its key was not good from there before.
    pub(in crate::http) crowded: Option<Denied>,
}

impl Visit {
    /// Lets `request` in, or says why not now.
    pub(in crate::http) async fn begin(
        panel: &Panel,
        request: &Request,
        id: String,
        arrived: Result<Arrival, Problem>,
    ) -> (Visit, Result<(), Problem>) {
        let address = client_address(request, &panel.config.trusted_proxies);
        let token = token_of(request);
        let read = |token| Credential::read(&panel.secrets, token, OURS, address).ok();
        let credential = token.and_then(read);
        let print = credential
            .as_ref()
            .map(Credential::print)
            .or_else(|| token.map(Credential::print_of_unreadable));
        let ask = asked(request.method(), request.uri().path());
        let entered = match arrived {
            Ok(Arrival { address, crowded }) => {
                let entered = enter(panel, (print, credential), (address, crowded), ask).await;
                entered.map_err(Problem::from)
            }
            Err(problem) => Err(problem),
        };
        let (pass, entered) = match entered {
            Ok(pass) => (pass, Ok(())),
            Err(problem) => (Pass::default(), Err(problem)),
        };
        let visit = Visit(Arc::new(Inner {
            id,
            address,
            agent: told::agent(request),
            credential,
            print,
            ask,
            cancels: request.uri().path().ends_with("/cancel"),
            about: about(request.uri().path()),
            pass: Mutex::new(pass),
            who: OnceLock::new(),
        }));
        (visit, entered)
    }

    /// One that waited for its turn for all of its time.
    pub(in crate::http) fn timed_out(
        request: &Request,
        id: String,
    ) -> (Visit, Result<(), Problem>) {
        let visit = Visit(Arc::new(Inner {
            id,
            address: None,
            agent: 0,
            credential: None,
            print: None,
            ask: asked(request.method(), request.uri().path()),
            cancels: false,
            about: None,
            pass: Mutex::default(),
            who: OnceLock::new(),
        }));
        (visit, Err(Denied::Busy.into()))
    }

    /// The request's number.
    pub(in crate::http) fn id(&self) -> &str {
        &self.0.id
    }

    /// Whose it is, once that is known.
    pub(in crate::http) fn account(&self) -> Option<AccountId> {
        self.0.who.get().map(|(account, ..)| *account)
    }

    /// Notes that it has come with a key that is nobody's.
    pub(in crate::http) fn had_wrong_key(&self, panel: &Panel) {
        if let Some(print) = self.0.print {
            told::wrong_key(panel, self.0.address, print, self.0.credential.is_some());
        }
    }

    /// It is answered; `is_unknown` says that what its path names is not the account's.
    pub(in crate::http) fn leave(&self, panel: &Panel, is_unknown: bool) {
        let inner = &*self.0;
        // What staff do is in the audit log.
        let is_staff = |credential: &Credential| credential.kind() == TokenKind::StaffKey;
        if inner.credential.as_ref().is_none_or(is_staff) {
            return;
        }
        if let Some((account, proof, _)) = inner.who.get().copied() {
            let ids: Vec<i64> = inner.about.into_iter().collect();
            let answered = Answered {
                account,
                proof,
                address: inner.address,
                agent: inner.agent,
                kind: inner.ask.kind,
                cancels: inner.cancels,
                foreign: if is_unknown { ids.clone() } else { Vec::new() },
                ids,
            };
            told::answered(panel, answered);
        }
    }

    /// Shows what is left of its limits, and warns whose software had better do otherwise.
    pub(in crate::http) fn show_limits(&self, panel: &Panel, response: &mut Response) {
        if let Some((_, proof, _)) = self.0.who.get() {
            limited::warn(panel, proof.key(), self.0.ask.kind, response.headers_mut());
        }
        let pass = self.0.pass.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(standing) = &pass.standing {
            limited::show(standing, response.headers_mut());
        }
    }
}

/// What `request` came with. Refused: [`Refusal::KeyMissing`], [`Refusal::KeyInvalid`].
pub(in crate::http) fn bearer(request: &Request) -> Result<(&Panel, Credential), Error> {
    let panel = request.data::<Panel>().ok_or(Failure::Stopped)?;
    let visit = request.data::<Visit>().ok_or(Failure::Stopped)?;
    let refusal = match visit.0.print {
        Some(_) => Refusal::KeyInvalid,
        None => Refusal::KeyMissing,
    };
    let credential = visit.0.credential.ok_or(refusal)?;
    Ok((panel, credential))
}

/// The number of `request`, which came through the edge.
pub(in crate::http) fn request_id(request: &Request) -> String {
    let visit = request.data::<Visit>();
    visit.map_or_else(String::new, |visit| visit.id().to_owned())
}

/// Notes whose key `request` came with; what it costs is counted now if the key was not known before.
pub(in crate::http) fn admitted(
    request: &Request,
    account: AccountId,
    proof: Proof,
    holder: Holder,
) -> Result<(), Problem> {
    let (Some(panel), Some(visit)) = (request.data::<Panel>(), request.data::<Visit>()) else {
        return Err(Error::from(Failure::Stopped).into());
    };
    let inner = &visit.0;
    inner.who.get_or_init(|| (account, proof, holder));
    let Some(print) = inner.print else {
        return Ok(());
    };
    let mut pass = inner.pass.lock().unwrap_or_else(PoisonError::into_inner);
    let (limits, address) = (&panel.limits, inner.address);
    Ok(limits.settle(print, address, holder, &mut pass, inner.ask)?)
}

/// Counts a batch of so many `orders`, which was let in as one.
pub(in crate::http) async fn batch_of(request: &Request, orders: usize) -> Result<(), Problem> {
    let (Some(panel), Some(visit)) = (request.data::<Panel>(), request.data::<Visit>()) else {
        return Err(Error::from(Failure::Stopped).into());
    };
    let (Some((.., holder)), Ok(items)) = (visit.0.who.get(), u32::try_from(orders)) else {
        return Ok(());
    };
    let from = From {
        address: visit.0.address,
        ..From::default()
    };
    let all = Ask {
        kind: Kind::Add,
        items,
    };
    let counted = panel.limits.more(*holder, from, visit.0.ask, all).await?;
    if let Some(standing) = counted {
        let mut pass = visit.0.pass.lock().unwrap_or_else(PoisonError::into_inner);
        pass.standing = Some(standing);
    }
    Ok(())
}

/// Lets a request in, with a token or without one, once it is its turn.
async fn enter(
    panel: &Panel,
    (print, credential): (Option<u64>, Option<Credential>),
    (address, crowded): (Option<IpAddr>, Option<Denied>),
    ask: Ask,
) -> Result<Pass, Denied> {
    match (print, crowded) {
        (Some(print), crowded) => {
            let with = (print, credential.as_ref());
            limited::enter(panel, with, (address, crowded), ask).await
        }
        (None, Some(denied)) => Err(denied),
        (None, None) => panel.limits.keyless(address),
    }
}

/// The token of `Authorization: Bearer`.
fn token_of(request: &Request) -> Option<&str> {
    let header = request.header(header::AUTHORIZATION)?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a request asks for, as limits see it. A batch is one order until its body is read.
fn asked(method: &Method, path: &str) -> Ask {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let one = |kind| Ask { kind, items: 1 };
    let Some(path) = path.strip_prefix("/api/v3/") else {
        return other(reads);
    };
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("services"), None, None) if reads => one(Kind::Services),
        (Some("wallet"), None, None) if reads => one(Kind::Balance),
        (Some("orders" | "refills" | "refunds"), _, _) if reads => one(Kind::Status),
        (Some("orders"), None | Some("batch"), None) => one(Kind::Add),
        (Some("orders"), Some(_), Some("cancel" | "refill")) => one(Kind::Change),
        _ => other(reads),
    }
}

/// The order or refill that a path of the typed API names.
fn about(path: &str) -> Option<i64> {
    let mut parts = path.strip_prefix("/api/v3/")?.split('/');
    match (parts.next(), parts.next()) {
        (Some("orders" | "refills"), Some(id)) => id.parse().ok(),
        _ => None,
    }
}

/// Whatever has no limit of its own: writing costs as much as an order.
const fn other(reads: bool) -> Ask {
    Ask {
        kind: Kind::Other,
        items: if reads { 1 } else { 5 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_have_the_limits_of_the_actions_that_they_are() {
        for (method, path, kind, items) in [
            (Method::GET, "/api/v3/services", Kind::Services, 1),
            (Method::GET, "/api/v3/wallet", Kind::Balance, 1),
            (Method::GET, "/api/v3/wallet/entries", Kind::Other, 1),
            (Method::GET, "/api/v3/orders", Kind::Status, 1),
            (Method::GET, "/api/v3/orders/7/refunds", Kind::Status, 1),
            (Method::POST, "/api/v3/orders", Kind::Add, 1),
            (Method::POST, "/api/v3/orders/batch", Kind::Add, 1),
            (Method::POST, "/api/v3/orders/7/cancel", Kind::Change, 1),
            (Method::POST, "/api/v3/orders/7/refill", Kind::Change, 1),
            (Method::POST, "/api/v3/orders/7/tickets", Kind::Other, 5),
            (Method::PATCH, "/api/v3/account", Kind::Other, 5),
            (Method::GET, "/operator/v1/orders", Kind::Other, 1),
            (Method::POST, "/operator/v1/orders/7/cancel", Kind::Other, 5),
        ] {
            let ask = asked(&method, path);
            assert_eq!((ask.kind, ask.items), (kind, items), "{method} {path}");
        }
    }
}
