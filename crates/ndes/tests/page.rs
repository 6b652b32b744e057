//! The admin page in the languages and encodings that it comes in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod world;

use ndes::page::{MAX_PAGE_BYTES, read, read_reply};
use ndes::{AdminPage, Error, Lifetime, Operation};
use proptest::prelude::*;
use world::*;
use zeroize::Zeroizing;

fn with_challenge(challenge: &str) -> AdminPage {
    AdminPage::Challenge {
        challenge: Zeroizing::new(challenge.into()),
        ca_md5: Some(MD5),
        lifetime: Lifetime::Minutes(60),
    }
}

/// The page in every encoding that may come.
fn encoded(page: &str) -> Vec<Vec<u8>> {
    let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16(page)).collect();
    let big: Vec<u8> = page.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked_big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(big.clone()).collect();
    let marked_utf8: Vec<u8> = [0xEF, 0xBB, 0xBF].into_iter().chain(page.bytes()).collect();
    let latin: Vec<u8> = page
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'))
        .collect();
    let with_nul: Vec<u8> = page.bytes().chain([0]).collect();
    vec![
        utf16(page),
        marked,
        big,
        marked_big,
        page.as_bytes().to_vec(),
        marked_utf8,
        latin,
        with_nul,
    ]
}

#[test]
fn a_challenge_is_found_in_every_language_and_encoding() {
    for language in LANGUAGES {
        for bytes in encoded(&challenge_page(language)) {
            assert_eq!(read(&bytes).unwrap(), with_challenge(CHALLENGE));
        }
    }
}

#[test]
fn a_full_cache_and_a_missing_permission_are_told_apart_in_every_language() {
    for language in LANGUAGES {
        for bytes in encoded(&full_page(language)) {
            assert_eq!(read(&bytes).unwrap(), AdminPage::CacheFull, "{}", language.full);
        }
        for bytes in encoded(&refused_page(language)) {
            assert_eq!(
                read(&bytes).unwrap(),
                AdminPage::NoPermission,
                "{}",
                language.refused
            );
        }
    }
}

#[test]
fn a_page_without_a_lifetime_is_that_of_a_single_password() {
    for language in LANGUAGES {
        for bytes in encoded(&reusable_page(language)) {
            let AdminPage::Challenge {
                challenge, lifetime, ..
            } = read(&bytes).unwrap()
            else {
                panic!("{}", language.reusable)
            };
            assert_eq!(
                (challenge.as_str(), lifetime),
                (CHALLENGE, Lifetime::Reusable),
                "{}",
                language.reusable
            );
        }
    }
    let footed = reusable_page(&ENGLISH).replace("67852>", "67852>Server 2016 ");
    assert!(matches!(
        read(footed.as_bytes()).unwrap(),
        AdminPage::Challenge {
            lifetime: Lifetime::Reusable,
            ..
        }
    ));
}

#[test]
fn the_lifetime_is_read_in_other_lengths_and_digits() {
    for (written, minutes) in [("90", 90), ("６０", 60), ("1440", 1440)] {
        let page = challenge_page(&JAPANESE).replace("60", written);
        let AdminPage::Challenge { lifetime, .. } = read(&utf16(&page)).unwrap() else {
            panic!("{written}")
        };
        assert_eq!(lifetime, Lifetime::Minutes(minutes));
    }
}

#[test]
fn a_page_that_ends_in_its_middle_is_nothing_else() {
    for language in LANGUAGES {
        for page in [
            challenge_page(language),
            no_password_page(language),
            full_page(language),
            refused_page(language),
        ] {
            let begun = page.find("<LocID").unwrap();
            let read_to = |end: usize| {
                let end = (end..=page.len())
                    .find(|end| page.is_char_boundary(*end))
                    .unwrap();
                let cut = page.get(..end).unwrap();
                (read(&utf16(cut)).unwrap(), read(cut.as_bytes()).unwrap())
            };
            let proves = |read: &AdminPage| matches!(read, AdminPage::Challenge { .. });
            for end in begun..page.find("</HTML").unwrap() {
                let (wide, narrow) = read_to(end);
                assert_eq!(wide, narrow);
                assert!(wide == AdminPage::Truncated || proves(&wide), "{end} {wide:?}");
            }
        }
    }
}

#[test]
fn a_challenge_that_is_whole_is_used_though_its_page_is_not() {
    let page = challenge_page(&GERMAN);
    let end = page.find(GERMAN.once).unwrap();
    assert_eq!(
        read(&utf16(page.get(..end).unwrap())).unwrap(),
        AdminPage::Challenge {
            challenge: Zeroizing::new(CHALLENGE.into()),
            ca_md5: Some(MD5),
            lifetime: Lifetime::Unknown,
        }
    );
}

#[test]
fn a_policy_module_is_read_by_what_it_was_asked() {
    use Operation::{GenerateChallenge, GetCaCertThumbprint};
    let token = "MIIBygYJKoZIhvcNAQcCoIIBuz+/4C1D==";
    for (operation, text, expected) in [
        (
            GenerateChallenge,
            token,
            AdminPage::Challenge {
                challenge: Zeroizing::new(token.into()),
                ca_md5: None,
                lifetime: Lifetime::Unknown,
            },
        ),
        (GetCaCertThumbprint, MD5_TEXT, AdminPage::Thumbprint(MD5)),
        (
            GetCaCertThumbprint,
            "0123abcd4567ef8989ab4567cdef0123",
            AdminPage::Thumbprint(MD5),
        ),
        (
            GenerateChallenge,
            "Das Modul hat abgelehnt",
            AdminPage::PolicyModule {
                excerpt: "Das Modul hat abgelehnt".to_owned(),
            },
        ),
        (
            GenerateChallenge,
            "Unauthorized",
            AdminPage::PolicyModule {
                excerpt: "Unauthorized".to_owned(),
            },
        ),
        (
            GetCaCertThumbprint,
            token,
            AdminPage::PolicyModule {
                excerpt: String::new(),
            },
        ),
    ] {
        for bytes in [
            utf16(text),
            text.as_bytes().to_vec(),
            format!("{text}\r\n").into_bytes(),
        ] {
            assert_eq!(read_reply(operation, &bytes).unwrap(), expected, "{text}");
        }
    }
    for bytes in encoded(&challenge_page(&FRENCH)) {
        let read = read_reply(GenerateChallenge, &bytes).unwrap();
        assert_eq!(read, with_challenge(CHALLENGE), "a server without a module");
    }
}

#[test]
fn a_bare_value_in_place_of_the_page_is_a_policy_modules() {
    for text in [CHALLENGE, MD5_TEXT, "MIIBygYJKoZIhvcNAQcCoIIBuz+/4C1D=="] {
        let read = read(text.as_bytes()).unwrap();
        assert!(matches!(&read, AdminPage::PolicyModule { .. }), "{read:?}");
        assert!(!format!("{read:?}").contains(text));
    }
    let read = read(b"The service is unavailable.").unwrap();
    assert!(matches!(read, AdminPage::NotUnderstood { .. }), "{read:?}");
}

#[test]
fn a_page_without_a_password_says_that_none_is_required() {
    for bytes in encoded(&no_password_page(&FRENCH)) {
        assert_eq!(
            read(&bytes).unwrap(),
            AdminPage::NoPasswordRequired { ca_md5: MD5 }
        );
    }
}

#[test]
fn a_challenge_of_32_digits_is_not_taken_for_the_thumbprint() {
    let long = "4C1D9E02B7A65F384C1D9E02B7A65F38";
    let page = challenge_page(&ENGLISH).replace(CHALLENGE, long);
    assert_eq!(read(&utf16(&page)).unwrap(), with_challenge(long));
    let other_way_round = page
        .replace(MD5_TEXT, "#")
        .replace(long, MD5_TEXT)
        .replace('#', long);
    assert!(matches!(
        read(&utf16(&other_way_round)).unwrap(),
        AdminPage::Challenge { .. }
    ));
}

#[test]
fn markup_may_differ_as_long_as_the_values_stand_in_bold() {
    let page = challenge_page(&GERMAN)
        .replace("<B>", "<strong class=\"v\">&nbsp;\r\n")
        .replace("</B>", "</STRONG>")
        .replace("<P>", "<p/>");
    assert_eq!(read(page.as_bytes()).unwrap(), with_challenge(CHALLENGE));
}

#[test]
fn two_challenges_or_two_thumbprints_are_no_answer() {
    let page = challenge_page(&ENGLISH);
    for twice in [CHALLENGE, MD5_TEXT] {
        let again = page.replace("</Font>", &format!("<B>{twice}</B></Font>"));
        assert!(matches!(
            read(again.as_bytes()).unwrap(),
            AdminPage::NotUnderstood { .. }
        ));
    }
}

#[test]
fn a_foreign_page_is_not_understood_and_its_words_are_given() {
    let page = "<html><head><title>Portail captif</title></head><body>Veuillez vous <a href='#'>connecter</a></body>";
    let AdminPage::NotUnderstood { excerpt } = read(page.as_bytes()).unwrap() else {
        panic!()
    };
    assert_eq!(excerpt, "Portail captif Veuillez vous connecter");
    assert!(matches!(read(b"").unwrap(), AdminPage::NotUnderstood { .. }));
}

#[test]
fn the_excerpt_of_a_page_in_an_unknown_form_holds_no_secret() {
    let secrets = [
        CHALLENGE,
        "4c1d9e02b7a65f38",
        "DEADBEEFCAFEDEAD",
        "deadbeefdeadbeef",
        "aGVsbG8K",
        "S3cr3t!x",
    ];
    for secret in secrets {
        for page in [
            format!("<html><body>Le code : <i>{secret}</i> est valable</body></html>"),
            format!("<html><body>Le code : <b>x {secret} y</b> est valable</body></html>"),
            format!("<html><input value='{secret}'>Le code est valable : {secret}."),
            challenge_page(&ENGLISH)
                .replace("<B>", "<EM>")
                .replace(CHALLENGE, secret),
        ] {
            let read = read(page.as_bytes()).unwrap();
            assert!(
                !format!("{read:?}")
                    .to_lowercase()
                    .contains(&secret.to_lowercase()),
                "{read:?}"
            );
        }
    }
}

#[test]
fn debug_output_holds_no_challenge() {
    let page = read(&utf16(&challenge_page(&ENGLISH))).unwrap();
    assert!(!format!("{page:?}").contains(CHALLENGE));
}

#[test]
fn a_page_past_the_limit_is_refused() {
    let huge = vec![b'<'; MAX_PAGE_BYTES + 1];
    assert_eq!(
        read(&huge),
        Err(Error::PageTooLarge {
            actual: MAX_PAGE_BYTES + 1,
            limit: MAX_PAGE_BYTES
        })
    );
    assert!(read(&vec![b'<'; MAX_PAGE_BYTES]).is_ok());
    assert!(read("<B>".repeat(80_000).as_bytes()).is_ok());
    assert!(read("a1 ".repeat(80_000).as_bytes()).is_ok());
}

#[test]
fn a_truncation_at_every_byte_never_panics_and_never_invents_a_challenge() {
    for bytes in encoded(&challenge_page(&FRENCH)) {
        for length in 0..bytes.len() {
            if let AdminPage::Challenge {
                challenge, lifetime, ..
            } = read(&bytes[..length]).unwrap()
            {
                assert_eq!(challenge.as_str(), CHALLENGE);
                assert!(matches!(lifetime, Lifetime::Minutes(60) | Lifetime::Unknown));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_markup_never_panics(page in "(<[/]?(b|B|P|li|strong)[ =\"]{0,2}[>]?|[0-9A-F ]{0,12}|é|\\x00){0,80}") {
        let _ = read(page.as_bytes());
        let _ = read(&utf16(&page));
    }
}
