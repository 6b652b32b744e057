//! DMClient CSP: how often the device calls, and how it is let go.

use crate::Error;
use crate::syncml::{CmdId, Command, Format};

/// A number of calls and the minutes between them; `count` 0 with an interval goes on for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PollSet {
    pub count: u32,
    pub interval_minutes: u32,
}

impl PollSet {
    fn is_infinite(self) -> bool {
        self.count == 0 && self.interval_minutes != 0
    }
}

/// When the device calls its server: three sets, one after the other. Microsoft, DMClient CSP, Poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PollSchedule {
    pub first: PollSet,
    pub second: PollSet,
    pub remaining: PollSet,
    pub polls_on_login: bool,
    pub all_users_poll_on_first_login: bool,
}

impl PollSchedule {
    /// What Microsoft recommends: five calls 15 minutes apart, ten an hour apart, then one a day for ever.
    pub const RECOMMENDED: Self = Self {
        first: PollSet {
            count: 5,
            interval_minutes: 15,
        },
        second: PollSet {
            count: 10,
            interval_minutes: 60,
        },
        remaining: PollSet {
            count: 0,
            interval_minutes: 1440,
        },
        polls_on_login: true,
        all_users_poll_on_first_login: true,
    };

    /// All zero may fail the enrolment; a second infinite set is never reached.
    pub fn check(&self) -> Result<(), Error> {
        let sets = [self.first, self.second, self.remaining];
        if sets.iter().all(|set| set.count == 0 && set.interval_minutes == 0) {
            return Err(Error::invalid("poll schedule", "it never polls"));
        }
        if sets.iter().filter(|set| set.is_infinite()).count() > 1 {
            return Err(Error::invalid("poll schedule", "two of its sets have no end"));
        }
        Ok(())
    }

    /// Names below `Poll` and their values.
    pub fn integers(&self) -> [(&'static str, u32); 6] {
        [
            ("NumberOfFirstRetries", self.first.count),
            ("IntervalForFirstSetOfRetries", self.first.interval_minutes),
            ("NumberOfSecondRetries", self.second.count),
            ("IntervalForSecondSetOfRetries", self.second.interval_minutes),
            ("NumberOfRemainingScheduledRetries", self.remaining.count),
            (
                "IntervalForRemainingScheduledRetries",
                self.remaining.interval_minutes,
            ),
        ]
    }

    /// Names below `Poll` and their values.
    pub fn booleans(&self) -> [(&'static str, bool); 2] {
        [
            ("PollOnLogin", self.polls_on_login),
            ("AllUsersPollOnFirstLogin", self.all_users_poll_on_first_login),
        ]
    }
}

/// The provider's node.
pub fn provider_uri(provider_id: &str) -> String {
    format!("./Device/Vendor/MSFT/DMClient/Provider/{provider_id}")
}

/// Replaces the six numbers of the schedule, one command each.
pub fn replace_schedule(
    provider_id: &str,
    schedule: &PollSchedule,
    mut next_id: impl FnMut() -> CmdId,
) -> Result<Vec<Command>, Error> {
    schedule.check()?;
    let poll = format!("{}/Poll", provider_uri(provider_id));
    let replace = |(name, value): (&str, u32)| {
        Command::replace(
            next_id(),
            &format!("{poll}/{name}"),
            Format::Int,
            &value.to_string(),
        )
    };
    Ok(schedule.integers().into_iter().map(replace).collect())
}

/// Where the device is given the name of the app that it is woken for, and tells where it is woken. Microsoft, DMClient
/// CSP: `Push` can't be set by the provisioning document.
fn push_uri(provider_id: &str, name: &str) -> String {
    format!("{}/Push/{name}", provider_uri(provider_id))
}

/// Sets the Package Family Name; `adds` where the device has no such node yet.
pub fn set_pfn(cmd_id: CmdId, provider_id: &str, pfn: &str, adds: bool) -> Command {
    let uri = push_uri(provider_id, "PFN");
    match adds {
        true => Command::add(cmd_id, &uri, Format::Chr, pfn),
        false => Command::replace(cmd_id, &uri, Format::Chr, pfn),
    }
}

/// Asks for ChannelURI and Status in one Get.
pub fn ask_channel(cmd_id: CmdId, provider_id: &str) -> Command {
    let nodes = [CHANNEL_URI, PUSH_STATUS].map(|name| push_uri(provider_id, name));
    Command::get(cmd_id, nodes)
}

/// Below `Push`: where the device is woken.
pub const CHANNEL_URI: &str = "ChannelURI";
/// Below `Push`: how that stands, 0 for well.
pub const PUSH_STATUS: &str = "Status";

/// Ends management. The device aborts its sessions, doesn't answer this command, and reports with an alert 1226
/// in a session of its own.
pub fn unenroll(cmd_id: CmdId, provider_id: &str) -> Command {
    Command::exec(
        cmd_id,
        &format!("{}/Unenroll", provider_uri(provider_id)),
        Format::Chr,
        Some(provider_id),
    )
}
