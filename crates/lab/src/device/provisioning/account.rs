//! The APPLICATION of a provisioning document: w7 APPLICATION CSP.

use url::Url;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Account, Characteristic, Identity, Refusal, refuse};
use crate::device::subject::Name;
use crate::device::syncml::MEDIA_TYPE;

/// Names are upper-case and case-sensitive.
const NAMES: [&str; 18] = [
    "APPID",
    "PROVIDER-ID",
    "NAME",
    "ADDR",
    "CONNRETRYFREQ",
    "INITIALBACKOFFTIME",
    "MAXBACKOFFTIME",
    "BACKCOMPATRETRYDISABLED",
    "DEFAULTENCODING",
    "SSLCLIENTCERTSEARCHCRITERIA",
    "ROLE",
    "PROTOVER",
    "USEHWDEVID",
    "INIT",
    "TO-NAPID",
    "CRLCHECK",
    "ServerList",
    "AAUTHNAME",
];

pub(super) fn read(application: &Characteristic, identity: &Identity) -> Result<Account, Refusal> {
    for value in &application.values {
        let is_misspelt = |known: &&str| known.eq_ignore_ascii_case(&value.name) && **known != value.name;
        if NAMES.iter().any(is_misspelt) {
            return Err(refuse(format!(
                "{} isn't written as Windows wants it",
                value.name
            )));
        }
    }
    if application.wanted("APPID")? != "w7" {
        return Err(refuse("APPID isn't w7"));
    }
    if application.value("INIT").is_some() {
        return Err(refuse("INIT isn't supported for management"));
    }
    if application
        .value("DEFAULTENCODING")
        .is_some_and(|encoding| encoding != MEDIA_TYPE)
    {
        return Err(refuse(
            "DEFAULTENCODING isn't XML, and the device speaks nothing else",
        ));
    }
    let address = application.wanted("ADDR")?.to_owned();
    if !Url::parse(&address).is_ok_and(|url| url.scheme() == "https") {
        return Err(refuse("ADDR isn't an https address"));
    }
    authentication(application)?;
    if let Some(criteria) = application.value("SSLCLIENTCERTSEARCHCRITERIA") {
        search(criteria, identity)?;
    }
    let number = |name: &str, default: u32| match application.value(name) {
        Some(value) => value
            .parse()
            .map_err(|_| refuse(format!("{name} isn't a number"))),
        None => Ok(default),
    };
    Ok(Account {
        provider_id: application.wanted("PROVIDER-ID")?.to_owned(),
        address,
        retries: number("CONNRETRYFREQ", 3)?,
        backoff: (
            number("INITIALBACKOFFTIME", 16_000)?,
            number("MAXBACKOFFTIME", 86_400_000)?,
        ),
    })
}

/// Two APPAUTH are wanted: for the server's word to the client DIGEST alone.
fn authentication(application: &Characteristic) -> Result<(), Refusal> {
    let level = |wanted: &str, kinds: &[&str]| {
        let mut found = application
            .named("APPAUTH")
            .filter(|part| part.value("AAUTHLEVEL") == Some(wanted));
        let (Some(part), None) = (found.next(), found.next()) else {
            return Err(refuse(format!("it wants one APPAUTH of level {wanted}")));
        };
        let kind = part.wanted("AAUTHTYPE")?;
        if !kinds.contains(&kind) {
            return Err(refuse(format!("the APPAUTH of level {wanted} is {kind}")));
        }
        part.wanted("AAUTHSECRET")?;
        if kind == "DIGEST" {
            part.wanted("AAUTHDATA")?;
        }
        Ok(())
    };
    if application.named("APPAUTH").count() != 2 {
        return Err(refuse("it wants exactly two APPAUTH"));
    }
    level("CLIENT", &["DIGEST"])?;
    level("APPSRV", &["BASIC", "DIGEST"])
}

/// The search must find the certificate that was issued, or no session is ever made.
fn search(criteria: &str, identity: &Identity) -> Result<(), Refusal> {
    let (mut subject, mut stores) = (None, None);
    for (name, value) in url::form_urlencoded::parse(criteria.as_bytes()) {
        match name.as_ref() {
            "Subject" => subject = Some(value.into_owned()),
            "Stores" => stores = Some(value.into_owned()),
            other => return Err(refuse(format!("SSLCLIENTCERTSEARCHCRITERIA has a part {other}"))),
        }
    }
    if stores.is_some_and(|stores| stores != "My\\User") {
        return Err(refuse("SSLCLIENTCERTSEARCHCRITERIA looks in another store"));
    }
    let Some(subject) = subject else { return Ok(()) };
    let wanted = Name::parse(&subject)
        .map_err(|_| refuse("SSLCLIENTCERTSEARCHCRITERIA has a subject that can't be read"))?;
    let mut wanted: Vec<(String, String)> = wanted
        .0
        .into_iter()
        .flatten()
        .map(|attribute| (attribute.oid, attribute.value))
        .collect();
    let (_, certificate) = X509Certificate::from_der(&identity.der).map_err(|_| refuse("no certificate"))?;
    let mut found: Vec<(String, String)> = certificate
        .subject()
        .iter_attributes()
        .map(|attribute| {
            let value = String::from_utf8_lossy(attribute.attr_value().data);
            (attribute.attr_type().to_id_string(), value.into_owned())
        })
        .collect();
    wanted.sort();
    found.sort();
    if wanted == found {
        Ok(())
    } else {
        Err(refuse(
            "SSLCLIENTCERTSEARCHCRITERIA doesn't find the device's certificate",
        ))
    }
}
