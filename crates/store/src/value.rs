//! What goes into a statement: the four shapes that both databases share, and how the domain's types
//! become them.

use domain::{Id, Sealed, Timestamp, thumbprint::Sha1};
use serde::Serialize;

use crate::error::Error;

/// One parameter. An absent one keeps its type, which PostgreSQL wants to know.
#[derive(Clone)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Boolean(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

/// A type that can be a parameter.
pub(crate) trait Bind {
    const ABSENT: Value;
    fn value(&self) -> Value;
}

/// The parameters of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Bind::value(&$value)),*] };
}
pub(crate) use values;

macro_rules! bind {
    ($type:ty, $shape:ident, $this:ident => $value:expr) => {
        impl Bind for $type {
            const ABSENT: Value = Value::$shape(None);
            fn value(&self) -> Value {
                let $this = self;
                Value::$shape(Some($value))
            }
        }
    };
}
bind!(str, Text, text => text.to_owned());
bind!(String, Text, text => text.clone());
bind!(Json, Text, json => json.0.clone());
bind!(Sha1, Text, sha1 => sha1.to_string());
bind!(i64, Integer, number => *number);
bind!(u32, Integer, number => i64::from(*number));
bind!(Timestamp, Integer, at => at.milliseconds());
bind!(bool, Boolean, claim => *claim);
bind!(Vec<u8>, Bytes, octets => octets.clone());
bind!([u8], Bytes, octets => octets.to_vec());
bind!(Sealed, Bytes, sealed => sealed.0.clone());

impl<Noun> Bind for Id<Noun> {
    const ABSENT: Value = Value::Text(None);
    fn value(&self) -> Value {
        Value::Text(Some(self.as_str().to_owned()))
    }
}
impl<T: Bind> Bind for Option<T> {
    const ABSENT: Value = T::ABSENT;
    fn value(&self) -> Value {
        self.as_ref().map_or(Self::ABSENT, T::value)
    }
}
impl<T: Bind + ?Sized> Bind for &T {
    const ABSENT: Value = T::ABSENT;
    fn value(&self) -> Value {
        T::value(self)
    }
}

/// A nested value of the domain as JSON text.
pub(crate) struct Json(String);

/// Writes a nested value of the domain.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<Json, Error> {
    serde_json::to_string(value)
        .map(Json)
        .map_err(|error| Error::Corrupt(error.to_string()))
}

/// A unit variant's serde name, such as `certificate` for a proof.
pub(crate) fn word<T: Serialize>(value: &T) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Error::Corrupt("a value that should be one word".to_owned())),
    }
}

/// A pattern for `LIKE … ESCAPE '!'` that finds the text anywhere; the empty text finds everything.
pub(crate) fn pattern(search: &str) -> String {
    let escaped: String = search
        .to_lowercase()
        .chars()
        .flat_map(|c| matches!(c, '%' | '_' | '!').then_some('!').into_iter().chain([c]))
        .collect();
    format!("%{escaped}%")
}

/// Several octet strings as JSON of hexadecimal text.
pub(crate) fn hex_list(items: &[Vec<u8>]) -> Result<Json, Error> {
    let texts: Vec<String> = items.iter().map(|octets| hex(octets)).collect();
    json(&texts)
}

/// Octets as lower-case hexadecimal digits.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
