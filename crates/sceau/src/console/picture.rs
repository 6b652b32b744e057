//! An authority's certificates as a picture: who issued whom. The table of them stands behind it.

use domain::Timestamp;

use super::page::Page;
use crate::actions::authorities::ChainCertificate;

const WIDTH: i64 = 330;
const HEIGHT: i64 = 84;
const GAP: i64 = 24;
const BETWEEN: i64 = 44;
/// Characters of a line in a box.
const LETTERS: usize = 44;
/// A certificate that ends within it is marked.
const SOON_SECONDS: i64 = 60 * 86_400;

/// The picture.
#[derive(Debug, Default)]
pub(super) struct Picture {
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) boxes: Vec<Card>,
    pub(super) lines: Vec<Line>,
}

/// A certificate in it.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) class: &'static str,
    pub(super) name: String,
    pub(super) roles: String,
    pub(super) until: String,
}

/// From the one that issued to the one that was issued.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) x1: i64,
    pub(super) y1: i64,
    pub(super) x2: i64,
    pub(super) y2: i64,
}

impl Picture {
    /// Draws it.
    pub(super) fn of(page: &Page, chain: &[ChainCertificate], now: Timestamp) -> Self {
        let above: Vec<Option<usize>> = chain.iter().map(|one| issuer_of(one, chain)).collect();
        let levels: Vec<usize> = (0..chain.len()).map(|at| level(at, &above)).collect();
        let size = |number: usize| i64::try_from(number).unwrap_or_default();
        let in_level = |level: usize| size(levels.iter().filter(|one| **one == level).count());
        let deepest = levels.iter().copied().max().unwrap_or_default();
        let widest = (0..=deepest).map(in_level).max().unwrap_or_default();
        let width = widest * (WIDTH + GAP) - GAP;
        let mut taken = vec![0_i64; deepest + 1];
        let mut picture = Self {
            width,
            height: size(deepest + 1) * (HEIGHT + BETWEEN) - BETWEEN,
            ..Self::default()
        };
        for (certificate, level) in chain.iter().zip(&levels) {
            let Some(column) = taken.get_mut(*level) else {
                continue;
            };
            let row = in_level(*level) * (WIDTH + GAP) - GAP;
            picture.boxes.push(Card {
                x: (width - row) / 2 + *column * (WIDTH + GAP),
                y: size(*level) * (HEIGHT + BETWEEN),
                ..card(page, certificate, now)
            });
            *column += 1;
        }
        let boxes = &picture.boxes;
        let lines = above.iter().enumerate().filter_map(|(at, issuer)| {
            let (from, to) = (boxes.get((*issuer)?)?, boxes.get(at)?);
            Some(Line {
                x1: from.x + WIDTH / 2,
                y1: from.y + HEIGHT,
                x2: to.x + WIDTH / 2,
                y2: to.y,
            })
        });
        picture.lines = lines.collect();
        picture
    }
}

/// The certificate of the chain whose subject issued this one, if it isn't itself.
fn issuer_of(one: &ChainCertificate, chain: &[ChainCertificate]) -> Option<usize> {
    if one.issuer == one.subject {
        return None;
    }
    chain.iter().position(|other| other.subject == one.issuer)
}

/// How many stand above it. Two that name each other stop at the length of the chain.
fn level(at: usize, above: &[Option<usize>]) -> usize {
    let issuer = |at: &usize| above.get(*at).copied().flatten();
    std::iter::successors(issuer(&at), issuer)
        .take(above.len())
        .count()
}

fn card(page: &Page, certificate: &ChainCertificate, now: Timestamp) -> Card {
    let left = certificate.not_after.since(now) / 1000;
    let class = match left {
        ..=0 => "bad",
        1..=SOON_SECONDS => "warn",
        _ => "good",
    };
    let roles: Vec<String> = certificate
        .roles
        .iter()
        .map(|role| page.role_in_chain(role))
        .collect();
    let until = super::moment::day(certificate.not_after);
    Card {
        x: 0,
        y: 0,
        class,
        name: shortened(common_name(&certificate.subject)),
        roles: shortened(&roles.join(", ")),
        until: page.with("picture-until", "day", &until),
    }
}

fn common_name(subject: &str) -> &str {
    let parts = subject.split(", ");
    parts
        .filter_map(|part| part.strip_prefix("CN="))
        .last()
        .unwrap_or(subject)
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LETTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(LETTERS - 1).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_that_name_each_other_end_somewhere() {
        assert_eq!(level(0, &[Some(1), Some(0)]), 2);
        assert_eq!(level(2, &[None, Some(0), Some(1)]), 2);
        assert_eq!(level(0, &[None]), 0);
    }

    #[test]
    fn a_long_name_is_cut_at_a_letter() {
        let name = shortened(&"é".repeat(50));
        assert_eq!(name.chars().count(), LETTERS);
        assert!(name.ends_with('…'));
        assert_eq!(common_name("C=FR, O=Contoso, CN=Contoso CA"), "Contoso CA");
    }
}
