//! Subject alternative names: rows of type and value, and the CSP's form of them.

use std::net::IpAddr;

use super::{Facts, Template};
use crate::{
    diagnosis::Cause,
    error::Error,
    scep_configuration::{San, SanKind},
};

/// Most rows of one configuration.
const MAX_ROWS: usize = 16;
const MAX_VALUE: usize = 255;
/// KB5014754: a URI that maps the certificate strongly to the account with this security identifier.
const STRONG_MAPPING: &str = "tag:microsoft.com,2022-09-14:sid:";

/// Checks rows as a person writes them. A value is checked as far as it holds no variable. The errors name
/// the field `sans` and the row, from 1.
pub fn check(rows: &[San]) -> Result<(), Vec<Error>> {
    let mut errors = Vec::new();
    if rows.len() > MAX_ROWS {
        errors.push(Error::invalid("sans", "more than 16 alternative names").keyed("error-sans-too-many"));
    }
    for (position, row) in rows.iter().take(MAX_ROWS).enumerate() {
        let checked = Template::parse(template_of(row)).and_then(|template| match template.literal() {
            Some(literal) => check_value(row.kind, &literal).map_err(|detail| {
                Error::invalid("sans", detail)
                    .keyed(invalid_key(row.kind))
                    .with("value", literal)
            }),
            None if row.value.contains(';') => {
                Err(Error::invalid("sans", SEPARATOR).keyed("error-sans-separator"))
            }
            None => Ok(()),
        });
        errors.extend(
            checked
                .err()
                .map(|error| error.at("sans").with("row", (position + 1).to_string())),
        );
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The rows for one device in the CSP's form, `type+value;type+value`; empty without rows.
///
/// Microsoft, ClientCertificateInstall CSP (SubjectAlternativeNames) with certenroll's AlternativeNameType:
/// 2 e-mail, 3 DNS, 7 URI, 8 IP, 11 UPN.
pub fn fill(rows: &[San], facts: &Facts<'_>) -> Result<String, Cause> {
    let mut filled = Vec::with_capacity(rows.len());
    for row in rows {
        let invalid = |detail: String| Cause::SanInvalid {
            kind: row.kind,
            detail,
        };
        let template = Template::parse(template_of(row)).map_err(|error| invalid(error.detail))?;
        let value = template.fill(facts)?;
        check_value(row.kind, &value).map_err(invalid)?;
        filled.push(written(row.kind, &value));
    }
    Ok(filled.join(";"))
}

/// Rows without variables in the CSP's form.
pub fn literal(rows: &[San]) -> String {
    let written: Vec<_> = rows.iter().map(|row| written(row.kind, &row.value)).collect();
    written.join(";")
}

/// Reads the CSP's form back into (type, value).
pub fn read(text: &str) -> Vec<(u8, String)> {
    text.split(';')
        .filter_map(|row| row.split_once('+'))
        .filter_map(|(kind, value)| Some((kind.parse().ok()?, value.to_owned())))
        .collect()
}

/// The CSP's form as rows without variables: what a certificate shall hold.
pub fn rows(text: &str) -> Vec<San> {
    let kind_of = |number| match number {
        2 => Some(SanKind::Email),
        3 => Some(SanKind::Dns),
        7 => Some(SanKind::Uri),
        8 => Some(SanKind::Ip),
        11 => Some(SanKind::Upn),
        _ => None,
    };
    let all = read(text).into_iter();
    all.filter_map(|(number, value)| kind_of(number).map(|kind| San { kind, value }))
        .collect()
}

/// A row without variables as a certificate holds it: a strong mapping is a URI.
pub fn resolved(row: &San) -> San {
    match row.kind {
        SanKind::Sid => San {
            kind: SanKind::Uri,
            value: format!("{STRONG_MAPPING}{}", row.value),
        },
        _ => row.clone(),
    }
}

const SEPARATOR: &str = "an alternative name can't hold a semicolon: Windows knows no way to write it";

/// A row of strong mapping without a value means the person's own identifier.
fn template_of(row: &San) -> &str {
    match (row.kind, row.value.trim()) {
        (SanKind::Sid, "") => "${userSID}",
        (_, value) => value,
    }
}

fn written(kind: SanKind, value: &str) -> String {
    match kind {
        SanKind::Email => format!("2+{value}"),
        SanKind::Dns => format!("3+{value}"),
        SanKind::Uri => format!("7+{value}"),
        SanKind::Ip => format!("8+{value}"),
        SanKind::Upn => format!("11+{value}"),
        SanKind::Sid => format!("7+{STRONG_MAPPING}{value}"),
    }
}

fn check_value(kind: SanKind, value: &str) -> Result<(), String> {
    if value.contains(';') {
        return Err(SEPARATOR.to_owned());
    }
    if value.trim() != value || value.is_empty() || value.len() > MAX_VALUE {
        return Err("an alternative name has 1 to 255 characters and no blank at an end".to_owned());
    }
    let (is_right, wanted) = match kind {
        SanKind::Email => (
            is_address(value) && value.is_ascii(),
            "an e-mail address, name@domain",
        ),
        SanKind::Upn => (is_address(value), "a user principal name, name@domain"),
        SanKind::Dns => (is_dns(value), "a DNS name"),
        SanKind::Uri => (is_uri(value), "a URI with a scheme"),
        SanKind::Ip => (value.parse::<IpAddr>().is_ok(), "an IP address"),
        SanKind::Sid => (is_sid(value), "a security identifier, S-1-…"),
    };
    if is_right {
        Ok(())
    } else {
        Err(format!("“{value}” is not {wanted}"))
    }
}

fn invalid_key(kind: SanKind) -> &'static str {
    match kind {
        SanKind::Email => "error-sans-email",
        SanKind::Upn => "error-sans-upn",
        SanKind::Dns => "error-sans-dns",
        SanKind::Uri => "error-sans-uri",
        SanKind::Ip => "error-sans-ip",
        SanKind::Sid => "error-sans-sid",
    }
}

fn is_address(value: &str) -> bool {
    let is_clean = value.chars().all(|c| !c.is_control() && !c.is_whitespace());
    is_clean
        && value
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && is_dns(domain))
}

/// A name of labels; the first may be `*`. An underscore is let through: Active Directory has such hosts.
fn is_dns(value: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let labels = value.strip_prefix("*.").unwrap_or(value);
    value.len() <= 253 && labels.split('.').all(is_label)
}

/// RFC 3986 §3.1: a scheme begins with a letter.
fn is_uri(value: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    let is_clean = value.bytes().all(|b| b.is_ascii_graphic());
    is_clean
        && value
            .split_once(':')
            .is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
}

/// `S-1-` and 2 to 16 numbers.
fn is_sid(value: &str) -> bool {
    let Some(numbers) = value.strip_prefix("S-1-") else {
        return false;
    };
    let numbers: Vec<&str> = numbers.split('-').collect();
    let is_number =
        |number: &&str| number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u64>().is_ok();
    (2..=16).contains(&numbers.len()) && numbers.iter().all(is_number)
}
