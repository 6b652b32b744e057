//! The settings of a provisioning document: renewal, and the DM client.

use super::{Characteristic, Refusal, refuse};
use crate::device::tree::Format;

type Nodes = Vec<(String, Format, String)>;

const RENEWAL: [(&str, Format); 4] = [
    ("ServerURL", Format::Chr),
    ("ROBOSupport", Format::Bool),
    ("RenewPeriod", Format::Int),
    ("RetryInterval", Format::Int),
];

const CLIENT: [(&str, Format); 5] = [
    ("UPN", Format::Chr),
    ("EntDeviceName", Format::Chr),
    ("EntDMID", Format::Chr),
    ("SyncApplicationVersion", Format::Chr),
    ("RequireMessageSigning", Format::Bool),
];

const POLL: [(&str, Format); 8] = [
    ("NumberOfFirstRetries", Format::Int),
    ("IntervalForFirstSetOfRetries", Format::Int),
    ("NumberOfSecondRetries", Format::Int),
    ("IntervalForSecondSetOfRetries", Format::Int),
    ("NumberOfRemainingScheduledRetries", Format::Int),
    ("IntervalForRemainingScheduledRetries", Format::Int),
    ("PollOnLogin", Format::Bool),
    ("AllUsersPollOnFirstLogin", Format::Bool),
];

/// `CertificateStore/My/WSTEP/Renew`.
pub(super) fn renewal(stores: &[&Characteristic]) -> Result<Nodes, Refusal> {
    let mut nodes = Nodes::new();
    let mine = stores.iter().flat_map(|store| store.named("My"));
    for part in mine
        .flat_map(|my| my.named("WSTEP"))
        .flat_map(|wstep| &wstep.parts)
    {
        if part.kind != "Renew" {
            return Err(refuse(format!("WSTEP/{} isn't WSTEP/Renew", part.kind)));
        }
        take(
            part,
            &RENEWAL,
            "./Vendor/MSFT/CertificateStore/My/WSTEP/Renew",
            &mut nodes,
        )?;
    }
    Ok(nodes)
}

/// `DMClient/Provider/{ProviderID}`, whose id must be the APPLICATION's.
pub(super) fn client(client: &Characteristic, provider_id: &str) -> Result<Nodes, Refusal> {
    let mut nodes = Nodes::new();
    for provider in client.named("Provider").flat_map(|provider| &provider.parts) {
        if provider.kind != provider_id {
            return Err(refuse(format!(
                "ProviderID {} isn't PROVIDER-ID {provider_id}",
                provider.kind
            )));
        }
        let root = format!("./Vendor/MSFT/DMClient/Provider/{provider_id}");
        take(provider, &CLIENT, &root, &mut nodes)?;
        for poll in provider.named("Poll") {
            schedule(poll)?;
            take(poll, &POLL, &format!("{root}/Poll"), &mut nodes)?;
        }
    }
    Ok(nodes)
}

/// Microsoft, DMClient CSP: with all intervals at zero the outcome isn't defined.
fn schedule(poll: &Characteristic) -> Result<(), Refusal> {
    let intervals: Vec<&str> = poll
        .values
        .iter()
        .filter(|value| value.name.starts_with("IntervalFor"))
        .filter_map(|value| value.value.as_deref())
        .collect();
    let is_never = intervals.len() == 3 && intervals.iter().all(|interval| *interval == "0");
    if is_never {
        Err(refuse("the poll schedule has no interval"))
    } else {
        Ok(())
    }
}

fn take(
    part: &Characteristic,
    known: &[(&str, Format)],
    root: &str,
    nodes: &mut Nodes,
) -> Result<(), Refusal> {
    for value in &part.values {
        let spelt = known
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(&value.name));
        match spelt {
            Some((name, format)) if *name == value.name => {
                nodes.push((format!("{root}/{name}"), *format, value.typed(*format)?));
            }
            Some((name, _)) => return Err(refuse(format!("{} is written {name}", value.name))),
            // Nodes that the laboratory doesn't have.
            None => {}
        }
    }
    Ok(())
}
