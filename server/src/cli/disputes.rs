//! `dispute`: what customers say is wrong about a charge, the records, the decision.

use anyhow::{Context, Result};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::accounts::find;
use super::inspect::utc;
use super::table::{ListForm, Table};
use crate::disputes::rules::DisputeState;
use crate::disputes::{self, Decision, Dispute, Search};
use crate::ids::DisputeId;
use crate::money::Money;
use crate::panel::Panel;

#[derive(Subcommand)]
pub(super) enum DisputeCommand {
    /// List disputes that wait for a decision, oldest first
    List {
        /// Only those of this account
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
        /// Those that were decided too
        #[arg(long)]
        all: bool,
        #[command(flatten)]
        form: ListForm,
    },
    /// Print the evidence of a dispute as JSON, with its SHA-256
    Evidence {
        /// The dispute's number
        id: i64,
    },
    /// Decide a dispute; final
    Decide(Decide),
}

#[derive(Args)]
#[command(group(ArgGroup::new("outcome").required(true)))]
pub(super) struct Decide {
    /// The dispute's number
    id: i64,
    /// Refund what is claimed, or what is left of the charge if that is less
    #[arg(long, group = "outcome")]
    uphold: bool,
    /// Refund this much, in USD
    #[arg(long, value_name = "AMOUNT", group = "outcome", value_parser = Money::parse)]
    refund: Option<Money>,
    /// Refund nothing
    #[arg(long, group = "outcome")]
    reject: bool,
    /// Why, for the customer and the audit log
    #[arg(long)]
    reason: String,
}

pub(super) async fn dispute(panel: &Panel, command: DisputeCommand) -> Result<()> {
    match command {
        DisputeCommand::List { account, all, form } => {
            let account = match account {
                Some(name) => Some(find(panel, &name).await?.id),
                None => None,
            };
            let search = Search {
                account,
                state: (!all).then_some(DisputeState::Open),
                ..Search::default()
            };
            let found = disputes::list(&panel.db, search, DisputeId(0), usize::MAX).await?;
            let mut table = Table::new([
                "dispute_id",
                "state",
                "reason",
                "amount",
                "order_id",
                "account_id",
                "refunded",
                "created_at",
                "description",
            ]);
            for dispute in found {
                table.push(row(dispute));
            }
            table.print(form, "There is nothing to decide.");
        }
        DisputeCommand::Evidence { id } => {
            let evidence = disputes::evidence(panel, None, DisputeId(id)).await;
            let evidence = evidence.with_context(|| format!("dispute {id}"))?;
            let document = serde_json::json!({
                "sha256": evidence.sha256,
                "kept": evidence.is_kept,
                "bundle": evidence.bundle,
            });
            anstream::println!("{document:#}");
        }
        DisputeCommand::Decide(decide) => {
            let decision = match (decide.refund, decide.uphold) {
                (Some(amount), _) => Decision::Uphold(Some(amount)),
                (None, true) => Decision::Uphold(None),
                (None, false) => Decision::Reject,
            };
            let (actor, id) = (super::actor(), DisputeId(decide.id));
            let decided = disputes::decide(panel, &actor, id, decision, &decide.reason).await;
            let decided = decided.with_context(|| format!("dispute {id}"))?;
            anstream::println!("{}", line(&decided));
        }
    }
    Ok(())
}

fn row(dispute: Dispute) -> [Value; 9] {
    let refunded = dispute.decided.and_then(|decided| decided.refunded);
    [
        json!(dispute.id.0),
        json!(dispute.state.to_string()),
        json!(dispute.filed.reason.to_string()),
        json!(dispute.filed.amount.to_string()),
        json!(dispute.order.0),
        json!(dispute.account.0),
        json!(refunded.map(|amount| amount.to_string())),
        json!(dispute.created_at.to_string()),
        json!(dispute.filed.description),
    ]
}

fn line(dispute: &Dispute) -> String {
    let refunded = match dispute
        .decided
        .as_ref()
        .and_then(|decided| decided.refunded)
    {
        Some(amount) => format!(", {amount} USD refunded"),
        None => String::new(),
    };
    format!(
        "dispute {:>5}  {:<8} {:<13} {} USD of order {}, account {}{refunded}  {}  {:?}",
        dispute.id.to_string(),
        dispute.state,
        dispute.filed.reason,
        dispute.filed.amount,
        dispute.order,
        dispute.account,
        utc(dispute.created_at),
        dispute.filed.description,
    )
}
