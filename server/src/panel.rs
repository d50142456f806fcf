//! One panel: what every operation needs at hand.

use std::sync::Arc;

use sea_orm::DbErr;
use secrecy::ExposeSecret;

use crate::abuse::Abuse;
use crate::accounts::{self, Gate};
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::db::{Db, Tx, query};
use crate::error::{Failure, Result};
use crate::gateway::{self, Gateway};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::orders;
use crate::phrases::Phrasebook;
use crate::secrets::{Secrets, SecretsError};
use crate::set_back::Watch;
use crate::smtp::Smtp;
use crate::tickets::Pictures;

/// The database, the clock, the settings and the secrets of one panel. Cheap to clone.
#[derive(Clone)]
pub struct Panel {
    /// The database.
    pub db: Db,
    /// The only "now".
    pub clock: Clock,
    /// The settings.
    pub config: Arc<Config>,
    /// The pepper of keys and the key that seals secrets.
    pub secrets: Arc<Secrets>,
    /// This panel's name in the `request_id`s it sends to providers: random, made once, kept in
    /// the database, so that two panels that use one provider account never share an id.
    pub instance: Arc<str>,
    /// What is measured; nothing unless `metrics_listen` is set.
    pub metrics: Metrics,
    /// The payment gateway, if there is one.
    pub gateway: Option<Arc<dyn Gateway>>,
    /// The mail server, if there is one.
    pub(crate) smtp: Option<Arc<Smtp>>,
    /// What is kept in memory about those who ask to be let in.
    pub(crate) gate: Arc<Gate>,
    /// How much may be asked for.
    pub(crate) limits: Arc<Limits>,
    /// What this server notices of abuse.
    pub abuse: Arc<Abuse>,
    /// What draws screenshots anew.
    pub(crate) pictures: Pictures,
    /// What providers' sentences mean, in memory.
    pub(crate) phrasebook: Arc<Phrasebook>,
    /// Whether the clock was set back.
    pub(crate) watch: Arc<Watch>,
}

impl Panel {
    /// A panel on an open database whose schema is current.
    pub async fn open(db: Db, clock: Clock, config: Config, secrets: Secrets) -> Result<Panel> {
        let instance = instance(&db, &secrets).await?.into();
        let metrics = Metrics::new(config.metrics_listen.is_some());
        let gate = Arc::new(Gate::new(&config, &clock));
        let limits = Arc::new(Limits::new(&config, &clock));
        let abuse = Arc::new(Abuse::new(&clock, &metrics));
        let (config, secrets) = (Arc::new(config), Arc::new(secrets));
        let gateway = gateway::of(&config)?;
        let smtp = Smtp::of(&config)?.map(Arc::new);
        let phrasebook = Arc::new(Phrasebook::open(&db).await?);
        let panel = Panel {
            db,
            clock,
            config,
            secrets,
            instance,
            metrics,
            gateway,
            smtp,
            gate,
            limits,
            abuse,
            pictures: Pictures::new(),
            phrasebook,
            watch: Arc::new(Watch::new()),
        };
        panel.follow_clock().await?;
        accounts::key_names(&panel.db, panel.now()).await?;
        Ok(panel)
    }

    /// The same panel as another server has it: with its own connections, and with nothing in memory.
    pub fn beside(&self, db: Db) -> Panel {
        Panel {
            db,
            gate: Arc::new(Gate::new(&self.config, &self.clock)),
            limits: Arc::new(Limits::new(&self.config, &self.clock)),
            abuse: Arc::new(Abuse::new(&self.clock, &self.metrics)),
            phrasebook: Arc::new(self.phrasebook.beside()),
            watch: Arc::new(Watch::new()),
            ..self.clone()
        }
    }

    /// The present time.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Sets the clock to the database's, where several servers may share one.
    pub(crate) async fn follow_clock(&self) -> Result<()> {
        let asked = self.clock.now();
        if let Some(theirs) = self.db.now().await? {
            let off = self.clock.follow(theirs, asked, self.clock.now());
            if off.abs() > WORTH_TELLING_MS {
                tracing::warn!("the clock of this machine is {off} ms off the database's");
            }
        }
        Ok(())
    }
}

/// The secrets of the panel on `db`: those of the settings or of the secrets file, which is made only
/// while the database has no rows. What is in it belongs to secrets that exist already.
pub async fn secrets_of(db: &Db, config: &Config) -> std::result::Result<Secrets, SecretsError> {
    match has_rows(db).await? {
        true => Secrets::load(config),
        false => Secrets::load_or_create(config),
    }
}

/// The same to open what is sealed on `db`: nothing is made. Without rows nothing is sealed, and any
/// secrets will do.
pub async fn secrets_to_read(
    db: &Db,
    config: &Config,
) -> std::result::Result<Secrets, SecretsError> {
    match has_rows(db).await? {
        true => Secrets::load(config),
        false => Ok(Secrets::ephemeral()),
    }
}

/// Whether anything may have been sealed or digested: the panel has its own row, or somebody else has.
async fn has_rows(db: &Db) -> std::result::Result<bool, DbErr> {
    let sql = "SELECT 1 FROM panel UNION ALL SELECT 1 FROM accounts \
               UNION ALL SELECT 1 FROM providers LIMIT 1";
    Ok(!query(db.read(), sql, []).await?.is_empty())
}

/// Gives the panel another name, new and random, in its own row. Gives the name before and the new one.
pub(crate) async fn rename_in_tx(tx: &Tx, secrets: &Secrets) -> Result<(String, String)> {
    use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

    use crate::entity::panel;

    let row = panel::Entity::find().one(tx).await?;
    let row = row.ok_or_else(|| Failure::Stored("the panel has no row of its own".to_owned()))?;
    let (before, instance) = (row.instance.clone(), new_name());
    let changed = panel::ActiveModel {
        seal: Set(secrets.seal(SEAL, &proof(secrets, &instance))),
        instance: Set(instance.clone()),
        ..row.into_active_model()
    };
    changed.update(tx).await?;
    Ok((before, instance))
}

/// By how much a machine's clock may differ from the database's without a word about it.
const WORTH_TELLING_MS: i64 = 1_000;

/// Where the panel's own row keeps its proof of the secrets.
const SEAL: &str = "panel|seal|1";

/// A name that no panel has.
fn new_name() -> String {
    hex::encode(rand::random::<[u8; 8]>())
}

/// What is sealed in the row of a panel of that name.
fn proof(secrets: &Secrets, instance: &str) -> String {
    hex::encode(secrets.digest_key(instance))
}

/// The panel's name from its own row, which is written on the first start. The row also proves
/// that `secrets` are those of this database: with others, every API key would be unknown.
async fn instance(db: &Db, secrets: &Secrets) -> Result<String> {
    use sea_orm::sea_query::OnConflict;
    use sea_orm::{ActiveValue::Set, EntityTrait};

    use crate::entity::panel;

    // Read beside all writers: a command that only looks waits for none of them.
    if let Some(row) = panel::Entity::find().one(db.read()).await? {
        if secrets.open(SEAL, &row.seal)?.expose_secret() != proof(secrets, &row.instance) {
            return Err(Failure::from(SecretsError::OtherPepper).into());
        }
        return Ok(row.instance);
    }
    let tx = db.begin().await?;
    let instance = new_name();
    let row = panel::ActiveModel {
        id: Set(1),
        seal: Set(secrets.seal(SEAL, &proof(secrets, &instance))),
        instance: Set(instance),
        catalog_version: Set(1),
        link_rules: Set(orders::link_rules()),
        links_keyed: Set(orders::link_rules()),
        phrases_version: Set(1),
    };
    // Of several servers that start at once on an empty database, one writes the row.
    let alone = OnConflict::column(panel::Column::Id)
        .do_nothing()
        .to_owned();
    panel::Entity::insert(row)
        .on_conflict(alone)
        .exec_without_returning(&tx)
        .await?;
    tx.commit().await?;
    Box::pin(self::instance(db, secrets)).await
}
