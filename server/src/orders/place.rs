//! Placing orders: written for many, one is the case of a batch of one.
//!
//! One transaction debits the wallets and writes the orders, the runs to send, the overlap marks
//! and the ledger entries. Within a batch the orders of one wallet are decided in the order in
//! which they came: those that the balance covers are placed, the rest are refused, and a refused
//! order never touches its neighbours.

use std::collections::{HashMap, HashSet};

use super::draft::{Draft, draft, reference, request_id};
use super::fingerprint::Fingerprint;
use super::{link, store};
use crate::abuse::facts::{self, Fact};
use crate::accounts::{Buyer, Caps, Spending};
use crate::catalog::{self, Offer, Service, ServiceState};
use crate::clock::Time;
use crate::db::Tx;
use crate::error::{Failure, Refusal, Result};
use crate::ids::{AccountId, KeyId, OrderId, ServiceId};
use crate::money::Money;
use crate::panel::Panel;
use crate::protocol::{AddRequest, ServiceType};
use crate::{accounts, wallet};

/// An order that a customer asks for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// Who orders and pays.
    pub account: AccountId,
    /// By which key; none by a session.
    pub key: Option<KeyId>,
    /// What bounds what they spend.
    pub caps: Caps,
    /// What was asked for.
    pub request: AddRequest,
    /// The customer's own name for it, to find it by; any number of orders may share one.
    pub reference: Option<String>,
}

/// An order that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The order.
    pub order: OrderId,
    /// What it cost.
    pub charge: Money,
    /// Its quantity, all runs together.
    pub total_quantity: i64,
    /// When it was placed.
    pub created_at: Time,
    /// Whether it stood before: this request repeats the one that placed it.
    pub is_replay: bool,
}

/// What became of one order of a batch.
type Answer = std::result::Result<Placement, Refusal>;

/// Places a batch in one transaction; gives an answer for each, in order.
pub(super) async fn place_batch(panel: &Panel, new: &[NewOrder]) -> Result<Vec<Answer>> {
    let now = panel.now();
    let batch = panel.db.begin_batch().await?;
    let tx = batch.tx();
    let terms = TermsOfBatch::read(tx, now, new).await?;
    let drafts: Vec<_> = new.iter().map(|order| terms.draft(order)).collect();
    let active = store::active_on_links(tx, &keys_of(new, &drafts)).await?;
    let decided = Decisions::make(new, drafts, terms, active);
    let (answers, placed) = write(tx, now, new, decided).await?;
    fail::fail_point!("C0");
    batch.commit().await?;
    fail::fail_point!("C1");
    for fact in placed.into_iter().chain(hostile_links(new, &answers)) {
        panel.abuse.note(fact);
    }
    Ok(answers)
}

/// The orders that were refused for a link that no honest software sends.
fn hostile_links(new: &[NewOrder], answers: &[Answer]) -> impl Iterator<Item = Fact> {
    let bad = new.iter().zip(answers);
    let bad = bad.filter(|(_, answer)| matches!(answer, Err(Refusal::LinkBad)));
    bad.filter_map(|(order, _)| {
        Some(Fact::HostileLink {
            account: order.account,
            key: order.key,
            what: link::fault(order.request.link.as_deref()?)?,
        })
    })
}

/// The account and link of every order that may overlap an active one.
fn keys_of(new: &[NewOrder], drafts: &[Prepared]) -> HashSet<(AccountId, i64)> {
    let keyed = new
        .iter()
        .zip(drafts)
        .filter_map(|(order, prepared)| match prepared {
            Prepared::Draft(draft) => Some((order.account, draft.overlap_key)),
            Prepared::Answered(_) => None,
        });
    keyed.collect()
}

/// Everything a decision depends on, read under the transaction: never from a cache.
struct TermsOfBatch {
    services: HashMap<ServiceId, Service>,
    balances: HashMap<AccountId, Money>,
    /// What the caps of callers leave; empty where nobody has one.
    spending: Spending,
    buyers: HashMap<AccountId, Buyer>,
    /// Orders that were placed before under a `request_id` of this batch.
    earlier: HashMap<(AccountId, String), (Fingerprint, Placement)>,
}

/// An order before the decision about funds.
enum Prepared {
    Answered(Answer),
    Draft(Box<Draft>),
}

impl TermsOfBatch {
    async fn read(tx: &Tx, now: Time, new: &[NewOrder]) -> Result<TermsOfBatch> {
        let accounts: HashSet<AccountId> = new.iter().map(|order| order.account).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        let services: HashSet<ServiceId> = new
            .iter()
            .filter_map(|order| order.request.service)
            .map(ServiceId)
            .collect();
        let services: Vec<ServiceId> = services.into_iter().collect();
        let requests: Vec<(AccountId, &str)> = new
            .iter()
            .filter_map(|order| Some((order.account, order.request.request_id.as_deref()?)))
            .collect();
        Ok(TermsOfBatch {
            balances: wallet::balances_in_tx(tx, &accounts).await?,
            spending: Spending::read_in_tx(
                tx,
                now,
                new.iter().map(|order| (order.account, order.caps)),
            )
            .await?,
            buyers: accounts::buyers_in_tx(tx, &accounts).await?,
            services: catalog::services_in_tx(tx, &services).await?,
            earlier: store::orders_of_requests(tx, &requests).await?,
        })
    }

    /// Checks one order, in the sequence: suspension, replay, service, link, fields, quantity.
    fn draft(&self, order: &NewOrder) -> Prepared {
        let checked = self.replayed(order).and_then(|placed| match placed {
            Some(placement) => Ok(Prepared::Answered(Ok(placement))),
            None => {
                order.reference.as_deref().map(reference).transpose()?;
                let service = self.service(order)?;
                let percent = self.buyer(order).percent;
                let draft = draft(&service.terms, percent, &order.request)?;
                Ok(Prepared::Draft(Box::new(draft)))
            }
        });
        checked.unwrap_or_else(|refusal| Prepared::Answered(Err(refusal)))
    }

    /// What is true of whoever orders.
    fn buyer(&self, order: &NewOrder) -> Buyer {
        self.buyers.get(&order.account).copied().unwrap_or_default()
    }

    fn replayed(&self, order: &NewOrder) -> std::result::Result<Option<Placement>, Refusal> {
        if self.buyer(order).is_suspended {
            return Err(Refusal::Suspended);
        }
        let Some(given) = order.request.request_id.as_deref() else {
            return Ok(None);
        };
        let key = (order.account, request_id(given)?.to_owned());
        match self.earlier.get(&key) {
            Some((print, earlier)) if print.is_of(&order.request, order.reference.as_deref()) => {
                Ok(Some(*earlier))
            }
            Some(_) => Err(Refusal::RequestIdReused),
            None => Ok(None),
        }
    }

    /// The service, if it is sold. Subscriptions are not: their children are a later feature.
    fn service(&self, order: &NewOrder) -> std::result::Result<&Service, Refusal> {
        order
            .request
            .service
            .and_then(|id| self.services.get(&ServiceId(id)))
            .filter(|service| service.state == ServiceState::OnSale)
            .filter(|service| service.terms.service_type != ServiceType::Subscriptions)
            .ok_or(Refusal::ServiceUnknown)
    }
}

fn print_of(order: &NewOrder) -> Fingerprint {
    Fingerprint::of(&order.request, order.reference.as_deref())
}

/// An order that will be written.
pub(super) struct Placed<'a> {
    /// Its place in the batch.
    index: usize,
    /// Whose it is.
    pub(super) account: AccountId,
    /// By which key.
    key: Option<KeyId>,
    /// Whether it waits for a person before it is sent.
    pub(super) is_held: bool,
    /// What it orders.
    pub(super) service: Service,
    /// The rest of it.
    pub(super) draft: Box<Draft>,
    /// Active orders of the account on the same link.
    pub(super) overlaps: Vec<Other>,
    /// The `request_id` and the fingerprint it is placed under.
    pub(super) request: Option<(&'a str, Fingerprint)>,
    /// The customer's own name for it.
    pub(super) reference: Option<&'a str>,
}

/// An order that another one overlaps.
#[derive(Clone, Copy)]
pub(super) enum Other {
    /// It was placed before.
    Stored(OrderId),
    /// It is placed in the same batch, at this place among the placed.
    InBatch(usize),
}

/// The answers of a batch; those that are placed have theirs once their ids are known.
struct Decisions<'a> {
    answers: Vec<Option<Answer>>,
    placed: Vec<Placed<'a>>,
    /// Orders that repeat an earlier one of the batch: (place, place of the first).
    repeated: Vec<(usize, usize)>,
    spending: Spending,
}

impl<'a> Decisions<'a> {
    /// Decides in arrival order: same link, then funds.
    fn make(
        new: &'a [NewOrder],
        drafts: Vec<Prepared>,
        mut terms: TermsOfBatch,
        mut active: HashMap<(AccountId, i64), Vec<Other>>,
    ) -> Decisions<'a> {
        let mut made = Decisions {
            answers: vec![None; new.len()],
            placed: Vec::with_capacity(new.len()),
            repeated: Vec::new(),
            spending: Spending::default(),
        };
        let mut firsts: HashMap<(AccountId, &str), (usize, Fingerprint)> = HashMap::new();
        for (index, (order, prepared)) in new.iter().zip(drafts).enumerate() {
            let draft = match prepared {
                Prepared::Answered(answer) => {
                    made.set(index, answer);
                    continue;
                }
                Prepared::Draft(draft) => draft,
            };
            let request = order.request.request_id.as_deref();
            let request = request.map(|id| (id, print_of(order)));
            if let Some((id, print)) = request {
                match firsts.get(&(order.account, id)) {
                    Some(&(first, first_print)) if first_print == print => {
                        made.repeated.push((index, first));
                        continue;
                    }
                    Some(&(first, _)) if made.is_placed(first) => {
                        made.set(index, Err(Refusal::RequestIdReused));
                        continue;
                    }
                    _ => {
                        firsts.insert((order.account, id), (index, print));
                    }
                }
            }
            let others = active
                .entry((order.account, draft.overlap_key))
                .or_default();
            match terms.afford(order, &draft, others) {
                Ok(service) => {
                    let overlaps = others
                        .iter()
                        .rev()
                        .take(store::MAX_LINKED)
                        .copied()
                        .collect();
                    others.push(Other::InBatch(made.placed.len()));
                    made.placed.push(Placed {
                        index,
                        account: order.account,
                        key: order.key,
                        is_held: terms.buyer(order).is_held,
                        service,
                        draft,
                        overlaps,
                        request,
                        reference: order.reference.as_deref(),
                    });
                }
                Err(refusal) => made.set(index, Err(refusal)),
            }
        }
        made.spending = terms.spending;
        made
    }

    fn set(&mut self, index: usize, answer: Answer) {
        if let Some(slot) = self.answers.get_mut(index) {
            *slot = Some(answer);
        }
    }

    fn is_placed(&self, index: usize) -> bool {
        self.placed.iter().any(|placed| placed.index == index)
    }
}

impl TermsOfBatch {
    /// Takes the charge from what is left of the wallet and of the day's caps, or refuses.
    fn afford(
        &mut self,
        order: &NewOrder,
        draft: &Draft,
        others: &[Other],
    ) -> std::result::Result<Service, Refusal> {
        let service = self.service(order)?.clone();
        if service.terms.rejects_same_link && !others.is_empty() {
            return Err(Refusal::ActiveOrderOnLink);
        }
        let balance = self.balances.entry(order.account).or_default();
        match balance.minus(draft.charge) {
            Ok(rest) if rest >= Money::ZERO => {
                self.spending
                    .spend(order.account, order.caps, draft.charge)?;
                *balance = rest;
                Ok(service)
            }
            _ => Err(Refusal::NotEnoughFunds {
                charge: draft.charge,
                balance: *balance,
            }),
        }
    }
}

impl Placed<'_> {
    /// What detectors are told of it once it stands.
    fn fact(&self, order: OrderId, offers: &HashMap<ServiceId, Vec<Offer>>) -> Fact {
        let (service, draft) = (&self.service, &self.draft);
        let service_type = service.terms.service_type;
        let of_a_run = draft.quantity / draft.runs;
        let offer = offers.get(&service.id).and_then(|offers| {
            catalog::first_to_ask(offers, service_type, of_a_run, draft.rate)
                .map(|(_, first)| first)
        });
        let cost = offer.and_then(|offer| match service_type.is_package() {
            true => offer.cost.package_charge().ok(),
            false => offer.cost.charge(draft.quantity).ok(),
        });
        Fact::Placed(facts::Placed {
            key: self.key,
            account: self.account,
            order,
            service: service.id,
            link: draft.overlap_key,
            print: facts::order_print(service.id, draft.overlap_key, draft.quantity),
            charge: draft.charge.nano(),
            cost: cost.map(Money::nano),
            has_request_id: self.request.is_some(),
            is_overlapping: !self.overlaps.is_empty(),
        })
    }
}

/// Writes what was decided; gives every answer, and what detectors are told of it.
async fn write(
    tx: &Tx,
    now: Time,
    new: &[NewOrder],
    mut decided: Decisions<'_>,
) -> Result<(Vec<Answer>, Vec<Fact>)> {
    let mut told = Vec::with_capacity(decided.placed.len());
    if !decided.placed.is_empty() {
        decided.spending.write_in_tx(tx).await?;
        let services: HashSet<ServiceId> = decided
            .placed
            .iter()
            .map(|placed| placed.service.id)
            .collect();
        let services: Vec<ServiceId> = services.into_iter().collect();
        let offers = catalog::offers(tx, &services).await?;
        let ids = store::insert_orders(tx, now, &decided.placed).await?;
        store::insert_first_runs(tx, now, &ids, &decided.placed, &offers).await?;
        let holds: Vec<wallet::Hold> = ids
            .iter()
            .zip(&decided.placed)
            .map(|(&order, placed)| wallet::Hold {
                account: placed.account,
                order,
                charge: placed.draft.charge,
            })
            .collect();
        wallet::hold_in_tx(tx, now, &holds).await?;
        for (placed, order) in std::mem::take(&mut decided.placed).iter().zip(ids) {
            let placement = Placement {
                order,
                charge: placed.draft.charge,
                total_quantity: placed.draft.quantity,
                created_at: now,
                is_replay: false,
            };
            decided.set(placed.index, Ok(placement));
            told.push(placed.fact(order, &offers));
        }
    }
    for (index, first) in std::mem::take(&mut decided.repeated) {
        if let Some(Some(answer)) = decided.answers.get(first).cloned() {
            let repeated = answer.map(|placement| Placement {
                is_replay: true,
                ..placement
            });
            decided.set(index, repeated);
        }
    }
    let answers: Option<Vec<Answer>> = decided.answers.into_iter().collect();
    let count = new.len();
    let missing = || Failure::Stored(format!("a batch of {count} orders lacks an answer"));
    Ok((answers.ok_or_else(missing)?, told))
}
