//! Writes or checks the OpenAPI documents and the client that is generated from them.

use std::process::ExitCode;

use clap::Parser;

/// The OpenAPI documents of smm-panel (openapi/panel.json, customer.json, operator.json, sdk.json) and the
/// client that is generated from the last (sdk/src/generated.rs).
#[derive(Parser)]
#[command(name = "openapi")]
enum Command {
    /// Write the documents and the client from the server's code
    Generate,
    /// Fail, with the differences, if they are not what the server's code says
    Check,
}

fn main() -> anyhow::Result<ExitCode> {
    match Command::parse() {
        Command::Generate => {
            let changed = openapi::write()?;
            if changed.is_empty() {
                println!("nothing has changed");
            }
            changed.iter().for_each(|path| println!("wrote {path}"));
        }
        Command::Check => {
            let differences = openapi::check()?;
            if !differences.is_empty() {
                print!("{differences}");
                eprintln!("\nThe documents have drifted: run `cargo run -p openapi -- generate`.");
                return Ok(ExitCode::FAILURE);
            }
            println!("the documents and the client are what the code says");
        }
    }
    Ok(ExitCode::SUCCESS)
}
