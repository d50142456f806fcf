//! How the program's own types are stored: money, rates, times and ids as 64-bit integers,
//! closed sets of words as text.

use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{
    ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value,
};

use crate::abuse::cases::CaseState;
use crate::abuse::findings::{Action, Detector};
use crate::actor::Role;
use crate::catalog::sync::{DifferenceKind, DifferenceState};
use crate::catalog::{ServicePause, ServiceState};
use crate::clock::Time;
use crate::deposits::rules::{DepositStatus, ReviewReason, ReviewState};
use crate::disputes::rules::{DisputeReason, DisputeState};
use crate::gateway::{GatewayName, PaymentStatus};
use crate::ids::{
    AccountId, AlertId, CaseId, ChargebackId, CountCheckId, DepositId, DepositReviewId, DispatchId,
    DisputeId, KeyId, MailId, NoticeId, OrderId, PaymentId, PhraseDecisionId, PhraseId, ProposalId,
    ProviderId, RefillDispatchId, RefillId, RefundId, ServiceId, SessionId, SuspensionId, TicketId,
    TierId, TransactionId,
};
use crate::limits::LimitTier;
use crate::money::{Money, Percent, Rate};
use crate::orders::rules::{DispatchState, OrderStatus, RefundReason};
use crate::orders::told::Cause;
use crate::phrases::{self, DecisionState, PhraseKind};
use crate::protocol::ServiceType;
use crate::refills::automatic::NotFiled;
use crate::refills::rules::{RefillState, RefillStatus};
use crate::suspensions::rules::SuspensionKind;
use crate::tickets::rules::{TicketOutcome, TicketState};
use crate::wallet::Destination;

/// Stores `$type` as `$stored`: `$to` gives the stored value, `$from` reads it or gives `None`.
macro_rules! column {
    ($type:ty, $stored:ty, $array:ident, $column:expr, $to:expr, $from:expr) => {
        impl From<$type> for Value {
            fn from(value: $type) -> Value {
                let to: fn($type) -> $stored = $to;
                to(value).into()
            }
        }

        impl TryGetable for $type {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                let from: fn($stored) -> Option<$type> = $from;
                let stored = <$stored as TryGetable>::try_get_by(row, index)?;
                from(stored).ok_or_else(|| {
                    TryGetError::DbErr(DbErr::Type(concat!("not a ", stringify!($type)).to_owned()))
                })
            }
        }

        impl ValueType for $type {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                let from: fn($stored) -> Option<$type> = $from;
                from(<$stored as ValueType>::try_from(value)?).ok_or(ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($type).to_owned()
            }

            fn array_type() -> ArrayType {
                ArrayType::$array
            }

            fn column_type() -> ColumnType {
                $column
            }
        }

        impl Nullable for $type {
            fn null() -> Value {
                <$stored as Nullable>::null()
            }
        }

        impl IntoActiveValue<$type> for $type {
            fn into_active_value(self) -> sea_orm::ActiveValue<$type> {
                sea_orm::ActiveValue::Set(self)
            }
        }
    };
}

macro_rules! id_columns {
    ($($id:ident),+) => {$(
        column!($id, i64, BigInt, ColumnType::BigInteger, |id| id.0, |id| Some($id(id)));

        impl TryFromU64 for $id {
            fn try_from_u64(n: u64) -> Result<Self, DbErr> {
                i64::try_from_u64(n).map($id)
            }
        }
    )+};
}

macro_rules! word_columns {
    ($($word:ty),+) => {$(
        column!($word, String, String, ColumnType::Text,
            |value| value.word().to_owned(), |text| <$word>::from_word(&text));
    )+};
}

column!(
    Money,
    i64,
    BigInt,
    ColumnType::BigInteger,
    Money::nano,
    |n| Some(Money::from_nano(n))
);
column!(
    Rate,
    i64,
    BigInt,
    ColumnType::BigInteger,
    Rate::micro,
    |n| Some(Rate::from_micro(n))
);
column!(
    Percent,
    i64,
    BigInt,
    ColumnType::BigInteger,
    Percent::hundredths,
    Percent::from_hundredths
);
column!(Time, i64, BigInt, ColumnType::BigInteger, Time::ms, |n| {
    Some(Time::from_ms(n))
});
id_columns!(
    AccountId,
    CaseId,
    TicketId,
    CountCheckId,
    DepositId,
    DepositReviewId,
    AlertId,
    PaymentId,
    PhraseDecisionId,
    PhraseId,
    KeyId,
    MailId,
    SessionId,
    NoticeId,
    ServiceId,
    OrderId,
    ProviderId,
    DispatchId,
    DisputeId,
    RefillId,
    RefillDispatchId,
    RefundId,
    SuspensionId,
    ChargebackId,
    TierId,
    ProposalId,
    TransactionId
);
word_columns!(
    Action,
    CaseState,
    Cause,
    DecisionState,
    PhraseKind,
    phrases::Deed,
    Detector,
    DepositStatus,
    GatewayName,
    LimitTier,
    PaymentStatus,
    ReviewReason,
    ReviewState,
    DifferenceKind,
    DifferenceState,
    Destination,
    NotFiled,
    DisputeReason,
    DisputeState,
    TicketOutcome,
    TicketState,
    OrderStatus,
    DispatchState,
    RefundReason,
    RefillState,
    RefillStatus,
    Role,
    ServicePause,
    ServiceState,
    ServiceType,
    SuspensionKind
);
