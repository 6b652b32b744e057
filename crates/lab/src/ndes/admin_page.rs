//! The page of challenges: the real one's shape in words of our own.
//!
//! Readers of the real page look for `password is: <B>` or for the shape of what stands in `<B>`;
//! both are kept. UTF-16LE without a byte order mark and with a NUL at its end, under a meta tag that claims UTF-8.

use crate::faults::{Encoding, Language};

use super::challenge::Offer;
use super::page_words::Words;

/// What stands on every page.
pub(super) struct Page {
    pub(super) challenges_max: usize,
    pub(super) challenge_minutes: u32,
}

impl Page {
    /// The page with this offer. The thumbprint is the MD5 of the CA's certificate: that hash is the one which the
    /// real page shows.
    pub(super) fn write(&self, offer: &Offer, thumbprint: &[u8; 16], language: Option<Language>) -> String {
        let words = Words::of(language);
        let minutes = self.challenge_minutes;
        let body = match offer {
            Offer::OneTime(challenge) => {
                let once = words.once.replace("{minutes}", &minutes.to_string());
                with_challenge(words, thumbprint, challenge, &once)
            }
            Offer::Reusable(challenge) => with_challenge(words, thumbprint, challenge, words.for_everyone),
            Offer::CacheFull => format!(
                "<P> {} </P> ",
                words
                    .cache_full
                    .replace("{most}", &self.challenges_max.to_string())
                    .replace("{minutes}", &minutes.to_string())
            ),
            Offer::NoPermission => format!("<P> {} </P> ", words.no_permission),
            Offer::NoPassword => format!(
                "{} <P> {} ",
                thumbprint_paragraph(words, thumbprint),
                words.no_password
            ),
        };
        let Words {
            title, purpose, foot, ..
        } = words;
        format!(
            "<HTML><Head><Meta HTTP-Equiv=\"Content-Type\" Content=\"text/html; charset=UTF-8\">\
             <Title>{title}</Title></Head><Body BgColor=#FFFFFF>\
             <Font ID=locPageFont Face=\"Arial\"><Table Border=0 Width=100%><TR><TD>\
             <LocID ID=locMSCertSrv>{title}</LocID></TD></TR></Table>\
             <P ID=locPageTitle> {purpose} </P>\
             {body}</P> <P ID=locPageDesc> {foot} </P></Font></Body></HTML>\0"
        )
    }
}

/// The octets of a page: UTF-16LE without a mark, unless a fault says otherwise.
pub(super) fn encode(page: &str, encoding: Option<Encoding>) -> Vec<u8> {
    let mark: &[u16] = match encoding {
        Some(Encoding::Utf8) => return page.as_bytes().to_vec(),
        Some(Encoding::Utf16Marked) => &[0xfeff],
        None => &[],
    };
    let units = mark.iter().copied().chain(page.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

fn with_challenge(words: &Words, thumbprint: &[u8; 16], challenge: &str, rule: &str) -> String {
    let before = thumbprint_paragraph(words, thumbprint);
    format!("{before}<P> {} <B> {challenge} </B> <P> {rule} ", words.challenge)
}

fn thumbprint_paragraph(words: &Words, thumbprint: &[u8; 16]) -> String {
    let groups: Vec<String> = thumbprint
        .chunks(4)
        .map(|group| group.iter().map(|octet| format!("{octet:02X}")).collect())
        .collect();
    format!("<P> {} <B> {} </B> ", words.thumbprint, groups.join(" "))
}
