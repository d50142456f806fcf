//! What `smm-panel demo` shows, and the provider it shows it with.

pub mod provider;

mod story;

pub use story::{Options, run};
