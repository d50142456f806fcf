//! The program that stories run as a process of its own.
//!
//! With `stand-still` it is a panel whose clock stands until it is told, see `harness::standing`. With
//! anything else it is `smm-panel`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match harness::standing::asked() {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(fault)) => {
            eprintln!("{fault:#}");
            ExitCode::FAILURE
        }
        None => {
            harness::standing::die_as_asked();
            smm_panel_server::cli::run(std::env::args_os())
        }
    }
}
