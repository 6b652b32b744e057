//! What an answer of WNS means. Microsoft, "Push notification service request and response headers".

use crate::notification::SendProblem;

/// Seconds for which WNS is left alone first, when it asks for that without saying how long.
const FIRST_PAUSE: i64 = 60;
/// The longest pause without its word, and with it.
const LONGEST_PAUSE: i64 = 3600;
const LONGEST_ASKED: i64 = 86_400;

/// An answer of WNS to a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub http: u16,
    /// `X-WNS-Status`: `received`, `dropped`, `channelthrottled`.
    pub status: Option<String>,
    /// `X-WNS-DeviceConnectionStatus`: `connected`, `disconnected`, `tempconnected`.
    pub connection: Option<String>,
    /// `X-WNS-Msg-ID`.
    pub message_id: Option<String>,
    /// Seconds of `Retry-After`.
    pub retry_after: Option<i64>,
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// WNS took it. That the device got it is not said by that.
    Accepted,
    /// The device can't be reached at that address any more.
    ChannelGone,
    /// Later, this device alone.
    Later(SendProblem),
    /// Later, for all devices: after so many seconds.
    Pause(SendProblem, i64),
    /// A person has to do something, about all devices.
    Account(SendProblem),
    /// This push is not taken, and would not be taken again.
    Refused(SendProblem),
}

/// What an answer means, after WNS asked so many times in a row to be left alone.
pub fn verdict(answer: &Answer, throttled: u32) -> Verdict {
    let problem = |key: &str| SendProblem::new(key).with("status", answer.http.to_string());
    let pause = || {
        let doubled = FIRST_PAUSE.saturating_mul(1_i64 << throttled.min(10));
        match answer.retry_after {
            Some(asked) => asked.clamp(1, LONGEST_ASKED),
            None => doubled.min(LONGEST_PAUSE),
        }
    };
    let told = answer.status.as_deref().unwrap_or("received");
    match answer.http {
        200..=299 if told.eq_ignore_ascii_case("received") => Verdict::Accepted,
        200..=299 if told.eq_ignore_ascii_case("channelthrottled") => {
            Verdict::Later(problem("push-channel-throttled"))
        }
        200..=299 => Verdict::Refused(problem("push-dropped")),
        404 | 410 => Verdict::ChannelGone,
        401 => Verdict::Account(problem("push-unauthorized")),
        403 => Verdict::Account(problem("push-forbidden")),
        406 | 429 => Verdict::Pause(problem("push-throttled"), pause()),
        413 => Verdict::Refused(problem("push-too-large")),
        500..=599 if answer.retry_after.is_some() => Verdict::Pause(problem("push-unavailable"), pause()),
        500..=599 => Verdict::Later(problem("push-unavailable")),
        _ => Verdict::Refused(problem("push-refused")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(http: u16, status: Option<&str>, retry_after: Option<i64>, throttled: u32) -> Verdict {
        let answer = Answer {
            http,
            status: status.map(str::to_owned),
            retry_after,
            ..Answer::default()
        };
        verdict(&answer, throttled)
    }

    #[test]
    fn only_what_was_received_is_accepted() {
        assert_eq!(of(200, Some("received"), None, 0), Verdict::Accepted);
        assert_eq!(of(200, None, None, 0), Verdict::Accepted);
        assert!(matches!(of(200, Some("dropped"), None, 0), Verdict::Refused(_)));
        assert!(matches!(
            of(200, Some("channelThrottled"), None, 0),
            Verdict::Later(_)
        ));
        assert!(matches!(of(301, None, None, 0), Verdict::Refused(_)));
    }

    #[test]
    fn a_pause_grows_has_a_bound_and_keeps_to_what_was_asked() {
        let seconds = |verdict| match verdict {
            Verdict::Pause(_, seconds) => seconds,
            other => panic!("{other:?}"),
        };
        assert_eq!(seconds(of(406, None, None, 0)), 60);
        assert_eq!(seconds(of(406, None, None, 2)), 240);
        assert_eq!(seconds(of(429, None, None, 4_000_000)), 3600);
        assert_eq!(seconds(of(503, None, Some(7), 0)), 7);
        assert_eq!(seconds(of(503, None, Some(i64::MAX), 0)), 86_400);
        assert_eq!(seconds(of(503, None, Some(-1), 0)), 1);
        assert!(matches!(of(503, None, None, 0), Verdict::Later(_)));
        for http in [404, 410] {
            assert_eq!(of(http, None, None, 0), Verdict::ChannelGone);
        }
    }
}
