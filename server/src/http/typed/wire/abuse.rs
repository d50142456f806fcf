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
     orders on one link. `cancel_loop`: orders are canceled as fast as they are placed. \
     `refund_farming`: more comes back than from others who order the same. `price_racing`: orders that \
     only exist because a price was about to change. `polling`: asking far more often than anything \
     changes. `double_submit`: the same order twice within seconds. `deposit_abuse`: false callbacks, \
     or payments in crumbs. `dispute_abuse`: disputes as a habit. `hostile_links`: links that no \
     honest software sends.",
    Detector::ALL.iter()
);
words!(
    Action,
    "AbuseAction",
    "From the mildest to the strongest. `remark`: a remark on the account, which is never said of a \
     case. `observe`: nothing but the case. `throttle`: the key has a \
     quarter of its limits for a while. `pause_service`: the service is not sold. `hold`: new orders \
     of the account are charged, and wait for a person before they are sent. `block_network`: the \
     network is answered with 429 for a while. `block_key`: the key is not good.",
    Action::ALL.iter()
);
words!(
    CaseState,
    "CaseState",
    "`open`: nobody has decided it. `released`: it was no abuse, and what was done is undone. \
     `confirmed`: it was abuse.",
    CaseState::ALL.iter()
);
