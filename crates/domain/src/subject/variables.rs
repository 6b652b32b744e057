//! The variables of subjects and alternative names, and where their values come from.

use super::Facts;
use crate::{diagnosis::Cause, error::Error, person::Attributes};

/// All variables but the custom ones, in the order in which a person sees them.
pub const LIST: &[&str] = &[
    "userEmailAddress",
    "userEmailAddressLocalPart",
    "userEmailAddressDomain",
    "userUPN",
    "userUID",
    "userDisplayName",
    "userFirstName",
    "userLastName",
    "userDN",
    "userCN",
    "userOU",
    "userDepartment",
    "userLocale",
    "sAMAccountName",
    "userSID",
    "deviceName",
    "deviceSN",
    "deviceGUID",
    "deviceUDID",
    "deviceModel",
    "deviceIMEI",
    "deviceWifiMacAddress",
    "deviceMdmDeviceIdentifier",
    "deviceSID",
    "timestampMS",
];

/// Longest name of a custom attribute.
const MAX_CUSTOM_NAME: usize = 64;

/// One variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// `${timestampMS}`.
    TimestampMs,
    /// `${custom.NAME}`, from the person's record.
    Custom(String),
    /// Any other of [`LIST`].
    Named(&'static str),
}

impl Variable {
    /// Reads a variable's name, without the braces.
    pub fn parse(name: &str) -> Result<Self, Error> {
        if let Some(custom) = name.strip_prefix("custom.") {
            return parse_custom(custom);
        }
        match LIST.iter().find(|known| **known == name) {
            Some(&"timestampMS") => Ok(Self::TimestampMs),
            Some(known) => Ok(Self::Named(known)),
            None => Err(unknown(name)),
        }
    }

    /// Its name, as written between the braces.
    pub fn name(&self) -> String {
        match self {
            Self::TimestampMs => "timestampMS".to_owned(),
            Self::Custom(name) => format!("custom.{name}"),
            Self::Named(name) => (*name).to_owned(),
        }
    }

    /// Its value for one device; what is unknown or blank is missing.
    pub fn value(&self, facts: &Facts<'_>) -> Result<String, Cause> {
        let attributes = facts.person.map(|person| &person.attributes);
        let value = match self {
            Self::TimestampMs => Some(facts.now.milliseconds().to_string()),
            Self::Custom(name) => attributes.and_then(|known| known.custom.get(name).cloned()),
            Self::Named(name) => attributes
                .and_then(|known| of_person(name, known))
                .or_else(|| of_device(name, facts)),
        };
        let value = value
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| Cause::VariableMissing {
                variable: self.name(),
            })?;
        if value.chars().any(char::is_control) {
            let detail = format!("the value of {} holds a control character", self.name());
            return Err(Cause::SubjectInvalid { detail });
        }
        Ok(value)
    }

    /// Whether its value is a whole distinguished name.
    pub fn is_directory_name(&self) -> bool {
        *self == Self::Named("userDN")
    }
}

/// The known variable whose name is nearest.
pub fn nearest(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    LIST.iter()
        .map(|known| (distance(&lower, &known.to_lowercase()), *known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| *distance * 2 <= known.len())
        .map(|(_, known)| known)
}

fn of_person(name: &str, known: &Attributes) -> Option<String> {
    let email = known.email.as_deref();
    match name {
        "userEmailAddress" => known.email.clone(),
        "userEmailAddressLocalPart" => email.and_then(|email| Some(email.rsplit_once('@')?.0.to_owned())),
        "userEmailAddressDomain" => email.and_then(|email| Some(email.rsplit_once('@')?.1.to_owned())),
        "userUPN" => known.upn.clone(),
        "userUID" => known.uid.clone(),
        "userDisplayName" => known.display_name.clone(),
        "userFirstName" => known.first_name.clone(),
        "userLastName" => known.last_name.clone(),
        "userDN" => known.dn.clone(),
        "userCN" => known.cn.clone(),
        "userOU" => known.ou.clone(),
        "userDepartment" => known.department.clone(),
        "userLocale" => known.locale.clone(),
        "sAMAccountName" => known.sam_account_name.clone(),
        "userSID" => known.sid.clone(),
        _ => None,
    }
}

/// `${deviceSID}` has no value yet: a strong mapping comes only from the server's own record, never from
/// what a device says of itself, and no such record is kept.
fn of_device(name: &str, facts: &Facts<'_>) -> Option<String> {
    let device = facts.device;
    match name {
        "deviceName" => Some(device.name.clone()),
        "deviceSN" => device.serial_number.clone(),
        "deviceGUID" => Some(hyphenated(device.id.as_str())),
        "deviceUDID" | "deviceMdmDeviceIdentifier" => Some(device.windows_id.clone()),
        "deviceModel" => device.model.clone(),
        "deviceIMEI" => device.imei.clone(),
        "deviceWifiMacAddress" => device.wifi_mac.clone(),
        _ => None,
    }
}

/// 32 hexadecimal digits in the five groups of a GUID.
fn hyphenated(digits: &str) -> String {
    let mut guid = String::with_capacity(36);
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            guid.push('-');
        }
        guid.push(digit);
    }
    guid
}

fn parse_custom(name: &str) -> Result<Variable, Error> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || name.len() > MAX_CUSTOM_NAME || !name.chars().all(is_plain) {
        let detail = "a custom attribute's name has 1 to 64 letters, digits, dots, hyphens or underscores";
        return Err(Error::invalid("template", detail)
            .keyed("error-variable-custom-name")
            .with("variable", name));
    }
    Ok(Variable::Custom(name.to_owned()))
}

fn unknown(name: &str) -> Error {
    let shown: String = name.chars().take(64).collect();
    let error = Error::invalid("template", format!("there is no variable ${{{shown}}}"));
    let error = error.keyed("error-variable-unknown").with("variable", &shown);
    match nearest(&shown) {
        Some(known) => {
            let mut error = error
                .keyed("error-variable-unknown-nearest")
                .with("suggestion", format!("${{{known}}}"));
            error
                .detail
                .push_str(&format!("; ${{{known}}} is meant, perhaps"));
            error
        }
        None => error,
    }
}

/// Levenshtein's distance, in characters.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, left) in one.chars().enumerate() {
        let mut next = vec![line + 1];
        for (right, pair) in other.iter().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            let beside = next.last().copied().unwrap_or_default();
            let changed = diagonal + usize::from(left != *right);
            next.push(changed.min(above + 1).min(beside + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
