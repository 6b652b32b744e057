//! Subjects: X.500 strings with variables, as Windows reads them.

pub mod alternative_names;
pub mod attributes;
pub mod directory_name;
pub mod template;
pub mod variables;
pub mod x500;

use crate::{device::Device, diagnosis::Cause, error::Error, person::Person, time::Timestamp};

pub use template::Template;

use variables::Variable;
use x500::{Name, Rdn};

/// What variables are filled from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The enrolled person of the device: the only source of identity values.
    pub person: Option<&'a Person>,
    /// The device.
    pub device: &'a Device,
    /// The moment, for `${timestampMS}`.
    pub now: Timestamp,
}

/// A subject as it stands in a configuration: an X.500 string in which values may hold variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Attributes joined by `+`, each value with its variables.
    Rdn(Vec<(String, Template)>),
    /// `${userDN}` where an attribute would stand: the person's whole name in the directory.
    DirectoryName(Variable),
}

impl Subject {
    /// Reads a subject with variables. The errors name the field `subject`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let template = Template::parse(text).map_err(|error| error.at("subject"))?;
        let (masked, variables) = template.masked().map_err(|error| error.at("subject"))?;
        let parts = x500::split(&masked)
            .map_err(x500::Problem::into_error)?
            .into_iter()
            .map(|rdn| Part::read(&rdn, &variables))
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self { parts })
    }

    /// The subject for one device, quoted as Windows wants it and within the limits of a name.
    pub fn fill(&self, facts: &Facts<'_>) -> Result<String, Cause> {
        let mut rdns = Vec::new();
        for part in &self.parts {
            match part {
                Part::Rdn(attributes) => rdns.push(filled(attributes, facts)?),
                Part::DirectoryName(variable) => {
                    let text = variable.value(facts)?;
                    rdns.extend(
                        directory_name::read(&text).map_err(|detail| Cause::SubjectInvalid { detail })?,
                    );
                }
            }
        }
        let name = Name(rdns);
        attributes::check(&name).map_err(|problem| Cause::SubjectInvalid {
            detail: problem.detail,
        })?;
        Ok(name.to_string())
    }
}

/// Checks a subject without variables, such as an order's, and gives it back as Windows wants it.
pub fn check_literal(text: &str) -> Result<String, Error> {
    let name = x500::parse(text).map_err(x500::Problem::into_error)?;
    attributes::check(&name).map_err(x500::Problem::into_error)?;
    Ok(name.to_string())
}

impl Part {
    fn read(rdn: &[String], variables: &[Variable]) -> Result<Self, Error> {
        if let [only] = rdn
            && let Some(variable) = template::lone_variable(only, variables)
            && variable.is_directory_name()
        {
            return Ok(Self::DirectoryName(variable));
        }
        rdn.iter()
            .map(|text| {
                let (attribute, value) = x500::attribute(text).map_err(x500::Problem::into_error)?;
                let value = Template::unmasked(&value, variables);
                if let Some(literal) = value.literal() {
                    attributes::check_value(&attribute, &literal).map_err(x500::Problem::into_error)?;
                }
                Ok((attribute, value))
            })
            .collect::<Result<_, Error>>()
            .map(Self::Rdn)
    }
}

fn filled(attributes: &[(String, Template)], facts: &Facts<'_>) -> Result<Rdn, Cause> {
    attributes
        .iter()
        .map(|(attribute, value)| Ok((attribute.clone(), value.fill(facts)?)))
        .collect()
}
