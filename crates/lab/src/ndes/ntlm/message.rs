//! The three messages (MS-NLMP 2.2.1). Every offset is checked against the message it points into.

use std::time::{SystemTime, UNIX_EPOCH};

const SIGNATURE: &[u8] = b"NTLMSSP\0";

const UNICODE: u32 = 0x0000_0001;
const OEM: u32 = 0x0000_0002;
const REQUEST_TARGET: u32 = 0x0000_0004;
const NTLM: u32 = 0x0000_0200;
const TARGET_IS_DOMAIN: u32 = 0x0001_0000;
const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
const TARGET_INFO: u32 = 0x0080_0000;
const VERSION: u32 = 0x0200_0000;
pub(super) const KEY_EXCHANGE: u32 = 0x4000_0000;
/// What is taken over from the client's offer: sign, seal, always sign, 128 and 56 bits.
const ECHOED: u32 = 0x0000_0010 | 0x0000_0020 | 0x0000_8000 | 0x2000_0000 | 0x8000_0000;

/// MsvAvNbComputerName, NbDomainName, DnsComputerName, DnsDomainName, Flags, Timestamp,
/// ChannelBindings (MS-NLMP 2.2.2.1).
const COMPUTER: u16 = 1;
const DOMAIN: u16 = 2;
const DNS_COMPUTER: u16 = 3;
const DNS_DOMAIN: u16 = 4;
pub(super) const FLAGS: u16 = 6;
const TIMESTAMP: u16 = 7;
pub(super) const CHANNEL_BINDINGS: u16 = 10;

/// NEGOTIATE_MESSAGE, of which only the flags matter.
pub(super) struct Negotiate {
    flags: u32,
}

impl Negotiate {
    pub(super) fn read(message: &[u8]) -> Option<Self> {
        (kind(message)? == 1).then_some(())?;
        Some(Self {
            flags: u32_at(message, 12)?,
        })
    }
}

/// CHALLENGE_MESSAGE, as it was sent.
pub(super) struct Challenge {
    nonce: [u8; 8],
    message: Vec<u8>,
}

impl Challenge {
    pub(super) fn to(negotiate: &Negotiate, nonce: [u8; 8]) -> Self {
        let speaks_unicode = negotiate.flags & UNICODE != 0 || negotiate.flags & OEM == 0;
        let kept = negotiate.flags & (ECHOED | KEY_EXCHANGE | EXTENDED_SESSION_SECURITY);
        let charset = if speaks_unicode { UNICODE } else { OEM };
        let flags = kept | charset | REQUEST_TARGET | NTLM | TARGET_IS_DOMAIN | TARGET_INFO | VERSION;
        let name = if speaks_unicode {
            utf16("LAB")
        } else {
            b"LAB".to_vec()
        };
        let info = target_info();

        let mut message = SIGNATURE.to_vec();
        message.extend(2_u32.to_le_bytes());
        // The payload begins behind the 56 octets of the fixed part.
        push_field(&mut message, name.len(), 56);
        message.extend(flags.to_le_bytes());
        message.extend(nonce);
        message.extend([0; 8]);
        push_field(&mut message, info.len(), 56 + name.len());
        // Windows 10.0.17763 and NTLM revision 15.
        message.extend([10, 0, 0x63, 0x45, 0, 0, 0, 15]);
        message.extend(name);
        message.extend(info);
        Self { nonce, message }
    }

    pub(super) fn nonce(&self) -> [u8; 8] {
        self.nonce
    }

    pub(super) fn message(&self) -> &[u8] {
        &self.message
    }
}

/// AUTHENTICATE_MESSAGE.
pub(super) struct Authenticate {
    pub(super) domain: String,
    pub(super) user: String,
    /// The NTLMv2 response: 16 octets of proof, then what was proved.
    pub(super) response: Vec<u8>,
    pub(super) session_key: Vec<u8>,
    pub(super) flags: u32,
    /// All of it, with the MIC's octets (72 to 88) as they came.
    pub(super) message: Vec<u8>,
}

impl Authenticate {
    pub(super) fn read(message: &[u8]) -> Option<Self> {
        (kind(message)? == 3).then_some(())?;
        let flags = u32_at(message, 60)?;
        let text = |octets: &[u8]| {
            if flags & UNICODE != 0 {
                from_utf16(octets)
            } else {
                Some(octets.iter().copied().map(char::from).collect())
            }
        };
        Some(Self {
            response: field(message, 20)?.to_vec(),
            domain: text(field(message, 28)?)?,
            user: text(field(message, 36)?)?,
            session_key: field(message, 52)?.to_vec(),
            flags,
            message: message.to_vec(),
        })
    }

    /// The octets of the MIC and the message with zeros in their place.
    pub(super) fn integrity(&self) -> Option<([u8; 16], Vec<u8>)> {
        let mut without = self.message.clone();
        let place = without.get_mut(72..88)?;
        let mut code = [0; 16];
        code.copy_from_slice(place);
        place.fill(0);
        Some((code, without))
    }
}

/// The value of an AV_PAIR in a list of them.
pub(super) fn av_pair(mut list: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let id = u16_at(list, 0)?;
        let length = usize::from(u16_at(list, 2)?);
        let (value, rest) = list.get(4..)?.split_at_checked(length)?;
        if id == wanted {
            return Some(value);
        }
        if id == 0 {
            return None;
        }
        list = rest;
    }
}

pub(super) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn from_utf16(octets: &[u8]) -> Option<String> {
    let units = octets
        .chunks(2)
        .map(|pair| u16_at(pair, 0))
        .collect::<Option<Vec<u16>>>()?;
    String::from_utf16(&units).ok()
}

fn target_info() -> Vec<u8> {
    // FILETIME: steps of 100 nanoseconds since 1601-01-01.
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_nanos()
        / 100;
    let now = u64::try_from(since_1970)
        .unwrap_or(0)
        .saturating_add(116_444_736_000_000_000);
    let mut list = Vec::new();
    for (id, value) in [
        (DOMAIN, utf16("LAB")),
        (COMPUTER, utf16("NDES")),
        (DNS_DOMAIN, utf16("lab.example")),
        (DNS_COMPUTER, utf16("ndes.lab.example")),
        (TIMESTAMP, now.to_le_bytes().to_vec()),
        (0, Vec::new()),
    ] {
        list.extend(id.to_le_bytes());
        list.extend(u16::try_from(value.len()).unwrap_or(0).to_le_bytes());
        list.extend(value);
    }
    list
}

fn kind(message: &[u8]) -> Option<u32> {
    message.starts_with(SIGNATURE).then_some(())?;
    u32_at(message, 8)
}

fn push_field(message: &mut Vec<u8>, length: usize, offset: usize) {
    let length = u16::try_from(length).unwrap_or(0).to_le_bytes();
    message.extend(length);
    message.extend(length);
    message.extend(u32::try_from(offset).unwrap_or(0).to_le_bytes());
}

/// The payload of the field whose length and offset stand at `position`.
fn field(message: &[u8], position: usize) -> Option<&[u8]> {
    let length = usize::from(u16_at(message, position)?);
    let offset = usize::try_from(u32_at(message, position + 4)?).ok()?;
    message.get(offset..offset.checked_add(length)?)
}

fn u16_at(octets: &[u8], position: usize) -> Option<u16> {
    let octets = octets.get(position..position.checked_add(2)?)?;
    Some(u16::from_le_bytes(octets.try_into().ok()?))
}

fn u32_at(octets: &[u8], position: usize) -> Option<u32> {
    let octets = octets.get(position..position.checked_add(4)?)?;
    Some(u32::from_le_bytes(octets.try_into().ok()?))
}
