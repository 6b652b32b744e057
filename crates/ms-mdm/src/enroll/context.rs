use crate::Error;
use crate::xml;
use roxmltree::Node;

const NAMESPACE: &str = "http://schemas.xmlsoap.org/ws/2006/12/authorization";
const MAX_ITEMS: usize = 128;
const MAX_VALUE: usize = 512;

/// Whether a person or the device itself enrols, which decides where its identity certificate goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrollmentType {
    /// A signed-in person's: identity in `My/User`.
    Full,
    /// The device's: identity in `My/System`.
    Device,
    Other(String),
}

/// `ac:AdditionalContext`: what the device says of itself, unproven. Items that this version doesn't know are
/// left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AdditionalContext {
    pub device_name: Option<String>,
    pub os_version: Option<String>,
    pub os_edition: Option<u32>,
    /// 32 hexadecimal digits on the wire, a UUID in Microsoft's sample; the Source of OMA-DM messages later.
    pub device_id: Option<String>,
    pub hw_dev_id: Option<String>,
    pub mac_addresses: Vec<String>,
    pub imeis: Vec<String>,
    pub enrollment_type: Option<EnrollmentType>,
    pub device_type: Option<String>,
    pub application_version: Option<String>,
    pub locale: Option<String>,
    pub request_version: Option<String>,
    /// Whether a person started the enrolment on the screen.
    pub is_interactive: Option<bool>,
    pub is_target_user_logged_in: Option<bool>,
    pub is_out_of_box: Option<bool>,
}

/// Reads the context below a `RequestSecurityToken`; an absent one is an empty one.
pub(super) fn read(request: Node<'_, '_>) -> Result<AdditionalContext, Error> {
    let mut context = AdditionalContext::default();
    let Some(element) = xml::child_in(request, &[NAMESPACE], "AdditionalContext") else {
        return Ok(context);
    };
    let items = element
        .children()
        .filter(|node| xml::is(*node, &[NAMESPACE], "ContextItem"));
    for (count, item) in items.enumerate() {
        if count >= MAX_ITEMS {
            return Err(Error::TooMany {
                what: "ContextItem elements",
            });
        }
        let value = xml::child_text(item, &[NAMESPACE], "Value", MAX_VALUE)?;
        if let (Some(name), Some(value)) = (item.attribute("Name"), value) {
            context.take(name.trim(), value);
        }
    }
    Ok(context)
}

impl AdditionalContext {
    fn take(&mut self, name: &str, value: String) {
        match name {
            "DeviceName" => self.device_name = Some(value),
            "OSVersion" => self.os_version = Some(value),
            "OSEdition" => self.os_edition = value.parse().ok(),
            "DeviceID" => self.device_id = Some(value),
            "HWDevID" => self.hw_dev_id = Some(value),
            "MAC" => self.mac_addresses.push(value),
            "IMEI" => self.imeis.push(value),
            "EnrollmentType" => self.enrollment_type = Some(kind(value)),
            "DeviceType" => self.device_type = Some(value),
            "ApplicationVersion" => self.application_version = Some(value),
            "Locale" => self.locale = Some(value),
            "RequestVersion" => self.request_version = Some(value),
            "UXInitiated" => self.is_interactive = truth(&value),
            "TargetedUserLoggedIn" => self.is_target_user_logged_in = truth(&value),
            "NotInOobe" => self.is_out_of_box = truth(&value).map(|is_not| !is_not),
            _ => {}
        }
    }
}

fn kind(value: String) -> EnrollmentType {
    match value.as_str() {
        "Full" => EnrollmentType::Full,
        "Device" => EnrollmentType::Device,
        _ => EnrollmentType::Other(value),
    }
}

/// Windows writes `true`, Microsoft's sample `True`.
fn truth(value: &str) -> Option<bool> {
    match value {
        _ if value.eq_ignore_ascii_case("true") => Some(true),
        _ if value.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}
