//! What holds for many calls at once: a page on each.

#[doc = include_str!("../guide/paging.md")]
pub mod paging {}

#[doc = include_str!("../guide/retries.md")]
pub mod retries {}

#[doc = include_str!("../guide/idempotency.md")]
pub mod idempotency {}

#[doc = include_str!("../guide/money.md")]
pub mod money {}

#[doc = include_str!("../guide/compatibility.md")]
pub mod compatibility {}
