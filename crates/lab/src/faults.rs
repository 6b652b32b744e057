//! What goes wrong in the laboratory on purpose: `--faults slow,cache-full=10@20,http-500=0.1`.
//!
//! Minutes are laboratory minutes. They count from the first challenge that anyone asked for, so that what is set
//! up before doesn't use them up; those of `renewed-ca` and `sign-in-refused` count from the start.

use std::fmt;
use std::str::FromStr;

/// One thing that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// `slow[=SECONDS]`: every answer comes so many laboratory seconds later, half as much more or less.
    Slow { seconds: f64 },
    /// `cache-full[=MINUTES[@AT]]`: the page says that no challenge fits any more.
    CacheFull { minutes: f64, at: f64 },
    /// `restart[=AT]`: every unused challenge is forgotten, every connection dropped.
    Restart { at: f64 },
    /// `wrong-thumbprint`: the page shows the MD5 of another CA.
    WrongThumbprint,
    /// `expired-ra`: both RA certificates ended an hour ago.
    ExpiredRa,
    /// `renewed-ca[=AT]`: a CA of the same name with a new key, and new RA certificates; the old chain is gone.
    RenewedCa { at: f64 },
    /// `sign-in-refused[=AT]`: the right password is answered with 401.
    SignInRefused { at: f64 },
    /// `truncated[=SHARE[@PART]]`: of so many pages only this part arrives, any if none is named; their challenges are
    /// made all the same.
    Truncated { share: f64, part: Option<f64> },
    /// `language=fr|ja|de`.
    Language(Language),
    /// `encoding=utf8|utf16le-bom`: the page's octets.
    Encoding(Encoding),
    /// `http-500[=SHARE]`: so many of the signed-in and SCEP requests fail before they are looked at.
    Http500 { share: f64 },
    /// `bursts[=MINUTES[/EVERY]]`: the same to all of them for so long, each EVERY minutes.
    Bursts { minutes: f64, every: f64 },
    /// `pending-approved[=MINUTES[:SHARE]]`: requests wait for a person, who approves after so long.
    PendingApproved { minutes: f64, share: f64 },
    /// `pending-forever`: nobody ever looks.
    PendingForever,
    /// `denied[=MINUTES]`: a person denies each request after so long.
    Denied { minutes: f64 },
    /// `no-permission`: the account may sign in and may not enrol.
    NoPermission,
    /// `no-password`: no challenge is shown, and none is asked for (EnforcePassword = 0).
    NoPassword,
    /// `single-password`: one challenge for everyone (UseSinglePassword).
    SinglePassword,
    /// `templates[=USAGES]`: only requests with one of these key usages (`a0+80`, `a0` if none is given) have a
    /// template that the CA publishes.
    Templates(Templates),
    /// `front-end-redirect`: a server in front answers the address without a slash with 301 before any sign-in.
    FrontEndRedirect,
    /// `page-without-slash`: the address without a slash gives the page, and with it a challenge.
    PageWithoutSlash,
    /// `no-crl`: the revocation list that every certificate names isn't there.
    NoCrl,
    /// `policy-module[=forbidden|words|value]`: a policy module answers in place of the page.
    PolicyModule(ModuleAnswer),
    /// `require-binding`: sign-ins that aren't bound to their TLS connection are refused (Extended Protection).
    RequireBinding,
    /// `basic-only`: Basic is the one way to sign in.
    BasicOnly,
    /// `kerberos-only`: Negotiate is offered, and NTLM inside it refused.
    KerberosOnly,
    /// `vanish[=SHARE[@MINUTES]]`, the devices' own: so many leave after a delivery and are back much later.
    Vanish { share: f64, minutes: f64 },
}

/// A language of the page, in the laboratory's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    French,
    Japanese,
    German,
}

/// How the page's text becomes octets; the usual way is UTF-16LE without a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// UTF-16LE behind its byte order mark.
    Utf16Marked,
}

/// What a policy module answers to who asks for the page. What is known of the real ones: an address of their own for
/// each operation, and 403 for a browser at the SCEP address. The rest is the laboratory's guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleAnswer {
    /// HTTP 403.
    Forbidden,
    /// HTTP 200 with plain words that it denies.
    Words,
    /// HTTP 200 with a bare challenge, as to who asks by the operation's name.
    Value,
}

/// Key usages that have a template: 0x80, 0x20 and 0xa0, as NDES tells its three apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Templates {
    pub signature: bool,
    pub encryption: bool,
    pub general: bool,
}

/// Several of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults(Vec<Fault>);

/// Text that names no fault, or gives one a value that it can't have.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no fault of the laboratory")]
pub struct UnknownFault(String);

/// What an administrator sees in an ordinary week.
const ORDINARY: [Fault; 7] = [
    Fault::Slow { seconds: 3.0 },
    Fault::CacheFull {
        minutes: 10.0,
        at: 15.0,
    },
    Fault::Restart { at: 40.0 },
    Fault::Bursts {
        minutes: 2.0,
        every: 30.0,
    },
    Fault::Truncated {
        share: 0.01,
        part: None,
    },
    Fault::PendingApproved {
        minutes: 3.0,
        share: 0.05,
    },
    Fault::Vanish {
        share: 0.01,
        minutes: 90.0,
    },
];

impl Fault {
    /// Its name, as `--faults` takes it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Slow { .. } => "slow",
            Self::CacheFull { .. } => "cache-full",
            Self::Restart { .. } => "restart",
            Self::WrongThumbprint => "wrong-thumbprint",
            Self::ExpiredRa => "expired-ra",
            Self::RenewedCa { .. } => "renewed-ca",
            Self::SignInRefused { .. } => "sign-in-refused",
            Self::Truncated { .. } => "truncated",
            Self::Language(_) => "language",
            Self::Encoding(_) => "encoding",
            Self::Http500 { .. } => "http-500",
            Self::Bursts { .. } => "bursts",
            Self::PendingApproved { .. } => "pending-approved",
            Self::PendingForever => "pending-forever",
            Self::Denied { .. } => "denied",
            Self::NoPermission => "no-permission",
            Self::NoPassword => "no-password",
            Self::SinglePassword => "single-password",
            Self::Templates(_) => "templates",
            Self::FrontEndRedirect => "front-end-redirect",
            Self::PageWithoutSlash => "page-without-slash",
            Self::NoCrl => "no-crl",
            Self::PolicyModule(_) => "policy-module",
            Self::RequireBinding => "require-binding",
            Self::BasicOnly => "basic-only",
            Self::KerberosOnly => "kerberos-only",
            Self::Vanish { .. } => "vanish",
        }
    }
}

impl Faults {
    /// The first of them that `pick` wants.
    pub(crate) fn find<T>(&self, pick: impl FnMut(&Fault) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(pick)
    }

    /// Whether this one is among them.
    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.0.contains(&fault)
    }

    /// Whether nothing goes wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, as `--faults` takes them.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(Fault::name)
    }

    /// Which share of the devices leaves after a delivery, and for how many laboratory minutes.
    #[must_use]
    pub fn vanish(&self) -> Option<(f64, f64)> {
        self.find(|fault| match fault {
            Fault::Vanish { share, minutes } => Some((*share, *minutes)),
            _ => None,
        })
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, fault) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(formatter, "{comma}{fault:?}")?;
        }
        Ok(())
    }
}

impl FromStr for Faults {
    type Err = UnknownFault;

    /// Names with commas between them; an earlier one of the same kind wins over a later one.
    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut faults = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part {
                "ordinary" => faults.extend(ORDINARY),
                _ => faults.push(one(part).ok_or_else(|| UnknownFault(part.to_owned()))?),
            }
        }
        Ok(Self(faults))
    }
}

fn one(part: &str) -> Option<Fault> {
    let (name, value) = match part.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (part, None),
    };
    match name {
        "language" => return Some(Fault::Language(language(value?)?)),
        "encoding" => return Some(Fault::Encoding(encoding(value?)?)),
        "templates" => return templates(value.unwrap_or("a0")).map(Fault::Templates),
        "policy-module" => return module(value.unwrap_or("forbidden")).map(Fault::PolicyModule),
        _ => {}
    }
    if let Some(fault) = plain(name) {
        return value.is_none().then_some(fault);
    }
    let (first, second) = match value.map(|value| value.split_once(['@', '/', ':'])) {
        Some(Some((first, second))) => (Some(number(first)?), Some(number(second)?)),
        Some(None) => (Some(number(value?)?), None),
        None => (None, None),
    };
    let fault = match name {
        "cache-full" => Fault::CacheFull {
            minutes: first.unwrap_or(10.0),
            at: second.unwrap_or(0.0),
        },
        "bursts" => Fault::Bursts {
            minutes: first.unwrap_or(2.0),
            every: second.filter(|every| *every > 0.0).unwrap_or(30.0),
        },
        "pending-approved" => Fault::PendingApproved {
            minutes: first.unwrap_or(3.0),
            share: second.unwrap_or(1.0),
        },
        "vanish" => Fault::Vanish {
            share: first.unwrap_or(0.01),
            minutes: second.unwrap_or(90.0),
        },
        "truncated" => Fault::Truncated {
            share: first.unwrap_or(0.1),
            part: second,
        },
        _ if second.is_some() => return None,
        "slow" => Fault::Slow {
            seconds: first.unwrap_or(3.0),
        },
        "restart" => Fault::Restart {
            at: first.unwrap_or(30.0),
        },
        "renewed-ca" => Fault::RenewedCa {
            at: first.unwrap_or(0.0),
        },
        "sign-in-refused" => Fault::SignInRefused {
            at: first.unwrap_or(60.0),
        },
        "http-500" => Fault::Http500 {
            share: first.unwrap_or(0.1),
        },
        "denied" => Fault::Denied {
            minutes: first.unwrap_or(2.0),
        },
        _ => return None,
    };
    Some(fault)
}

/// Those that take no value.
fn plain(name: &str) -> Option<Fault> {
    Some(match name {
        "wrong-thumbprint" => Fault::WrongThumbprint,
        "expired-ra" => Fault::ExpiredRa,
        "pending-forever" => Fault::PendingForever,
        "no-permission" => Fault::NoPermission,
        "no-password" => Fault::NoPassword,
        "single-password" => Fault::SinglePassword,
        "front-end-redirect" => Fault::FrontEndRedirect,
        "page-without-slash" => Fault::PageWithoutSlash,
        "no-crl" => Fault::NoCrl,
        "require-binding" => Fault::RequireBinding,
        "basic-only" => Fault::BasicOnly,
        "kerberos-only" => Fault::KerberosOnly,
        _ => return None,
    })
}

fn number(text: &str) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

fn language(text: &str) -> Option<Language> {
    match text {
        "fr" => Some(Language::French),
        "ja" => Some(Language::Japanese),
        "de" => Some(Language::German),
        _ => None,
    }
}

fn encoding(text: &str) -> Option<Encoding> {
    match text {
        "utf8" => Some(Encoding::Utf8),
        "utf16le-bom" => Some(Encoding::Utf16Marked),
        _ => None,
    }
}

fn module(text: &str) -> Option<ModuleAnswer> {
    match text {
        "forbidden" => Some(ModuleAnswer::Forbidden),
        "words" => Some(ModuleAnswer::Words),
        "value" => Some(ModuleAnswer::Value),
        _ => None,
    }
}

fn templates(text: &str) -> Option<Templates> {
    let mut templates = Templates::default();
    for usage in text.split('+') {
        match usage {
            "80" => templates.signature = true,
            "20" => templates.encryption = true,
            "a0" => templates.general = true,
            _ => return None,
        }
    }
    Some(templates)
}
