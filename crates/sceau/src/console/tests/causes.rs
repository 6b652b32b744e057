//! The words of what can go wrong: what it is, and what to do.

use domain::{
    diagnosis::{ALL_ADVICE_KEYS, ALL_CAUSE_KEYS, Cause, Outage},
    scep_configuration::{SanKind, Warning},
};

use super::{
    super::{language::Language, words},
    words::without_words,
};

#[test]
fn every_cause_says_what_it_is_and_what_to_do() {
    let keys = ALL_CAUSE_KEYS
        .iter()
        .chain(ALL_ADVICE_KEYS)
        .map(|key| (*key).to_owned());
    let missing = without_words(keys.chain(Warning::ALL.map(|warning| warning.key().to_owned())));
    assert!(missing.is_empty(), "no words for {missing:?}");
    for cause in causes().into_iter().chain(lacks()) {
        for language in Language::ALL {
            // A sentence that wants a value which the cause doesn't give shows its key.
            let said = words::cause(&cause, language);
            assert!(!said.what.contains(&cause.key()), "{cause:?}");
            assert!(!said.remedy.contains(&cause.advice_key()), "{cause:?}");
        }
    }
}

/// The authority's own way of failing is told in the reader's language: an English detail only where nothing else says more.
#[test]
fn each_way_of_being_out_of_reach_has_its_sentence() {
    for language in Language::ALL {
        let mut told: Vec<String> = Outage::ALL
            .into_iter()
            .map(|what| {
                let said = words::cause(&unreachable(what), language).what;
                let is_technical = matches!(what, Outage::Http | Outage::Other);
                assert_eq!(
                    said.contains("an English sentence"),
                    is_technical,
                    "{what:?}: {said}"
                );
                said
            })
            .collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), Outage::ALL.len());
    }
}

/// Who can't sign in in the way that is offered is told which ways there are.
#[test]
fn a_page_without_a_usable_way_to_sign_in_is_told_with_what_to_allow() {
    for language in Language::ALL {
        let remedy = |what| words::cause(&unreachable(what), language).remedy;
        for (what, words) in [
            (Outage::NoScheme, "NTLM"),
            (Outage::BasicOnly, "https"),
            (Outage::KerberosOnly, "Kerberos"),
        ] {
            let said = remedy(what);
            assert!(said.contains("IIS") && said.contains(words), "{what:?}: {said}");
        }
        assert!(!remedy(Outage::Refused).contains("IIS"));
    }
}

fn unreachable(what: Outage) -> Cause {
    Cause::AuthorityUnreachable {
        what,
        place: "ndes.test".to_owned(),
        detail: "an English sentence".to_owned(),
        until: domain::Timestamp::from_seconds(1_795_424_645),
    }
}

fn too_large() -> Cause {
    Cause::MessageTooLarge {
        octets: 7000,
        limit: 4096,
    }
}

fn causes() -> Vec<Cause> {
    let (until, detail) = (
        domain::Timestamp::from_seconds(1_795_424_645),
        "detail".to_owned(),
    );
    let text = || detail.clone();
    vec![
        Cause::VariableMissing { variable: text() },
        Cause::SubjectInvalid { detail: text() },
        Cause::SanInvalid {
            kind: SanKind::Upn,
            detail: text(),
        },
        Cause::ChallengeBeingFetched,
        Cause::SlotsTaken { max: 5, until },
        Cause::CacheFull { until },
        unreachable(Outage::Other),
        Cause::SignInRefused,
        Cause::AccountRefused { why: text() },
        Cause::NoPermission,
        Cause::PageNotUnderstood { excerpt: text() },
        Cause::UserNotSignedIn,
        too_large(),
        Cause::CommandRefused {
            status: 405,
            node: text(),
        },
        Cause::DeviceError { code: -2_146_889_721 },
        Cause::DeviceError { code: -2_146_877_440 },
        Cause::DeviceError { code: 12 },
        Cause::AuthorityRefused {
            fail_info: Some(2),
            hresult: None,
        },
        Cause::AuthorityRefused {
            fail_info: Some(3),
            hresult: None,
        },
        Cause::AuthorityRefused {
            fail_info: None,
            hresult: None,
        },
        Cause::AuthorityRefused {
            fail_info: Some(2),
            hresult: Some(-2_146_877_440),
        },
        Cause::ChallengeExpired,
        Cause::NoAnswer,
        Cause::CertificateMismatch {
            field: text(),
            ordered: text(),
            shown: text(),
        },
        Cause::CertificateGone,
        Cause::QueuedBehind {
            place: 7,
            ahead: 6,
            until: None,
        },
        Cause::QueuedBehind {
            place: 7,
            ahead: 6,
            until: Some(until),
        },
        Cause::SlotsHeldSilent {
            held: 5,
            max: 5,
            until,
        },
        Cause::ChallengeForgotten,
        Cause::ChallengeNotAsked,
        Cause::PageTruncated,
        Cause::PolicyModule { detail: text() },
        Cause::KerberosImpossible { why: text() },
        Cause::ThumbprintOfAnother {
            ordered: text(),
            issuer: text(),
        },
        Cause::StillPending { polls: 6 },
    ]
}

/// What a device told that it lacks.
fn lacks() -> Vec<Cause> {
    let text = || "detail".to_owned();
    vec![
        Cause::TpmMissing,
        Cause::WindowsTooOld {
            version: text(),
            needed: text(),
        },
        Cause::EditionUnsupported { edition: text() },
        Cause::SerialNotListed {
            serial_number: text(),
        },
    ]
}
