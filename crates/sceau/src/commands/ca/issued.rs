//! The ledger on the command line.

use domain::{actor::Actor, external_ca::Authority};

use crate::{actions::built_in, app::Shared};

/// Lines read at once.
const PAGE: u32 = 500;

/// A line for each: identifier, state, serial number, end, subject.
#[allow(clippy::print_stdout, reason = "this is the command's answer")]
pub async fn list(app: &Shared, actor: &Actor, authority: &Authority) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = built_in::issuances(app, actor, &authority.id, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.id.clone());
        for issuance in page {
            let state = match issuance.revoked {
                Some(revoked) => format!("revoked ({})", revoked.reason.name()),
                None => issuance.state.name().to_owned(),
            };
            println!(
                "{}\t{state}\t{}\t{}\t{}",
                issuance.id,
                issuance.serial,
                issuance.not_after.to_rfc3339(),
                issuance.wanted.subject
            );
        }
    }
}
