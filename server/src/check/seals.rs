//! What is sealed under the master key: each text opens with the secrets that the panel runs with. The
//! places are written here once more, so that a mistake in them elsewhere is found. Opening is the one
//! thing that the checker leaves to the server's own code; what was opened is dropped at once.

use sea_orm::{DbErr, QueryResult};
use secrecy::ExposeSecret;

use super::OPENS;
use super::rows::{Cursor, Inspector, Row};
use crate::secrets::Secrets;

/// A row that may hold a sealed text.
trait Sealed: Row {
    /// What the row is called.
    const NAME: &'static str;
    /// Where the text is stored, as it is sealed in; the id follows.
    const PLACE: &'static str;
    /// The row's id, and the sealed text if it has one.
    fn sealed(&self) -> (i64, Option<&str>);
}

/// A row of a table with at most one sealed text in each.
macro_rules! sealed_rows {
    ($($row:ident: $name:literal, $table:literal, $column:literal;)+) => {$(
        struct $row(i64, Option<String>);

        impl Row for $row {
            const TABLE: &'static str = $table;
            const SELECT: &'static str = concat!("SELECT id, ", $column, " FROM ", $table);
            const KEY: &'static [&'static str] = &["id"];

            fn read(row: &QueryResult) -> Result<$row, DbErr> {
                Ok($row(row.try_get("", "id")?, row.try_get("", $column)?))
            }

            fn key(&self) -> [i64; 2] {
                [self.0, 0]
            }
        }

        impl Sealed for $row {
            const NAME: &'static str = $name;
            const PLACE: &'static str = concat!($table, "|", $column, "|");

            fn sealed(&self) -> (i64, Option<&str>) {
                (self.0, self.1.as_deref())
            }
        }
    )+};
}

sealed_rows! {
    ProviderKey: "provider", "providers", "key_sealed";
    AuthenticatorSeed: "account", "accounts", "totp_sealed";
}

/// Checks every sealed text, and that API keys were digested under the pepper of `secrets`.
pub(super) async fn inspect(inspector: &mut Inspector<'_>, secrets: &Secrets) -> Result<(), DbErr> {
    let sql = "SELECT id, instance, seal FROM panel ORDER BY id";
    for row in inspector.query(sql, []).await? {
        let id: i64 = row.try_get("", "id")?;
        let (instance, seal): (String, String) =
            (row.try_get("", "instance")?, row.try_get("", "seal")?);
        let wrong = match secrets.open(&format!("panel|seal|{id}"), &seal) {
            Err(no) => Some(no.to_string()),
            Ok(proof) => {
                let is_own = proof.expose_secret() == hex::encode(secrets.digest_key(&instance));
                (!is_own).then(|| "API keys were digested under another pepper".to_owned())
            }
        };
        if let Some(what) = wrong {
            let row = format_args!("panel {id}");
            inspector.report.add(OPENS, row, format_args!("{what}"));
        }
    }
    inspect_table::<ProviderKey>(inspector, secrets).await?;
    inspect_table::<AuthenticatorSeed>(inspector, secrets).await
}

async fn inspect_table<S: Sealed>(
    inspector: &mut Inspector<'_>,
    secrets: &Secrets,
) -> Result<(), DbErr> {
    let mut rows = Cursor::<S>::new();
    loop {
        let page = rows.page(inspector).await?;
        if page.is_empty() {
            return Ok(());
        }
        for row in &page {
            let (id, text) = row.sealed();
            let opened = text.map(|text| secrets.open(&format!("{}{id}", S::PLACE), text));
            if let Some(Err(no)) = opened {
                let row = format_args!("{} {id}", S::NAME);
                inspector.report.add(OPENS, row, format_args!("{no}"));
            }
        }
    }
}
