//! What asking a provider taught: kept for the next time, and told where nothing can be read.

use super::Follower;
use super::answers::Answers;
use crate::alerts::{self, Alert, AlertKind};
use crate::catalog::Provider;
use crate::catalog::asking::{self, AskedAction, Asking};
use crate::error::Result;
use crate::orders;

impl Follower {
    /// Keeps what was learned about asking, and tells an operator where that is of no use.
    pub(super) async fn keep_learned<R>(
        &self,
        provider: &Provider,
        action: AskedAction,
        known: &Asking,
        answers: &Answers<R>,
    ) -> Result<()> {
        let now = self.panel.now();
        let mut asking = answers.asking.clone();
        let failure = answers.failure.as_ref();
        if let Some(failure) = failure {
            let (worker, provider, error) = ("follow", &provider.name, &failure.why);
            tracing::warn!(worker, provider, error, "{action} was not read");
        }
        let is_refused = failure.is_some_and(|failure| failure.is_refused);
        let why = failure.map(|failure| failure.why.as_str());
        let told = asking.note_failure(now, why, is_refused);
        if asking == *known {
            return Ok(());
        }
        asking::write_learned(&self.panel, provider.id, action, known, asking).await?;
        let (Some(since), Some(why)) = (told, why) else {
            return Ok(());
        };
        let waiting = match action {
            AskedAction::Status => {
                let (open, _) = orders::count_followed(&self.panel, provider.id).await?;
                format!("{open} orders are not followed")
            }
            AskedAction::Cancel => {
                let (_, canceled) = orders::count_followed(&self.panel, provider.id).await?;
                format!("{canceled} orders are not canceled")
            }
            AskedAction::RefillStatus => "its refills are not followed".to_owned(),
        };
        let alert = Alert::new(
            AlertKind::CannotFollow,
            format!("provider {}, {}", provider.id, action.word()),
            format!(
                "provider {} cannot be asked for {action} since {since}, {waiting}: {why}",
                provider.name
            ),
        );
        alerts::raise_once(&self.panel.db, now, vec![alert]).await?;
        Ok(())
    }
}
