//! The tables.

use smm_panel_server::abuse::findings::{Action, Detector};

use crate::attackers::Intensity;
use crate::runs::{HonestDays, Outcome};
use crate::world::USD;

/// Outcomes of one script at one intensity.
pub(crate) struct Row {
    pub(crate) detector: Detector,
    pub(crate) intensity: Intensity,
    pub(crate) tried: usize,
    /// Seconds, of those that were found, in order.
    after_s: Vec<i64>,
    /// Seconds until it was a case, of those that became one, in order.
    case_after_s: Vec<i64>,
    /// Guesses, ids, orders, in order.
    units: Vec<u64>,
    lost: Vec<i64>,
    /// How many met a limit of keys when there are no detectors.
    limited: usize,
}

fn at<T: Copy + Default>(sorted: &[T], percent: usize) -> T {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get(last * percent / 100)
        .copied()
        .unwrap_or_default()
}

impl Row {
    /// Of these outcomes, and those without detectors.
    pub(crate) fn of(outcomes: &[Outcome], plain: &[Outcome]) -> Option<Row> {
        let first = outcomes.first()?;
        let mut row = Row {
            detector: first.detector,
            intensity: first.intensity,
            tried: outcomes.len(),
            after_s: outcomes
                .iter()
                .filter_map(|one| one.found_after_s)
                .collect(),
            case_after_s: outcomes.iter().filter_map(|one| one.case_after_s).collect(),
            units: outcomes.iter().map(|one| one.units).collect(),
            lost: outcomes.iter().map(|one| one.lost).collect(),
            limited: plain.iter().filter(|one| one.limited).count(),
        };
        row.after_s.sort_unstable();
        row.case_after_s.sort_unstable();
        row.units.sort_unstable();
        row.lost.sort_unstable();
        Some(row)
    }

    pub(crate) fn found(&self) -> usize {
        self.after_s.len()
    }

    pub(crate) fn cases(&self) -> usize {
        self.case_after_s.len()
    }

    /// Seconds until it was found, of the 95th of a hundred.
    #[cfg(test)]
    pub(crate) fn slowest_s(&self) -> i64 {
        at(&self.after_s, 95)
    }

    /// Guesses, ids or orders before it was found, at most.
    pub(crate) fn most_units(&self) -> u64 {
        at(&self.units, 100)
    }
}

/// One line for each.
pub(crate) fn attacks(rows: &[Row]) -> String {
    let mut text = "\
| detector | intensity | found | after s, median / p95 | a case | after s, median / p95 | guesses, ids, orders before it was found: median / most | USD before: median / most | quotas alone |
|---|---|--:|--:|--:|--:|--:|--:|--:|
"
    .to_owned();
    for row in rows {
        let (found, tried) = (row.found(), row.tried);
        let [after, case_after] =
            [&row.after_s, &row.case_after_s].map(|after| match after.len() {
                0 => "-".to_owned(),
                _ => format!("{} / {}", at(after, 50), at(after, 95)),
            });
        let cases = row.cases();
        let units = format!("{} / {}", at(&row.units, 50), row.most_units());
        let [median, most] = [50, 100].map(|percent| cents(at(&row.lost, percent)));
        text += &format!(
            "| {} | {} | {found} of {tried} | {after} | {cases} of {tried} | {case_after} | {units} | {median} / {most} | {} of {tried} |\n",
            row.detector,
            row.intensity.word(),
            row.limited,
        );
    }
    text
}

fn cents(nano: i64) -> String {
    let cents = nano / (USD / 100);
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Per thousand, with two decimals.
fn per_thousand(count: u64, all: i64) -> String {
    let parts = count * 100_000 / u64::try_from(all.max(1)).unwrap_or(1);
    format!("{}.{:02}", parts / 100, parts % 100)
}

/// What honest customers had to bear.
pub(crate) fn honest(days: &HonestDays) -> String {
    let all = days.key_days;
    let mut text = format!("{all} honest key-days, {} facts\n\n", days.facts);
    text += "| done to honest customers | times | per 1,000 key-days |\n|---|--:|--:|\n";
    let blocks = days.of(Action::BlockKey) + days.of(Action::BlockNetwork);
    for (what, count) in [
        ("throttled", days.of(Action::Throttle)),
        ("held", days.of(Action::Hold)),
        ("key or network blocked", blocks),
        ("service paused", days.of(Action::PauseService)),
        ("a case, and nothing done", days.of(Action::Observe)),
        ("cases in all", days.cases()),
        ("a remark", days.of(Action::Remark)),
        ("key-days with a 429", days.limited),
    ] {
        text += &format!("| {what} | {count} | {} |\n", per_thousand(count, all));
    }
    text += "\n| detector | did | times |\n|---|---|--:|\n";
    for ((detector, action), count) in &days.found {
        text += &format!("| {detector} | {action} | {count} |\n");
    }
    text
}

/// Of the cases of each detector, and of everything that it found, how much was an attacker.
pub(crate) fn precision(outcomes: &[Outcome], days: &HonestDays) -> String {
    let mut text = "| detector | attacks found, as cases | cases about honest customers: during attacks, honest days, per 1,000 key-days | precision of cases | remarks on honest days, per 1,000 key-days | precision with remarks |\n\
         |---|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for &detector in Detector::ALL {
        let those = outcomes.iter().filter(|one| one.detector == detector);
        let right = those
            .clone()
            .filter(|one| one.found_after_s.is_some())
            .count();
        let right_cases = those.filter(|one| one.case_after_s.is_some()).count();
        let wrong = outcomes.iter().flat_map(|one| &one.wrong);
        let wrong = wrong.filter(|one| **one == detector).count();
        let (cases, remarks) = days.of_detector(detector);
        let number = |count: usize| u64::try_from(count).unwrap_or(0);
        let percent = |right: usize, others: u64| {
            let all = number(right) + number(wrong) + others;
            let percent = (number(right) * 100).checked_div(all);
            percent.map_or("-".to_owned(), |percent| format!("{percent} %"))
        };
        text += &format!(
            "| {detector} | {right}, {right_cases} | {wrong}, {cases}, {} | {} | {remarks}, {} | {} |\n",
            per_thousand(cases, days.key_days),
            percent(right_cases, cases),
            per_thousand(remarks, days.key_days),
            percent(right, cases + remarks),
        );
    }
    text
}
