//! The limit of open files, which bounds the connections that there can be.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is asked for where the system sets no bound.
const ENOUGH: u64 = 65_536;

/// Raises this process's limit of open files as far as it may, and gives it.
pub(crate) fn files_max() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let hard = limit.maximum.unwrap_or(ENOUGH);
    let now = limit.current.unwrap_or(ENOUGH);
    let wanted = hard.min(ENOUGH).max(now);
    let raised = Rlimit {
        current: Some(wanted),
        maximum: limit.maximum,
    };
    let files = if wanted == now || setrlimit(Resource::Nofile, raised).is_ok() {
        wanted
    } else {
        now
    };
    usize::try_from(files).unwrap_or(usize::MAX)
}
