//! The `smm-panel` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    smm_panel_server::cli::run(std::env::args_os())
}
