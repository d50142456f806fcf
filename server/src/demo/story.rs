//! stub
use crate::config::Config;
use std::process::ExitCode;
/// x
#[derive(clap::Args)]
pub struct Options {}
/// x
pub async fn run(_: Config, _: Options) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
