//! The judgement: what the panel believes of each order against what its providers did.

use std::collections::{HashMap, HashSet};

use smm_panel_server::check;
use smm_panel_server::demo::provider::truth::{TrueOrder, TrueProviders, key_of};
use smm_panel_server::panel::Panel;
use smm_panel_server::protocol::OrderWord;

use super::Figures;
use super::orders::Wanted;
use crate::column;

/// An order with which something is wrong.
#[derive(Debug, Clone)]
pub struct Case {
    /// The seed of its world.
    pub seed: u64,
    /// Its link.
    pub link: String,
    /// What is wrong, and what was seen.
    pub what: String,
}

/// A dispatch as the panel has it.
#[derive(Debug, Clone)]
struct Run {
    provider: usize,
    state: String,
    provider_order: String,
    remains: Option<i64>,
    quantity: i64,
    reason: String,
}

/// An order as the panel has it.
struct Believed {
    id: i64,
    status: String,
    runs: Vec<Run>,
}

const SEPARATOR: char = '\u{1f}';

async fn rows(panel: &Panel, columns: &[&str], from: &str) -> Vec<Vec<String>> {
    let texts: Vec<String> = columns
        .iter()
        .map(|column| format!("COALESCE(CAST({column} AS TEXT), '')"))
        .collect();
    let sql = [
        "SELECT ",
        &texts.join(&format!(" || '{SEPARATOR}' || ")),
        " ",
        from,
    ]
    .concat();
    let rows = column(panel, &sql).await;
    rows.iter()
        .map(|row| row.split(SEPARATOR).map(str::to_owned).collect())
        .collect()
}

async fn believed(panel: &Panel) -> HashMap<String, Believed> {
    let columns = [
        "order_id",
        "provider_id",
        "state",
        "provider_order",
        "remains",
        "quantity",
        "reason",
    ];
    let mut runs: HashMap<i64, Vec<Run>> = HashMap::new();
    for row in rows(panel, &columns, "FROM dispatches ORDER BY id").await {
        let run = Run {
            provider: row[1].parse::<usize>().expect("a provider") - 1,
            state: row[2].clone(),
            provider_order: row[3].clone(),
            remains: row[4].parse().ok(),
            quantity: row[5].parse().expect("a quantity"),
            reason: row[6].clone(),
        };
        let order = row[0].parse().expect("an order");
        runs.entry(order).or_default().push(run);
    }
    let orders = rows(panel, &["id", "status", "link"], "FROM orders").await;
    let believed = orders.into_iter().map(|row| {
        let id = row[0].parse().expect("an order");
        let of_order = Believed {
            id,
            status: row[1].clone(),
            runs: runs.remove(&id).unwrap_or_default(),
        };
        (row[2].clone(), of_order)
    });
    believed.collect()
}

/// What a person had to do about an order, and whether the panel died while it was sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Effort {
    pub(super) decisions: usize,
    pub(super) killed: bool,
}

/// Judges every order of a world.
pub(super) async fn judge(
    seed: u64,
    panel: &Panel,
    providers: &TrueProviders,
    wanted: &[Wanted],
    efforts: &HashMap<i64, Effort>,
    figures: &mut Figures,
) {
    let believed = believed(panel).await;
    for order in wanted {
        let Some(seen) = believed.get(&order.link) else {
            figures.not_placed += 1;
            if !providers.truth(&order.link).is_empty() {
                let what = "stored, though it was never placed".to_owned();
                figures.against.push(case(seed, &order.link, what));
            }
            continue;
        };
        figures.orders += 1;
        *figures.ends.entry(seen.status.clone()).or_default() += 1;
        let effort = efforts.get(&seen.id).copied().unwrap_or_default();
        let has_fault = effort.killed || !providers.faults(&order.link).is_empty();
        if has_fault {
            figures.with_fault += 1;
            figures.decisions_fault += effort.decisions;
        } else {
            figures.decisions_plain += effort.decisions;
            figures.plain_alone += usize::from(effort.decisions == 0 && is_over(&seen.status));
        }
        let is_unheard = providers.truth(&order.link).into_iter().any(|stored| {
            let taken_over = stored.line_of.as_deref().and_then(|link| {
                let mut all = believed.iter();
                all.find(|(known, _)| key_of(known) == key_of(link))
            });
            taken_over.is_some_and(|(_, by)| efforts.get(&by.id).is_some_and(|by| by.killed))
        });
        if is_unheard {
            // Nothing but that answer tells the panel that the id is not this order's alone any more.
            let what = "add: an id given again, and the panel died before it heard of it";
            *figures.faults.entry(what.to_owned()).or_default() += 1;
        } else {
            judge_one(seed, order, seen, providers, figures);
        }
    }
    judge_links(seed, providers, wanted, figures);
    let report = check::check(panel.db.read(), &panel.secrets, panel.now(), |_| {}).await;
    let report = report.expect("a check");
    if !report.is_clean() {
        figures.check.push(format!("seed {seed}: {report}"));
    }
    for row in rows(panel, &["kind"], "FROM alerts").await {
        *figures.alerts.entry(row[0].clone()).or_default() += 1;
    }
}

/// "What we send is encoded so that the worst parser reads it."
fn judge_links(seed: u64, providers: &TrueProviders, wanted: &[Wanted], figures: &mut Figures) {
    let known: HashSet<&str> = wanted.iter().map(|order| order.link.as_str()).collect();
    for stored in providers.orders() {
        let is_known = known.contains(stored.link.as_str());
        if !is_known && !providers.decodes_twice(stored.provider) {
            let speaks = providers.describe(stored.provider);
            let what = format!("delivers to a link that nobody sent: {speaks}");
            figures.against.push(case(seed, &stored.link, what));
        }
    }
}

fn case(seed: u64, link: &str, what: String) -> Case {
    Case {
        seed,
        link: link.to_owned(),
        what,
    }
}

fn is_over(status: &str) -> bool {
    ["completed", "partial", "canceled", "failed", "rejected"].contains(&status)
}

fn judge_one(
    seed: u64,
    order: &Wanted,
    seen: &Believed,
    providers: &TrueProviders,
    figures: &mut Figures,
) {
    let truth = providers.truth(&order.link);
    let evidence = || {
        let stored: Vec<String> = truth.iter().map(shown).collect();
        let runs: Vec<String> = seen.runs.iter().map(Run::shown).collect();
        let speaks: Vec<String> = truth
            .iter()
            .map(|stored| providers.describe(stored.provider))
            .collect();
        format!(
            "order {} {}; runs: {}; truth: {}; faults: {:?}; dialects: {}",
            seen.id,
            seen.status,
            runs.join(", "),
            stored.join(", "),
            providers.faults(&order.link),
            speaks.join(" / "),
        )
    };
    let most = if order.runs > 1 { seen.runs.len() } else { 1 };
    if truth.len() > most {
        let what = format!("stored {} times: {}", truth.len(), evidence());
        figures.twice.push(case(seed, &order.link, what));
    }
    if let Some(wrong) = against(seen, &truth) {
        let what = format!("{wrong}: {}", evidence());
        figures.against.push(case(seed, &order.link, what));
    }
    if is_over(&seen.status) {
        return;
    }
    // The last run is the one that it waits for.
    match seen.runs.iter().find(|run| !is_over(&run.state)) {
        Some(run) if ["unknown", "parked"].contains(&run.state.as_str()) => {
            let reason = format!("{}: {}", run.state, short(&run.reason));
            *figures.listed.entry(reason).or_default() += 1;
        }
        _ => {
            let what = format!("open, and on no list: {}", evidence());
            figures.lost.push(case(seed, &order.link, what));
        }
    }
}

/// The first 60 characters, digits as `#`.
pub(super) fn short(text: &str) -> String {
    let plain = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '#' } else { c });
    plain.take(60).collect()
}

fn shown(stored: &TrueOrder) -> String {
    format!(
        "{} at {}: {} {} of {} left",
        stored.id, stored.provider, stored.word, stored.remains, stored.quantity
    )
}

impl Run {
    fn shown(&self) -> String {
        format!(
            "{} at {} as {:?}, {:?} of {} left ({})",
            self.state,
            self.provider,
            self.provider_order,
            self.remains,
            self.quantity,
            self.reason
        )
    }
}

/// What contradicts the providers' final word, if anything does.
fn against(seen: &Believed, truth: &[TrueOrder]) -> Option<String> {
    let mut left: Vec<&TrueOrder> = truth.iter().collect();
    for run in seen
        .runs
        .iter()
        .filter(|run| !run.provider_order.is_empty())
    {
        let found = left
            .iter()
            .position(|one| one.provider == run.provider && one.is(&run.provider_order));
        let Some(found) = found else {
            return Some(format!(
                "taken as {}, which is not its own",
                run.provider_order
            ));
        };
        let stored = left.remove(found);
        if is_over(&run.state)
            && let Some(wrong) = contradiction(run, stored)
        {
            return Some(wrong);
        }
    }
    // Nobody is bound to these: whoever counts as not taken was taken.
    let open = |run: &&Run| !is_over(&run.state);
    let unbound = seen.runs.iter().filter(|run| run.provider_order.is_empty());
    let waiting = unbound.filter(open).count();
    let lost = left.len() > waiting && is_over(&seen.status);
    lost.then(|| "counts as not taken, and was taken".to_owned())
}

fn contradiction(run: &Run, stored: &TrueOrder) -> Option<String> {
    if !stored.has_ended() {
        return Some(format!("{} here, and it runs there", run.state));
    }
    let word = match stored.word {
        OrderWord::Completed => "completed",
        OrderWord::Partial => "partial",
        OrderWord::Canceled => "canceled",
        OrderWord::Pending | OrderWord::InProgress | OrderWord::Processing => "open",
    };
    let remains = (stored.word == OrderWord::Partial).then_some(stored.remains);
    let same = run.state == word && (remains.is_none() || run.remains == remains);
    (!same).then(|| {
        format!(
            "{} with {:?} left here, {word} with {} there",
            run.state, run.remains, stored.remains
        )
    })
}
