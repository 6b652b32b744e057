//! Figures as Prometheus reads them: its text format 0.0.4. No device stands in a label.

use std::fmt::Write as _;

use domain::{attempt::Asked, warning::WarningKind};

use crate::actions::figures::Figures;

/// How the text is named in its head.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A family: its name, its type, what it says, and its samples.
struct Family {
    name: &'static str,
    kind: &'static str,
    help: &'static str,
    samples: Vec<(Vec<(&'static str, String)>, f64)>,
}

impl Family {
    fn gauge(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: "gauge",
            help,
            samples: Vec::new(),
        }
    }

    fn counter(name: &'static str, help: &'static str) -> Self {
        Self {
            kind: "counter",
            ..Self::gauge(name, help)
        }
    }

    fn push(&mut self, labels: &[(&'static str, &str)], value: f64) {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.samples.push((labels.collect(), value));
    }

    fn write(&self, text: &mut String) {
        if self.samples.is_empty() {
            return;
        }
        let _ = writeln!(text, "# HELP {} {}", self.name, self.help);
        let _ = writeln!(text, "# TYPE {} {}", self.name, self.kind);
        for (labels, value) in &self.samples {
            let labels: Vec<String> = labels
                .iter()
                .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
                .collect();
            let _ = match labels.is_empty() {
                true => writeln!(text, "{} {value}", self.name),
                false => writeln!(text, "{}{{{}}} {value}", self.name, labels.join(",")),
            };
        }
    }
}

/// The text.
pub fn text(figures: &Figures) -> String {
    let mut families = vec![version()];
    families.extend(authorities(figures));
    families.extend(challenges(figures));
    families.extend(asked(figures));
    families.extend(work(figures));
    families.extend(directories(figures));
    families.extend(database(figures));
    let mut text = String::new();
    for family in &families {
        family.write(&mut text);
    }
    text
}

fn version() -> Family {
    let mut family = Family::gauge("sceau_build_info", "The version that runs.");
    family.push(&[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    family
}

fn authorities(figures: &Figures) -> Vec<Family> {
    let mut up = Family::gauge(
        "sceau_authority_up",
        "Whether the authority answered when it was looked at last.",
    );
    let mut stopped = Family::gauge(
        "sceau_authority_sign_in_stopped",
        "Whether no sign-in is tried until a person acts.",
    );
    let mut ends = Family::gauge(
        "sceau_authority_certificate_not_after_seconds",
        "When a certificate of the authority ends, in Unix time.",
    );
    for one in &figures.authorities {
        let authority = ("authority", one.name.as_str());
        if let Some(is_up) = one.is_up {
            up.push(&[authority], is_up.into());
        }
        stopped.push(&[authority], one.is_sign_in_stopped.into());
        for certificate in &one.certificates {
            let roles: Vec<&str> = certificate.roles.iter().map(|role| role.name()).collect();
            let (role, sha1) = (roles.join("+"), certificate.sha1.to_string());
            ends.push(
                &[authority, ("role", &role), ("sha1", &sha1)],
                number(certificate.not_after.seconds()),
            );
        }
    }
    vec![up, stopped, ends]
}

fn challenges(figures: &Figures) -> Vec<Family> {
    let mut slots = Family::gauge(
        "sceau_challenge_slots",
        "Slots for unused challenges: held ones, and those that are free.",
    );
    let mut silent = Family::gauge(
        "sceau_challenge_slots_silent",
        "Held slots whose devices fell silent.",
    );
    let mut waiting = Family::gauge("sceau_challenge_waiting", "Deliveries that wait for a challenge.");
    let mut taken = Family::counter(
        "sceau_challenges_taken_total",
        "Challenges that were taken from the authority.",
    );
    let mut refused = Family::counter(
        "sceau_challenges_refused_total",
        "Challenges that were asked for and not given.",
    );
    // One that expired may turn out to have been used: no counter of these would only grow.
    let mut fates = Family::gauge(
        "sceau_challenges",
        "Challenges that were taken, by what became of them.",
    );
    for one in &figures.authorities {
        let Some(challenges) = one.challenges else {
            continue;
        };
        let authority = ("authority", one.name.as_str());
        slots.push(&[authority, ("state", "held")], number(challenges.held));
        let free = challenges.most.saturating_sub(challenges.held).max(0);
        slots.push(&[authority, ("state", "free")], number(free));
        silent.push(&[authority], number(challenges.silent));
        waiting.push(&[authority], number(challenges.waiting));
        let totals = challenges.totals;
        taken.push(&[authority], number(totals.taken));
        refused.push(&[authority], number(totals.refused));
        for (fate, count) in [
            ("out", totals.out),
            ("used", totals.used),
            ("expired", totals.expired),
            ("lost", totals.lost),
        ] {
            fates.push(&[authority, ("fate", fate)], number(count));
        }
    }
    vec![slots, silent, waiting, taken, refused, fates]
}

fn asked(figures: &Figures) -> Vec<Family> {
    let mut count = Family::gauge(
        "sceau_authority_asked",
        "How often the authority was asked within the last hour.",
    );
    let mut median = Family::gauge(
        "sceau_authority_median_seconds",
        "Half of what went well within the last hour took no longer.",
    );
    let mut longest = Family::gauge(
        "sceau_authority_longest_seconds",
        "The longest of what went well within the last hour.",
    );
    for one in &figures.authorities {
        for asked in &one.asked {
            let what = match asked.asked {
                Asked::Challenge => "challenge",
                Asked::Exchange => "exchange",
                Asked::Look => "look",
            };
            let (authority, what) = (("authority", one.name.as_str()), ("asked", what));
            count.push(&[authority, what, ("outcome", "good")], number(asked.good));
            count.push(&[authority, what, ("outcome", "failed")], number(asked.failed));
            if asked.good > 0 {
                median.push(&[authority, what], number(asked.median_milliseconds) / 1000.0);
                longest.push(&[authority, what], number(asked.longest_milliseconds) / 1000.0);
            }
        }
    }
    vec![count, median, longest]
}

fn work(figures: &Figures) -> Vec<Family> {
    let mut warnings = Family::gauge("sceau_warnings_open", "Warnings that stand.");
    for kind in WarningKind::ALL {
        let count = figures.warnings.get(&kind).copied().unwrap_or_default();
        warnings.push(&[("kind", kind.name())], number(count));
    }
    let mut notices = Family::gauge(
        "sceau_notices",
        "Notices of the last day that wait to be sent, or that failed.",
    );
    for (state, count) in figures.notices {
        notices.push(&[("state", state)], number(count));
    }
    let mut jobs = Family::gauge("sceau_jobs", "Jobs that are queued or run.");
    for (kind, count) in &figures.jobs {
        jobs.push(&[("kind", kind)], number(*count));
    }
    let mut late = Family::gauge(
        "sceau_devices_not_renewed",
        "Devices whose own identity ends soon, or has ended, and was not renewed.",
    );
    late.push(&[], number(figures.late_identities));
    vec![warnings, notices, jobs, late]
}

fn directories(figures: &Figures) -> Vec<Family> {
    let mut good = Family::gauge(
        "sceau_directory_good",
        "Whether the last reading of a directory came to its end and was taken over.",
    );
    let mut complete = Family::gauge(
        "sceau_directory_complete_seconds",
        "When a directory was last read to its end, seconds since 1970.",
    );
    let mut people = Family::gauge(
        "sceau_directory_people",
        "People whom the last reading of a directory found.",
    );
    for directory in &figures.directories {
        let labels = [("directory", directory.name.as_str())];
        if let Some(is_good) = directory.is_good {
            good.push(&labels, number(i64::from(is_good)));
        }
        if let Some(at) = directory.complete_at {
            complete.push(&labels, number(at.seconds()));
        }
        if let Some(count) = directory.people {
            people.push(&labels, number(i64::try_from(count).unwrap_or(i64::MAX)));
        }
    }
    vec![good, complete, people]
}

/// Counted in this process alone.
fn database(figures: &Figures) -> Vec<Family> {
    let mut statements = Family::counter(
        "sceau_database_statements_total",
        "Statements that this node sent to the database since it started.",
    );
    let mut transactions = Family::counter(
        "sceau_database_transactions_total",
        "Transactions that this node ran since it started, each as often as it ran.",
    );
    let mut commits = Family::counter(
        "sceau_database_commits_total",
        "Times that this node had something made durable since it started.",
    );
    let told = figures.statements;
    for (kind, count) in [("read", told.reads), ("write", told.writes)] {
        statements.push(&[("kind", kind)], whole(count));
    }
    for (kind, count) in [
        ("read", told.read_transactions),
        ("write", told.write_transactions),
    ] {
        transactions.push(&[("kind", kind)], whole(count));
    }
    commits.push(&[], whole(told.commits));
    vec![statements, transactions, commits]
}

fn whole(count: u64) -> f64 {
    number(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Every number here is far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn number(value: i64) -> f64 {
    value as f64
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
