//! What operators do by hand: deposits that come another way than by a gateway, and payments that no
//! callback told of.

use serde_json::json;

use super::rules::DepositStatus;
use super::store::{self, NewCredit, payments};
use super::{Deposit, MAX_AMOUNT};
use crate::actor::{Actor, Grave};
use crate::audit::{self, Deed, Entry};
use crate::error::{Refusal, Result};
use crate::gateway::GatewayName;
use crate::ids::{AccountId, DepositId};
use crate::money::Money;
use crate::panel::Panel;
use crate::{wallet, wording};

/// Records a deposit that a person has seen arrive, such as a bank transfer, and credits it:
/// `reference` (the bank's number of it) counts once, for ever. Refused: [`Refusal::Forbidden`];
/// [`Refusal::Unknown`] without such a customer; [`Refusal::Taken`]; [`Refusal::FieldInvalid`]; what
/// [`Actor::may`] refuses.
pub async fn record_manual(
    panel: &Panel,
    actor: &Actor,
    account: AccountId,
    amount: Money,
    reference: &str,
    reason: &str,
) -> Result<Deposit> {
    actor.only_operators()?;
    let (reference, reason) = (wording::reference(reference)?, wording::reason(reason)?);
    if !amount.is_positive() || amount > MAX_AMOUNT {
        return Err(Refusal::FieldInvalid {
            field: "amount",
            expected: "above zero and at most 1000000",
        }
        .into());
    }
    let (now, gateway) = (panel.now(), GatewayName::Manual);
    let free = panel.config.everyday_credit();
    actor.may(Grave::Deposit { free }, amount, now)?;
    let tx = panel.db.begin().await?;
    let transaction = wallet::deposit_in_tx(&tx, now, account, gateway, reference, amount).await?;
    let mut deposit = Deposit {
        id: DepositId::default(),
        account,
        gateway,
        reference: reference.to_owned(),
        amount,
        coin: None,
        coin_estimate: None,
        coin_minimum: None,
        invoice: None,
        invoice_url: None,
        status: DepositStatus::Credited,
        credited: amount,
        created_at: now,
    };
    deposit.id = store::insert(&tx, &deposit, None).await?;
    let by = actor.to_string();
    let new = NewCredit {
        deposit: deposit.id,
        payment: None,
        number: 1,
        amount,
        transaction,
        decided: Some((&by, reason)),
    };
    store::insert_credit(&tx, now, &new).await?;
    let entry = Entry::new(Deed::DepositRecorded, format!("account:{account}"))
        .because(reason)
        .became(json!({
            "deposit_id": deposit.id.0,
            "amount": amount.to_string(),
            "reference": reference,
        }));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(deposit)
}

/// Has the gateway asked about a payment to a deposit, by the gateway's number of it: the payer has
/// it, and no callback came; or it names no deposit, or another one than the payment that it repeats,
/// and belongs to this one. Refused: [`Refusal::Forbidden`]; [`Refusal::Unknown`];
/// [`Refusal::Conflict`] for a manual deposit, and for a payment that belongs to another one;
/// [`Refusal::FieldInvalid`].
pub async fn add_payment(
    panel: &Panel,
    actor: &Actor,
    id: DepositId,
    gateway_payment: &str,
) -> Result<()> {
    actor.only_operators()?;
    let number = gateway_payment.trim();
    if number.is_empty() || number.len() > 64 || !number.bytes().all(|b| b.is_ascii_alphanumeric())
    {
        return Err(Refusal::FieldInvalid {
            field: "gateway_payment",
            expected: "the gateway's number of the payment",
        }
        .into());
    }
    let now = panel.now();
    let tx = panel.db.begin().await?;
    let deposit = store::deposit(&tx, id, None).await?;
    let deposit = deposit.ok_or(Refusal::Unknown { what: "deposit" })?;
    if deposit.gateway == GatewayName::Manual {
        let why = format!("deposit {id} was recorded by a person: no gateway knows of it");
        return Err(Refusal::Conflict { why }.into());
    }
    let known = payments::lock_numbered(&tx, deposit.gateway, number).await?;
    if let Some(other) = known.and_then(|row| row.deposit).filter(|of| *of != id) {
        let why = format!("payment {number} belongs to deposit {other}");
        return Err(Refusal::Conflict { why }.into());
    }
    payments::ask_about(&tx, now, deposit.gateway, number).await?;
    payments::bind(&tx, deposit.gateway, number, id).await?;
    let entry = Entry::new(Deed::PaymentAdded, format!("deposit:{id}"))
        .became(json!({"gateway_payment": number}));
    audit::record_in_tx(&tx, &panel.secrets, now, actor, entry).await?;
    tx.commit().await?;
    Ok(())
}
