//! Alerts by mail, for those of the staff who want it: one mail about everything new, at most one waits.

use serde_json::json;

use super::staffing::{self, Member};
use super::store::staffing as store;
use crate::actor::Actor;
use crate::alerts::{self, AlertState, AlertView, Search};
use crate::audit::{self, Deed, Entry};
use crate::db::Db;
use crate::error::{Refusal, Result};
use crate::ids::AccountId;
use crate::mail::{self, MailKind, NewMail};
use crate::panel::Panel;

/// How many alerts a mail lists.
const MOST: usize = 20;

/// Says whether a member of the staff has alerts sent by mail. Refused: [`Refusal::Unknown`];
/// [`Refusal::Conflict`] where this panel sends no mail, or they have no address.
pub async fn set_alerts_by_mail(
    panel: &Panel,
    actor: &Actor,
    id: AccountId,
    wants: bool,
) -> Result<Member> {
    let member = staffing::view(&panel.db, id).await?;
    let lacks = match (&panel.smtp, &member.email) {
        (None, _) => Some("this panel sends no mail: set smtp_host and smtp_from"),
        (Some(_), None) => Some("this member of the staff has no e-mail address"),
        (Some(_), Some(_)) => None,
    };
    if let Some(why) = lacks.filter(|_| wants) {
        let why = why.to_owned();
        return Err(Refusal::Conflict { why }.into());
    }
    let tx = panel.db.begin().await?;
    store::set_alerts_by_mail(&tx, id, wants).await?;
    let entry = Entry::new(Deed::StaffAlertsByMail, format!("account:{id}"))
        .was(json!({"alerts_by_mail": member.alerts_by_mail}))
        .became(json!({"alerts_by_mail": wants}));
    audit::record_in_tx(&tx, &panel.secrets, panel.now(), actor, entry).await?;
    tx.commit().await?;
    staffing::view(&panel.db, id).await
}

/// Has a mail sent about alerts that nobody was mailed about, to everybody who wants it. Gives how many
/// alerts there were.
pub(crate) async fn mail_news(panel: &Panel) -> Result<usize> {
    if panel.smtp.is_none() {
        return Ok(0);
    }
    let Some(newest) = alerts::newest_unmailed(&panel.db).await? else {
        return Ok(0);
    };
    let staff = staffing::list(&panel.db, false).await?;
    let (now, tx) = (panel.now(), panel.db.begin().await?);
    // Another server may mail the same.
    let news = alerts::mark_mailed_in_tx(&tx, now, newest).await?;
    if news > 0 {
        for member in staff.iter().filter(|member| member.alerts_by_mail) {
            if let Some(email) = &member.email {
                let mail = NewMail::new(MailKind::Alerts, email).about(member.id);
                mail::queue_one_in_tx(&tx, now, &mail).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(news)
}

/// The alerts that nobody has looked at as a mail lists them; nothing if there are none any more.
pub(super) async fn listed(db: &Db) -> Result<Option<(usize, String)>> {
    let search = Search {
        state: Some(AlertState::Open),
        ..Search::default()
    };
    let open = alerts::list(db, search, usize::MAX).await?;
    if open.is_empty() {
        return Ok(None);
    }
    let line = |alert: &AlertView| format!("{} {}: {}", alert.id, alert.kind, alert.message);
    let mut lines: Vec<String> = open.iter().take(MOST).map(line).collect();
    let more = open.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(format!("and {more} more."));
    }
    Ok(Some((open.len(), lines.join("\n\n"))))
}
