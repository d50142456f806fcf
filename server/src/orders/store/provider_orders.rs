//! Whose the ids are that providers give: the statements on `dispatches.provider_order`.

use std::collections::{BTreeSet, HashMap};

use crate::db::{Rows, Tx, query};
use crate::error::Result;
use crate::ids::{DispatchId, ProviderId};
use crate::protocol::upstream::plain_id;

/// Which ids of orders at providers belong to runs already, in whatever spelling.
#[derive(Debug, Default)]
pub(in crate::orders) struct KnownOrders {
    given: HashMap<(ProviderId, String), Vec<DispatchId>>,
    /// Those that stood in an unclear answer to a run that is not decided.
    seen: HashMap<(ProviderId, String), Vec<DispatchId>>,
}

impl KnownOrders {
    /// Those of `ids` that belong to runs.
    pub(in crate::orders) async fn read(
        tx: &Tx,
        ids: &[(ProviderId, &str)],
    ) -> Result<KnownOrders> {
        let mut known = KnownOrders::default();
        if ids.is_empty() {
            return Ok(known);
        }
        let providers: BTreeSet<ProviderId> = ids.iter().map(|id| id.0).collect();
        let providers = Rows::is_in(tx, 0, providers.into_iter().map(Into::into));
        let plain: BTreeSet<&str> = ids.iter().map(|id| plain_id(id.1)).collect();
        let written: BTreeSet<&str> = ids.iter().map(|id| id.1).chain(plain.clone()).collect();
        let before = providers.values.len();
        let written = Rows::is_in(tx, before, written.into_iter().map(Into::into));
        let before = before + written.values.len();
        let plain = Rows::is_in(tx, before, plain.into_iter().map(Into::into));
        // The condition and the key of the second part are those of the index `dispatches_odd_ids`; the
        // plus keeps SQLite from reading every run of a provider by another index.
        let sql = [
            "SELECT id, provider_id, provider_order FROM dispatches WHERE provider_id",
            &providers.text,
            " AND provider_order",
            &written.text,
            " UNION ALL SELECT id, provider_id, provider_order FROM dispatches WHERE +provider_id",
            &providers.text,
            " AND (substr(provider_order, 1, 1) = '0' \
              OR replace(provider_order, '.', '') <> provider_order) \
              AND ltrim(CASE WHEN replace(provider_order, '.', '') <> provider_order \
              THEN rtrim(rtrim(provider_order, '0'), '.') ELSE provider_order END, '0')",
            &plain.text,
        ]
        .concat();
        let values = providers.values.into_iter().chain(written.values);
        let seen = "SELECT id, provider_id, seen_order FROM dispatches \
                    WHERE state IN ('unknown', 'parked') AND seen_order IS NOT NULL";
        for row in query(tx, seen, []).await? {
            let seen_order: String = row.try_get_by_index(2)?;
            let key = (row.try_get_by_index(1)?, plain_id(&seen_order).to_owned());
            if ids
                .iter()
                .any(|id| (id.0, plain_id(id.1)) == (key.0, &key.1))
            {
                let runs = known.seen.entry(key).or_default();
                runs.push(row.try_get_by_index(0)?);
            }
        }
        for row in query(tx, &sql, values.chain(plain.values)).await? {
            let provider_order: String = row.try_get_by_index(2)?;
            known.add(
                row.try_get_by_index(1)?,
                &provider_order,
                row.try_get_by_index(0)?,
            );
        }
        Ok(known)
    }

    /// Another run than `run` that has this id at a provider.
    pub(in crate::orders) fn another(
        &self,
        provider: ProviderId,
        id: &str,
        run: DispatchId,
    ) -> Option<DispatchId> {
        let known = self.given.get(&(provider, plain_id(id).to_owned()))?;
        known.iter().copied().find(|known| *known != run)
    }

    /// Another run than `run` that is not decided, and in the unclear answer to which this id stood.
    pub(in crate::orders) fn seen_of_another(
        &self,
        provider: ProviderId,
        id: &str,
        run: DispatchId,
    ) -> Option<DispatchId> {
        let seen = self.seen.get(&(provider, plain_id(id).to_owned()))?;
        seen.iter().copied().find(|seen| *seen != run)
    }

    /// Notes that a run has an id from now on.
    pub(in crate::orders) fn add(&mut self, provider: ProviderId, id: &str, run: DispatchId) {
        let known = self.given.entry((provider, plain_id(id).to_owned()));
        known.or_default().push(run);
    }
}
