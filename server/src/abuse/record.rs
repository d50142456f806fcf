//! From a finding to its case, or to a remark: what is found about somebody stands in one open case of the
//! detector, whatever is found again, by whichever server.

use super::cases::Case;
use super::findings::{Action, Finding, SURE, Subject};
use super::judged::Decisions;
use super::measures::{Measure, lock_in_tx};
use super::remarks;
use super::store::{self, Whom};
use super::watch::Mode;
use crate::accounts::{measures, notices};
use crate::alerts::{Alert, AlertKind, raise_in_tx};
use crate::catalog::review;
use crate::error::Result;
use crate::ids::CaseId;
use crate::panel::Panel;

/// Acts on what was found: opens the case of each, or adds to it, and does what is to be done about it,
/// each in a transaction of its own. Gives the cases; what is only remarked has none.
pub async fn act(panel: &Panel, findings: Vec<Finding>) -> Result<Vec<CaseId>> {
    let mut cases = Vec::with_capacity(findings.len());
    for found in Found::merged(findings) {
        cases.extend(record(panel, &found, None).await?);
    }
    Ok(cases)
}

/// What was found about somebody, perhaps several times within a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The newest, with the strongest action and the highest score of all.
    pub(super) finding: Finding,
    /// How many there were.
    pub(super) times: i64,
}

impl Found {
    /// One for each detector and subject, in the order in which they were found first.
    pub(super) fn merged(findings: impl IntoIterator<Item = Finding>) -> Vec<Found> {
        let mut merged: Vec<Found> = Vec::new();
        for finding in findings {
            let about = (finding.detector, finding.subject);
            let known = merged
                .iter_mut()
                .find(|found| (found.finding.detector, found.finding.subject) == about);
            match known {
                Some(found) => found.again(finding),
                None => merged.push(Found { finding, times: 1 }),
            }
        }
        merged
    }

    fn again(&mut self, newest: Finding) {
        let before = std::mem::replace(&mut self.finding, newest);
        self.times = self.times.saturating_add(1);
        self.finding.score = self.finding.score.max(before.score);
        self.finding.action = stronger(self.finding.action, before.action);
        self.finding.notice = self.finding.notice.take().or(before.notice);
    }
}

/// The stronger of two actions.
pub(super) fn stronger(one: Action, other: Action) -> Action {
    let rank = |action: Action| Action::ALL.iter().position(|known| *known == action);
    if rank(one) < rank(other) { other } else { one }
}

/// Records one finding; gives its case, if it has one. Nothing is recorded of what was judged before the
/// finder knew, who knew of `decisions`.
pub(super) async fn record(
    panel: &Panel,
    found: &Found,
    decisions: Option<&Decisions>,
) -> Result<Option<CaseId>> {
    let finding = &found.finding;
    let watches = panel.config.watches();
    let watch = watches.iter().find(|(of, _)| *of == finding.detector);
    let acts = watch.is_some_and(|(_, watch)| watch.mode == Mode::Act);
    let tx = panel.db.begin().await?;
    if matches!(finding.subject, Subject::Service(_)) {
        review::lock_in_tx(&tx).await?;
    }
    let whom = whom(&tx, finding).await?;
    let recorded = match whom.account.filter(|_| finding.action == Action::Remark) {
        Some(account) => {
            remarks::add_in_tx(panel, &tx, found, account, acts).await?;
            None
        }
        None => Some(open(panel, &tx, found, &whom, acts).await?),
    };
    // Asked once the case is locked: nobody decides it between this and the commit.
    if let Some(decisions) = decisions
        && decisions.came_after(&tx, &whom).await?
    {
        tx.rollback().await?;
        return Ok(None);
    }
    tx.commit().await?;
    let Some((case, measure)) = recorded else {
        panel.metrics.abuse_found(finding.detector, Action::Remark);
        return Ok(None);
    };
    panel.metrics.abuse_found(finding.detector, case.action);
    if matches!(measure, Some(Measure::BlockNetwork(_))) {
        super::blocks::refresh(panel).await?;
    }
    Ok(Some(case.id))
}

/// Opens the case of a finding, or adds to it, and does what is to be done. Gives the case, with what was
/// done now.
async fn open(
    panel: &Panel,
    tx: &crate::db::Tx,
    found: &Found,
    whom: &Whom,
    acts: bool,
) -> Result<(Case, Option<Measure>)> {
    let (finding, now) = (&found.finding, panel.now());
    let wanted = if acts && finding.score >= SURE {
        finding.action
    } else {
        Action::Observe
    };
    let measure = Measure::of(wanted, whom);
    let action = if measure.is_some() {
        wanted
    } else {
        Action::Observe
    };
    let evidence = finding.evidence();
    let (case, is_new) = store::cases::find_or_open(tx, now, found, whom, action, evidence).await?;
    let is_more = !is_new && stronger(case.action, action) != case.action;
    if !is_new {
        let action = stronger(case.action, action);
        store::cases::add(tx, now, case.id, found, action, evidence).await?;
    }
    if let Some(measure) = measure {
        lock_in_tx(tx, whom).await?;
        store::cases::did(tx, now, case.id, action).await?;
        measure.do_in_tx(panel, tx, case.id).await?;
    }
    let notice = finding.notice.as_deref().filter(|_| acts);
    tell_owner(panel, tx, &case, whom, notice).await?;
    if is_new || is_more {
        let (id, detector, subject) = (case.id, case.detector, case.subject);
        let message = format!("case {id}: {detector} about {subject}, {action}");
        raise_in_tx(
            tx,
            now,
            vec![Alert::new(
                AlertKind::AbuseFound,
                format!("case {id}"),
                message,
            )],
        )
        .await?;
    }
    Ok((Case { action, ..case }, measure))
}

/// Tells the owner of the account, once in a case.
async fn tell_owner(
    panel: &Panel,
    tx: &crate::db::Tx,
    case: &Case,
    whom: &Whom,
    message: Option<&str>,
) -> Result<()> {
    if let (Some(account), Some(message), None) = (whom.account, message, case.told_at) {
        let now = panel.now();
        notices::tell_in_tx(tx, now, account, message).await?;
        store::cases::told(tx, now, case.id).await?;
    }
    Ok(())
}

/// Whom a finding is about, as far as it says.
pub(super) fn whom_of(finding: &Finding) -> Whom {
    let (account, key) = match finding.subject {
        Subject::Key(subject) => (finding.account, Some(subject)),
        // A case about an account concerns every key of it.
        Subject::Account(subject) => (Some(subject), None),
        Subject::Network(_) | Subject::Service(_) => (finding.account, finding.key),
    };
    Whom {
        subject: finding.subject,
        account,
        key,
    }
}

/// The same, and as far as the key says it.
async fn whom(tx: &crate::db::Tx, finding: &Finding) -> Result<Whom> {
    let mut whom = whom_of(finding);
    if let (None, Some(key)) = (whom.account, whom.key) {
        whom.account = measures::owner_of(tx, key).await?;
    }
    Ok(whom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abuse::findings::{Detector, Evidence};
    use crate::ids::KeyId;

    #[test]
    fn what_is_found_again_within_a_moment_is_one() {
        let finding = |key, score, action, notice: Option<&str>| Finding {
            detector: Detector::ForeignIds,
            subject: Subject::Key(KeyId(key)),
            account: None,
            key: None,
            score,
            action,
            notice: notice.map(str::to_owned),
            evidence: vec![Evidence::new("score", score)],
        };
        let merged = Found::merged([
            finding(1, 900, Action::Throttle, Some("look")),
            finding(2, 500, Action::Observe, None),
            finding(1, 850, Action::Observe, None),
        ]);
        let newest = Finding {
            evidence: vec![Evidence::new("score", 850)],
            ..finding(1, 900, Action::Throttle, Some("look"))
        };
        let expected = [(newest, 2), (finding(2, 500, Action::Observe, None), 1)];
        let expected = expected.map(|(finding, times)| Found { finding, times });
        assert_eq!(merged, expected);
    }
}
