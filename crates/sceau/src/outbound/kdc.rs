//! Speaking with a key distribution centre over TCP (RFC 4120 §7.2.2), and reading its refusals (§5.9.1).

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use x509_parser::der_parser::asn1_rs::{Any, Class, FromDer as _};

use super::{address::Origin, way};

/// The port of key distribution centres.
pub(super) const PORT: u16 = 88;
/// Time for one of its addresses, so that a dead controller leaves time for the next.
const ADDRESS_LIMIT: Duration = Duration::from_secs(1);
/// The longest answer, in octets: a ticket with the groups of an account has a few thousand.
const MAX_ANSWER: u32 = 128 * 1024;
/// KRB-ERROR's tag.
const KRB_ERROR: u32 = 30;
/// The field of KRB-ERROR that holds its code.
const ERROR_CODE: u32 = 6;

/// Sends one message, which begins with its length, and gives the answer, which begins with its own.
pub(super) async fn ask(kdc: &Origin, message: &[u8]) -> Option<Vec<u8>> {
    let mut stream = connect(kdc).await?;
    stream.write_all(message).await.ok()?;
    let length = stream.read_u32().await.ok()?;
    if length > MAX_ANSWER {
        return None;
    }
    let mut answer = length.to_be_bytes().to_vec();
    // One that ends in its middle is shorter than it says.
    let read = stream.take(length.into()).read_to_end(&mut answer).await.ok()?;
    (u32::try_from(read) == Ok(length)).then_some(answer)
}

async fn connect(kdc: &Origin) -> Option<TcpStream> {
    for address in way::resolve(kdc).await.ok()? {
        if let Ok(Ok(stream)) = tokio::time::timeout(ADDRESS_LIMIT, TcpStream::connect(address)).await {
            return Some(stream);
        }
    }
    None
}

/// The code of a refusal, if an answer, without its length, is one.
pub(super) fn error_code(answer: &[u8]) -> Option<u32> {
    let (_, whole) = Any::from_der(answer).ok()?;
    if whole.class() != Class::Application || whole.tag().0 != KRB_ERROR {
        return None;
    }
    let (_, fields) = Any::from_der(whole.data).ok()?;
    let mut rest = fields.data;
    while !rest.is_empty() {
        let (after, field) = Any::from_der(rest).ok()?;
        if field.tag().0 == ERROR_CODE {
            let (_, code) = Any::from_der(field.data).ok()?;
            return code.u32().ok();
        }
        rest = after;
    }
    None
}

/// The code of a refusal inside a server's token: behind the mechanism's name stand 03 00 (RFC 4121 §4.1) and it.
pub(super) fn error_code_in(token: &[u8]) -> Option<u32> {
    let begin = token.windows(3).position(|octets| octets == [3, 0, 0x7e])?;
    error_code(token.get(begin + 2..)?)
}
