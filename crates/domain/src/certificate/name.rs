//! Names inside certificates, as attribute and value.

use x509_parser::x509::X509Name;

use crate::subject::{
    attributes,
    x500::{Name, Rdn},
};

/// A certificate's name in the form of a subject. A value that is no text is shown as hexadecimal with `#`.
pub fn subject_of(name: &X509Name<'_>) -> Name {
    Name(
        name.iter()
            .map(|rdn| {
                rdn.iter()
                    .map(|one| {
                        let attribute = attributes::name_of(&one.attr_type().to_id_string());
                        let octets = one.attr_value().data;
                        let text = one.as_str().map(str::to_owned).ok().or_else(|| wide(one));
                        (attribute, text.unwrap_or_else(|| hexadecimal(octets)))
                    })
                    .collect::<Rdn>()
            })
            .collect(),
    )
}

/// BMPString: UTF-16, big end first. Older authorities of Microsoft write it.
fn wide(one: &x509_parser::x509::AttributeTypeAndValue<'_>) -> Option<String> {
    let value = one.attr_value();
    let units: Vec<u16> = value
        .data
        .chunks_exact(2)
        .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
        .map(u16::from_be_bytes)
        .collect();
    (value.tag() == x509_parser::asn1_rs::Tag::BmpString).then(|| String::from_utf16(&units).ok())?
}

fn hexadecimal(octets: &[u8]) -> String {
    let digits: String = octets.iter().map(|octet| format!("{octet:02X}")).collect();
    format!("#{digits}")
}
