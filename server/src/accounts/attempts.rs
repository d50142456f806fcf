//! What was tried too often, for all servers and across restarts: what [`super::throttle`] counts in
//! the memory of one server is kept in the database too, once it has failed.

use std::net::IpAddr;
use std::time::Duration;

use super::known_networks;
use super::rules::longest_window_ms;
use super::store::attempts as store;
use crate::clock::Time;
use crate::db::Tx;
use crate::error::Result;
use crate::limits::Quotas;
use crate::limits::network_of;
use crate::mail::MailKind;
use crate::panel::Panel;
use crate::secrets::Secrets;

/// Whose attempts count together, and how many there may be.
pub(super) struct Counted {
    /// A keyed digest: neither addresses of people nor of machines are kept for it.
    pub(super) who: String,
    pub(super) quotas: Quotas,
}

impl Counted {
    /// The attempts of somebody at `address` at `what`.
    pub(super) fn of(
        panel: &Panel,
        what: &str,
        address: Option<IpAddr>,
        quotas: Quotas,
    ) -> Counted {
        let who = who(&panel.secrets, what, address);
        Counted { who, quotas }
    }
}

fn who(secrets: &Secrets, what: &str, address: Option<IpAddr>) -> String {
    let network = address.map(network_of).map(|network| network.to_string());
    let text = ["attempt|", what, "|", &network.unwrap_or_default()].concat();
    hex::encode(secrets.digest_key(&text).split_at(16).0)
}

/// Guessing the password of the account of this e-mail address.
pub(super) fn at_account(email: &str) -> String {
    ["sign_in|", email].concat()
}

/// Having mails of a kind sent to this e-mail address.
pub(super) fn mails_to(kind: MailKind, email: &str) -> String {
    ["mail|", kind.word(), "|", email].concat()
}

/// Forgets what was counted of this e-mail address, from `addresses` and by mail.
pub(crate) async fn forget_in_tx(
    tx: &Tx,
    secrets: &Secrets,
    email: &str,
    addresses: &[IpAddr],
) -> Result<()> {
    let mails = MailKind::ALL.iter().map(|kind| mails_to(*kind, email));
    let mut counted: Vec<String> = mails.map(|what| who(secrets, &what, None)).collect();
    let from = addresses.iter().map(|address| Some(*address));
    counted.extend(
        from.chain([None])
            .map(|from| who(secrets, &at_account(email), from)),
    );
    store::forget_counted(tx, &counted).await
}

/// How long each of `counted` has to wait, in their order.
pub(super) async fn waits<const N: usize>(
    panel: &Panel,
    counted: [&Counted; N],
) -> Result<[Option<Duration>; N]> {
    let who = counted.map(|counted| counted.who.as_str());
    let full = store::full_at(panel.db.read(), &who).await?;
    let now = panel.now();
    Ok(counted.map(|counted| {
        let wait = |quota: &crate::limits::Quota| {
            let full = full.get(&(counted.who.clone(), quota.to_string()))?;
            wait_of(*full, now, quota)
        };
        counted.quotas.iter().filter_map(wait).max()
    }))
}

/// How long until there is one of `quota` again, all of which is there again at `full`.
fn wait_of(full: Time, now: Time, quota: &crate::limits::Quota) -> Option<Duration> {
    let missing = u64::try_from(full.ms_since(now)).ok()?;
    let others = quota.each().saturating_mul(quota.burst.get() - 1);
    let wait = Duration::from_millis(missing).checked_sub(others)?;
    (!wait.is_zero()).then_some(wait)
}

/// Keeps one attempt of each.
pub(super) async fn count_in_tx(tx: &Tx, now: Time, counted: &[Counted]) -> Result<()> {
    for counted in counted {
        store::count(tx, now, counted).await?;
    }
    Ok(())
}

/// Forgets a piece of what counts no more. Gives how many rows there were.
pub(crate) async fn forget_old_attempts(panel: &Panel) -> Result<u64> {
    let now = panel.now();
    let over = store::Over {
        attempts: now,
        codes: now.plus_ms(-longest_window_ms(&panel.config.limit_codes)),
        networks: known_networks::since(now),
        links: now,
    };
    store::forget(&panel.db, &over).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Quota;

    #[test]
    fn one_of_a_quota_is_back_before_all_of_it() {
        let quota = Quota::new(5, 900).unwrap();
        let now = Time::from_ms(1_000_000_000_000);
        let minutes = |missing: i64| {
            let full = now.plus_ms(missing * 180_000);
            wait_of(full, now, &quota).map(|wait| wait.as_secs() / 60)
        };
        assert_eq!(minutes(-1), None);
        assert_eq!(minutes(4), None);
        assert_eq!(minutes(5), Some(3));
        // What failed on several servers at once is more than the quota, and waits for longer.
        assert_eq!(minutes(7), Some(9));
    }
}
