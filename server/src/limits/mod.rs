//! How much somebody may ask for, and who is not answered at all for a while.

mod quota;
mod tier;

pub use quota::{Quota, Quotas};
pub use tier::{Allowance, Kind, LimitTier, RESELLER, STARTER, constant};
