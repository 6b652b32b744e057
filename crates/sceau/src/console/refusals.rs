//! Why Sceau's own authority refused a request, in the reader's words. SCEP carries English text (RFC 8894 §3.2.1.4);
//! what another authority says stays as it came.

use super::language::Language;

/// The authority's texts, values in braces, and the keys of their words.
pub(super) const TEXTS: [(&str, &str); 40] = [
    ("the certification request can't be read", "refusal-unreadable"),
    (
        "the message isn't signed by the key that it asks a certificate for",
        "refusal-other-key",
    ),
    ("the request has no challenge", "refusal-challenge-missing"),
    (
        "the challenge is not one of this authority",
        "refusal-challenge-wrong",
    ),
    ("the challenge was used before", "refusal-challenge-used"),
    ("the challenge has expired", "refusal-challenge-expired"),
    (
        "the challenge belongs to another address",
        "refusal-challenge-of-another",
    ),
    ("the request was not approved", "refusal-not-approved"),
    (
        "the certificate of this transaction was revoked",
        "refusal-revoked",
    ),
    (
        "the transactionID belongs to a request with another key",
        "refusal-transaction-key",
    ),
    (
        "the transaction belongs to another address",
        "refusal-transaction-address",
    ),
    (
        "the signer's certificate is not one of this authority that counts now",
        "refusal-renewal-of-another",
    ),
    (
        "this certificate is renewed by its configuration, not by its holder",
        "refusal-renewal-of-delivery",
    ),
    (
        "no transaction of this name was begun with this key",
        "refusal-transaction-unknown",
    ),
    (
        "the certificate is not one of this authority",
        "refusal-certificate-of-another",
    ),
    (
        "there is no certificate of this serial number",
        "refusal-serial-unknown",
    ),
    ("the request has too many attributes", "refusal-too-many"),
    ("the request has too many extensions", "refusal-too-many"),
    ("the subject has too many parts", "refusal-too-many"),
    ("the request has too many alternative names", "refusal-too-many"),
    ("the key is not an RSA key", "refusal-not-rsa"),
    ("the RSA key of {value} bits is too small", "refusal-key-small"),
    (
        "the RSA key of {value} bits is not of the size ordered",
        "refusal-key-size",
    ),
    ("the public exponent of the RSA key is weak", "refusal-key-weak"),
    (
        "the signature of the request does not fit its key",
        "refusal-no-possession",
    ),
    (
        "the subject of the request cannot be read",
        "refusal-subject-unreadable",
    ),
    ("the request names no subject", "refusal-subject-empty"),
    (
        "the subject's attribute {attribute} with the value \"{value}\" was not ordered",
        "refusal-subject",
    ),
    (
        "the subject lacks the attribute {attribute} that was ordered",
        "refusal-subject-incomplete",
    ),
    ("the alternative name {value} was not ordered", "refusal-name"),
    (
        "an alternative name that was ordered is not in the request",
        "refusal-name-missing",
    ),
    ("a key usage was not ordered", "refusal-key-usage"),
    (
        "the key usage of an authority was not ordered",
        "refusal-authority",
    ),
    (
        "a certificate of an authority was not ordered",
        "refusal-authority",
    ),
    ("the extended key usage {value} was not ordered", "refusal-usage"),
    (
        "the usage for smart-card logon was not ordered",
        "refusal-smart-card",
    ),
    ("the application policy {value} was not ordered", "refusal-usage"),
    ("a security identifier cannot be asked for", "refusal-sid"),
    ("the extension {value} was not ordered", "refusal-extension"),
    ("the extension {value} cannot be read", "refusal-extension"),
];

/// The words for a text of Sceau's own authority.
pub(super) fn in_words(text: &str, language: Language) -> Option<String> {
    let (key, values) = TEXTS
        .iter()
        .find_map(|(pattern, key)| Some((*key, values(pattern, text)?)))?;
    language.sentence(key, &values)
}

/// What stands in the text where the pattern has braces; none: the text is another one.
fn values<'a>(pattern: &'a str, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found = Vec::new();
    let (mut pattern, mut text) = (pattern, text);
    while let Some((before, rest)) = pattern.split_once('{') {
        let (name, after) = rest.split_once('}')?;
        text = text.strip_prefix(before)?;
        let next = after.split('{').next().unwrap_or_default();
        // The last piece ends the text: a value may hold the same words.
        let end = if after.contains('{') {
            text.find(next)?
        } else {
            text.strip_suffix(next)?.len()
        };
        let (value, left) = text.split_at_checked(end)?;
        found.push((name, value));
        (pattern, text) = (after, left);
    }
    (pattern == text).then_some(found)
}
