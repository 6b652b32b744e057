//! What the last look at an authority gives to warn about, beside its certificates.

use domain::{
    Timestamp,
    warning::{Check, Matter, WarningKind},
};

/// Sentences of a handshake that showed a certificate.
const SHOWN: [&str; 2] = ["test-tls-good", "test-tls-expiring"];
/// The sentence of a certificate that has ended: nobody speaks to that server.
const EXPIRED: &str = "test-tls-expired";
/// Sentences of a revocation list that was read.
const READ: [&str; 2] = ["test-revocation-good", "test-revocation-endless"];
/// The sentence of one that is over.
const STALE: &str = "test-revocation-stale";
/// Seconds for which a restart is told of.
const RESTART_SECONDS: i64 = 86_400;

/// What there is to warn about.
pub(super) fn matters(checks: &[Check], restarted: Option<Timestamp>, now: Timestamp) -> Vec<Matter> {
    let mut matters: Vec<Matter> = Vec::new();
    for check in checks {
        let value = |name: &str| check.values.get(name).cloned().unwrap_or_default();
        let matter = match check.key.as_str() {
            key if SHOWN.contains(&key) => {
                let ends = value("ends").parse().map(Timestamp::from_milliseconds).ok();
                ends.and_then(|ends| Matter::of_tls(&value("sha256"), &value("subject"), ends, now))
            }
            EXPIRED => Some(Matter {
                about: value("place"),
                values: check.values.clone(),
                ..Matter::of(WarningKind::TlsExpired)
            }),
            STALE => Some(Matter {
                about: value("url"),
                values: check.values.clone(),
                ..Matter::of(WarningKind::RevocationStale)
            }),
            _ => None,
        };
        // One certificate may serve both addresses.
        matters.extend(matter.filter(|new| !matters.iter().any(|known| known.is_same(new))));
    }
    if let Some(at) = restarted.filter(|at| now < at.plus_seconds(RESTART_SECONDS)) {
        matters.push(Matter {
            about: at.to_rfc3339(),
            ..Matter::of(WarningKind::RestartSeen)
        });
    }
    matters
}

/// Whether the last look says anything about this. One that found nobody ends no warning, or the same would be raised
/// and told again when somebody answers.
pub(super) fn is_known(kind: WarningKind, checks: &[Check]) -> bool {
    let has = |keys: &[&str]| checks.iter().any(|check| keys.contains(&check.key.as_str()));
    match kind {
        WarningKind::TlsExpired | WarningKind::TlsExpiring => has(&SHOWN) || has(&[EXPIRED]),
        WarningKind::RevocationStale => has(&READ) || has(&[STALE, "test-revocation-none"]),
        // A look says nothing of who holds challenges, nor of devices.
        WarningKind::SlotsSilent | WarningKind::IdentitiesLate | WarningKind::DevicesSilent => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(key: &str, values: &[(&str, &str)]) -> Check {
        Check {
            step: key.to_owned(),
            result: "good".to_owned(),
            key: key.to_owned(),
            values: values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            milliseconds: 1,
            at: Timestamp::default(),
            since: Timestamp::default(),
        }
    }

    #[test]
    fn one_certificate_at_two_addresses_is_warned_about_once() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let ends = now.plus_seconds(20 * 86_400).milliseconds().to_string();
        let shown = check(
            "test-tls-expiring",
            &[("sha256", "aa"), ("subject", "CN=ndes"), ("ends", &ends)],
        );
        let raised = matters(&[shown.clone(), shown], None, now);
        assert_eq!(raised.len(), 1);
        let matter = raised.first().unwrap();
        assert_eq!((matter.kind, matter.threshold), (WarningKind::TlsExpiring, 30));
        assert_eq!(matter.values.get("subject").unwrap(), "CN=ndes");
    }

    #[test]
    fn a_look_that_found_nobody_ends_no_warning_of_a_server_or_a_list() {
        let silent = [check("test-connection-refused", &[])];
        for kind in [
            WarningKind::TlsExpiring,
            WarningKind::TlsExpired,
            WarningKind::RevocationStale,
        ] {
            assert!(!is_known(kind, &silent), "{kind:?}");
        }
        assert!(!is_known(WarningKind::SlotsSilent, &silent));
        assert!(is_known(WarningKind::AuthorityDown, &silent));
        assert!(is_known(WarningKind::TlsExpiring, &[check("test-tls-good", &[])]));
        assert!(is_known(
            WarningKind::RevocationStale,
            &[check("test-revocation-good", &[])]
        ));
    }

    #[test]
    fn a_restart_is_told_of_for_a_day() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let told = |seconds: i64| matters(&[], Some(now.plus_seconds(-seconds)), now).len();
        assert_eq!((told(60), told(86_400)), (1, 0));
    }
}
