//! certmonger, a SCEP client that nobody here wrote, on a session bus of its own and with all its state in
//! one folder. Debian packages: `certmonger`, `dbus-daemon`, `dbus-bin`.
#![allow(dead_code, unreachable_pub, reason = "each test uses its own part")]

use std::path::Path;

use super::program;

/// Starts the daemon, makes it know the CA at `$1`, asks for one certificate for `CN=$2` with challenge `$3`, and
/// prints what became of it. Every wait is bounded.
const SCRIPT: &str = include_str!("../../../../tests/certmonger.sh");

/// One enrolment from `folder`; afterwards `key.pem` and, when it was issued, `cert.pem` lie there. The text is
/// what `getcert list` says of it.
pub async fn enrol(folder: &Path, scep_url: &str, common_name: &str, challenge: &str) -> String {
    for needed in ["dbus-run-session", "dbus-send", "certmonger", "getcert"] {
        let (is_there, _) = program(folder, "sh", &["-c", &format!("command -v {needed}")]).await;
        assert!(
            is_there,
            "the tests need {needed} (Debian: certmonger, dbus-daemon, dbus-bin)"
        );
    }
    let session = [
        "--",
        "sh",
        "-c",
        SCRIPT,
        "enrol",
        scep_url,
        common_name,
        challenge,
    ];
    let (is_content, text) = program(folder, "dbus-run-session", &session).await;
    let log = std::fs::read_to_string(folder.join("certmonger.log")).unwrap_or_default();
    assert!(is_content, "{text}\n{log}");
    text
}
