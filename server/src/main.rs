//! The `smm-panel` command.

use std::process::ExitCode;

/// Gives memory back to the system when a burst of large requests is over; the system's own keeps it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    smm_panel_server::cli::run(std::env::args_os())
}
