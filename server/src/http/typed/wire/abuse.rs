//! The words of cases of abuse.

use super::{
    Cow, MetaSchema, MetaSchemaRef, ParseError, ParseFromJSON, ParseFromParameter, ParseResult,
    Registry, Serialize, Serializer, ToJSON, Type, Value,
};
use crate::abuse::cases::CaseState;
use crate::abuse::findings::{Action, Detector};

words!(
    Detector,
    "Detector",
    "`key_stuffing`: keys are being guessed. `leaked_key`: a key is used from many places, or by others \
     than before. `foreign_ids`: ids of other accounts are being tried. `shared_link`: many active \
     orders are on one link. `cancel_loop`: orders are canceled as fast as they are placed. \
     `refund_farming`: more is refunded than to others who order the same. `price_racing`: orders are \
     placed only because a price is about to change. `polling`: requests come far more often than \
     anything changes. `double_submit`: the same order is placed twice within seconds. `deposit_abuse`: \
     callbacks are false, or payments come in many small parts. `dispute_abuse`: disputes are opened \
     habitually. `hostile_links`: links are sent that no honest software sends.",
    Detector::ALL.iter()
);
words!(
    Action,
    "AbuseAction",
    "The actions, from the mildest to the strongest. `remark`: a remark is written on the account, \
     which is never done for a case. `observe`: a case is opened, and nothing else is done. `throttle`: \
     the key has a quarter of its limits for a while. `pause_service`: the service is not sold. `hold`: \
     new orders of the account are charged, and wait for a person before they are sent. \
     `block_network`: the network is answered with 429 for a while. `block_key`: the key is refused.",
    Action::ALL.iter()
);
words!(
    CaseState,
    "CaseState",
    "`open`: it was not decided yet. `released`: it was no abuse, and what was done is undone. \
     `confirmed`: it was abuse.",
    CaseState::ALL.iter()
);
