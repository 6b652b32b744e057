//! Requests of the enrolment client.

use crate::device::options::Person;
use crate::device::syncml::escape;

/// Windows 11, version 23H2.
pub const OS_VERSION: &str = "10.0.22631.4317";

/// What a device says about itself.
#[derive(Debug, Clone)]
pub struct Device {
    /// 32 hex digits.
    pub device_id: String,
    /// 64 hex digits.
    pub hardware_id: String,
    pub name: String,
}

/// Discover.
#[must_use]
pub fn discover(message_id: &str, to: &str, email: &str) -> String {
    let body = format!(
        "<Discover xmlns=\"http://schemas.microsoft.com/windows/management/2012/01/enrollment\">\
         <request xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <EmailAddress>{}</EmailAddress><RequestVersion>4.0</RequestVersion>\
         <DeviceType>CIMClient_Windows</DeviceType><ApplicationVersion>{OS_VERSION}</ApplicationVersion>\
         <OSEdition>48</OSEdition><AuthPolicies><AuthPolicy>OnPremise</AuthPolicy>\
         <AuthPolicy>Federated</AuthPolicy></AuthPolicies></request></Discover>",
        escape(email)
    );
    let action =
        "http://schemas.microsoft.com/windows/management/2012/01/enrollment/IDiscoveryService/Discover";
    format!(
        "<s:Envelope xmlns:a=\"http://www.w3.org/2005/08/addressing\" \
         xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header>{}</s:Header>\
         <s:Body>{body}</s:Body></s:Envelope>",
        addressing(action, message_id, to)
    )
}

/// GetPolicies.
#[must_use]
pub fn get_policies(message_id: &str, to: &str, person: &Person) -> String {
    let body = "<s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">\
         <GetPolicies xmlns=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy\">\
         <client><lastUpdate xsi:nil=\"true\"/><preferredLanguage xsi:nil=\"true\"/></client>\
         <requestFilter xsi:nil=\"true\"/></GetPolicies></s:Body>";
    let action = "http://schemas.microsoft.com/windows/pki/2009/01/enrollmentpolicy/IPolicy/GetPolicies";
    secured(&addressing(action, message_id, to), person, body)
}

/// RequestSecurityToken with a PKCS#10 in base64.
#[must_use]
pub fn request_token(message_id: &str, to: &str, person: &Person, csr: &str, device: &Device) -> String {
    let Device {
        device_id,
        hardware_id,
        name,
    } = device;
    let context: String = [
        ("UXInitiated", "true"),
        ("HWDevID", hardware_id),
        ("Locale", "en-US"),
        ("TargetedUserLoggedIn", "true"),
        ("OSEdition", "72"),
        ("DeviceName", name),
        ("MAC", "02-00-5E-10-00-01"),
        ("MAC", "02-00-5E-10-00-02"),
        ("DeviceID", device_id),
        ("EnrollmentType", "Full"),
        ("DeviceType", "CIMClient_Windows"),
        ("OSVersion", OS_VERSION),
        ("ApplicationVersion", OS_VERSION),
        ("NotInOobe", "false"),
    ]
    .iter()
    .map(|(name, value)| {
        format!(
            "<ac:ContextItem Name=\"{name}\"><ac:Value>{}</ac:Value></ac:ContextItem>",
            escape(value)
        )
    })
    .collect();
    let body = format!(
        "<s:Body><wst:RequestSecurityToken><wst:TokenType>\
         http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken\
         </wst:TokenType><wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue\
         </wst:RequestType><wsse:BinarySecurityToken \
         ValueType=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS10\" EncodingType=\"\
         http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary\">\
         {csr}</wsse:BinarySecurityToken>\
         <ac:AdditionalContext xmlns=\"http://schemas.xmlsoap.org/ws/2006/12/authorization\">{context}\
         </ac:AdditionalContext></wst:RequestSecurityToken></s:Body>"
    );
    let action = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep";
    secured(&addressing(action, message_id, to), person, &body)
}

/// RequestSecurityToken of a renewal with its PKCS#7 in base64. As in Microsoft's sample the user's name stands there
/// with a blank password.
#[must_use]
pub fn renew_token(message_id: &str, to: &str, user: &str, pkcs7: &str) -> String {
    let body = format!(
        "<s:Body><wst:RequestSecurityToken><wst:TokenType>\
         http://schemas.microsoft.com/5.0.0.0/ConfigurationManager/Enrollment/DeviceEnrollmentToken\
         </wst:TokenType><wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Renew\
         </wst:RequestType><wsse:BinarySecurityToken \
         ValueType=\"http://schemas.microsoft.com/windows/pki/2009/01/enrollment#PKCS7\" EncodingType=\"\
         http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#base64binary\">\
         {pkcs7}</wsse:BinarySecurityToken>\
         <ac:AdditionalContext xmlns=\"http://schemas.xmlsoap.org/ws/2006/12/authorization\">\
         <ac:ContextItem Name=\"DeviceType\"><ac:Value>CIMClient_Windows</ac:Value></ac:ContextItem>\
         <ac:ContextItem Name=\"ApplicationVersion\"><ac:Value>{OS_VERSION}</ac:Value></ac:ContextItem>\
         </ac:AdditionalContext></wst:RequestSecurityToken></s:Body>"
    );
    let action = "http://schemas.microsoft.com/windows/pki/2009/01/enrollment/RST/wstep";
    let nobody = Person {
        name: user.to_owned(),
        password: String::new().into(),
    };
    secured(&addressing(action, message_id, to), &nobody, &body)
}

fn addressing(action: &str, message_id: &str, to: &str) -> String {
    format!(
        "<a:Action s:mustUnderstand=\"1\">{action}</a:Action><a:MessageID>{message_id}</a:MessageID>\
         <a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>\
         <a:To s:mustUnderstand=\"1\">{}</a:To>",
        escape(to)
    )
}

fn secured(addressing: &str, person: &Person, body: &str) -> String {
    const WSS: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss";
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://www.w3.org/2005/08/addressing\" xmlns:u=\"{WSS}-wssecurity-utility-1.0.xsd\" \
         xmlns:wsse=\"{WSS}-wssecurity-secext-1.0.xsd\" \
         xmlns:wst=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\" \
         xmlns:ac=\"http://schemas.xmlsoap.org/ws/2006/12/authorization\"><s:Header>{addressing}\
         <wsse:Security s:mustUnderstand=\"1\">\
         <wsse:UsernameToken u:Id=\"uuid-cc1ccc1f-2fba-4bcf-b063-ffc0cac77917-4\">\
         <wsse:Username>{}</wsse:Username>\
         <wsse:Password wsse:Type=\"{WSS}-username-token-profile-1.0#PasswordText\">{}</wsse:Password>\
         </wsse:UsernameToken></wsse:Security></s:Header>{body}</s:Envelope>",
        escape(&person.name),
        escape(&person.password)
    )
}
