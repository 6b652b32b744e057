use super::{OBJECT_IDENTIFIER, tlv};

/// The longest constant, in content octets.
const ROOM: usize = 12;

/// An object identifier of this crate, encoded when the crate is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Oid {
    octets: [u8; ROOM],
    length: usize,
}

impl Oid {
    /// Encodes these arcs (X.690 §8.19). Runs at compile time alone, where an index out of bounds is an error of
    /// compilation.
    #[allow(clippy::indexing_slicing)]
    pub(super) const fn new(arcs: &[u32]) -> Self {
        let mut octets = [0; ROOM];
        octets[0] = (arcs[0] * 40 + arcs[1]) as u8;
        let mut length = 1;
        let mut index = 2;
        while index < arcs.len() {
            let mut shift = 28;
            while shift > 0 && arcs[index] >> shift == 0 {
                shift -= 7;
            }
            loop {
                let more = if shift > 0 { 0x80 } else { 0 };
                octets[length] = (arcs[index] >> shift) as u8 & 0x7f | more;
                length += 1;
                if shift == 0 {
                    break;
                }
                shift -= 7;
            }
            index += 1;
        }
        Self { octets, length }
    }

    /// The content octets.
    pub(crate) fn content(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }

    /// The whole value.
    pub(crate) fn der(&self) -> Vec<u8> {
        tlv(OBJECT_IDENTIFIER, self.content())
    }

    /// Whether these content octets are this identifier.
    pub(crate) fn is(&self, content: &[u8]) -> bool {
        self.content() == content
    }
}

/// Writes content octets with dots; what overflows or is cut off becomes a question mark.
pub(crate) fn dotted(content: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = Some(0_u64);
    for octet in content {
        arc = arc
            .and_then(|arc| arc.checked_mul(128))
            .map(|arc| arc | u64::from(octet & 0x7f));
        if octet & 0x80 == 0 {
            match (arcs.is_empty(), arc) {
                (true, Some(first)) => {
                    let root = (first / 40).min(2);
                    arcs.push(root.to_string());
                    arcs.push((first - root * 40).to_string());
                }
                (_, Some(arc)) => arcs.push(arc.to_string()),
                (_, None) => arcs.push("?".to_owned()),
            }
            arc = Some(0);
        }
    }
    if content.last().is_none_or(|last| last & 0x80 != 0) {
        arcs.push("?".to_owned());
    }
    arcs.join(".")
}

/// The content octets of a dotted identifier, if it is one (X.660: the first arc is 0, 1 or 2; below the first two
/// the second is under 40).
pub(crate) fn encode_dotted(text: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u32> = text
        .split('.')
        .map(|arc| arc.parse().ok())
        .collect::<Option<_>>()?;
    let [root, second, rest @ ..] = arcs.as_slice() else {
        return None;
    };
    if *root > 2 || *root < 2 && *second > 39 {
        return None;
    }
    let first = root.checked_mul(40)?.checked_add(*second)?;
    let mut out = Vec::new();
    for arc in std::iter::once(&first).chain(rest) {
        let groups = [28, 21, 14, 7, 0].into_iter();
        let significant = groups.skip_while(|shift| *shift > 0 && arc >> shift == 0);
        out.extend(significant.map(|shift| {
            let more = if shift > 0 { 0x80 } else { 0 };
            (arc >> shift) as u8 & 0x7f | more
        }));
    }
    Some(out)
}
