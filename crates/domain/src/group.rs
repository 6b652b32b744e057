//! Groups of devices and of people: by hand, or by a rule over what the server holds.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    device::Device,
    error::{Error, named},
    id::Id,
    person::{Attributes, Person},
    time::Timestamp,
};

/// Identifies a group.
pub type GroupId = Id<Group>;

/// Conditions of a rule at most.
pub const CONDITIONS: usize = 20;
/// Characters of a condition's value at most, as of an attribute.
const LONGEST: usize = 512;
/// Characters of a description at most.
const DESCRIPTION: usize = 1000;

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its identifier.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What its members are.
    pub of: Of,
    /// Whoever fulfils it is a member; none where members are put in by hand.
    pub rule: Option<Rule>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What the members of a group are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// Devices.
    Devices,
    /// People: their devices are meant.
    People,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule(pub Vec<Condition>);

/// One condition. A fact that isn't known fulfils none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Of what.
    pub fact: Fact,
    /// How it is compared.
    pub is: Comparison,
    /// With what.
    pub value: String,
}

/// How a fact is compared; text without regard to case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It is the value.
    Equals,
    /// It begins with the value.
    StartsWith,
    /// The value stands somewhere in it.
    Contains,
    /// A version that is the value or higher.
    AtLeast,
    /// A version that is lower.
    Below,
}

impl Comparison {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Equals,
        Self::StartsWith,
        Self::Contains,
        Self::AtLeast,
        Self::Below,
    ];

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::StartsWith => "starts_with",
            Self::Contains => "contains",
            Self::AtLeast => "at_least",
            Self::Below => "below",
        }
    }

    /// Whether it compares versions.
    pub fn is_of_versions(self) -> bool {
        matches!(self, Self::AtLeast | Self::Below)
    }
}

/// Something that the server holds. What is a device's, the device stated of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum Fact {
    /// `device.name`
    DeviceName,
    /// `device.manufacturer`
    Manufacturer,
    /// `device.model`
    Model,
    /// `device.os_version`
    OsVersion,
    /// `device.edition`, in words
    Edition,
    /// `device.tpm_version`, `none` where it has none
    TpmVersion,
    /// `person.username`
    Username,
    /// `person.NAME`, one of the attributes that each person has.
    Attribute(&'static str),
    /// `person.custom.NAME`
    Custom(String),
}

impl Fact {
    /// All but the custom attributes.
    pub fn all() -> Vec<Self> {
        let own = [
            Self::DeviceName,
            Self::Manufacturer,
            Self::Model,
            Self::OsVersion,
            Self::Edition,
            Self::TpmVersion,
            Self::Username,
        ];
        let attributes = Attributes::default()
            .named()
            .map(|(name, _)| Self::Attribute(name));
        own.into_iter().chain(attributes).collect()
    }

    /// Whether a device stated it of itself: no proof of anything.
    pub fn is_stated(&self) -> bool {
        matches!(
            self,
            Self::DeviceName
                | Self::Manufacturer
                | Self::Model
                | Self::OsVersion
                | Self::Edition
                | Self::TpmVersion
        )
    }

    fn value<'a>(&self, device: Option<&'a Device>, person: Option<&'a Person>) -> Option<&'a str> {
        let known = match self {
            Self::DeviceName => device.map(|device| device.name.as_str()),
            Self::Manufacturer => device.and_then(|device| device.manufacturer.as_deref()),
            Self::Model => device.and_then(|device| device.model.as_deref()),
            Self::OsVersion => device.and_then(|device| device.os_version.as_deref()),
            Self::Edition => device.and_then(|device| device.inventory.edition_name()),
            Self::TpmVersion => device.and_then(|device| device.inventory.tpm()),
            Self::Username => person.map(|person| person.username.as_str()),
            Self::Attribute(wanted) => person.and_then(|person| {
                let attributes = person.attributes.named();
                let found = attributes.into_iter().find(|(name, _)| name == wanted)?;
                found.1.as_deref()
            }),
            Self::Custom(name) => {
                person.and_then(|person| person.attributes.custom.get(name).map(String::as_str))
            }
        };
        known.filter(|text| !text.is_empty())
    }
}

impl TryFrom<String> for Fact {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let attribute = |wanted: &str| {
            let named = Attributes::default().named().map(|(name, _)| name);
            named
                .into_iter()
                .find(|name| *name == wanted)
                .map(Self::Attribute)
        };
        let known = match text.as_str() {
            "device.name" => Some(Self::DeviceName),
            "device.manufacturer" => Some(Self::Manufacturer),
            "device.model" => Some(Self::Model),
            "device.os_version" => Some(Self::OsVersion),
            "device.edition" => Some(Self::Edition),
            "device.tpm_version" => Some(Self::TpmVersion),
            "person.username" => Some(Self::Username),
            other => match other.strip_prefix("person.custom.") {
                Some(name) => (!name.is_empty()).then(|| Self::Custom(name.to_owned())),
                None => other.strip_prefix("person.").and_then(attribute),
            },
        };
        known.ok_or_else(|| {
            Error::invalid("rule", format!("there is no fact “{text}”"))
                .keyed("error-rule-fact")
                .with("fact", text)
        })
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text).map_err(serde::de::Error::custom)
    }
}

impl From<Fact> for String {
    fn from(fact: Fact) -> Self {
        match fact {
            Fact::DeviceName => "device.name".to_owned(),
            Fact::Manufacturer => "device.manufacturer".to_owned(),
            Fact::Model => "device.model".to_owned(),
            Fact::OsVersion => "device.os_version".to_owned(),
            Fact::Edition => "device.edition".to_owned(),
            Fact::TpmVersion => "device.tpm_version".to_owned(),
            Fact::Username => "person.username".to_owned(),
            Fact::Attribute(name) => format!("person.{name}"),
            Fact::Custom(name) => format!("person.custom.{name}"),
        }
    }
}

impl Condition {
    fn holds(&self, device: Option<&Device>, person: Option<&Person>) -> bool {
        let Some(known) = self.fact.value(device, person) else {
            return false;
        };
        let versions = || version(known).zip(version(&self.value));
        let (text, wanted) = (known.to_lowercase(), self.value.to_lowercase());
        match self.is {
            Comparison::Equals => text == wanted,
            Comparison::StartsWith => text.starts_with(&wanted),
            Comparison::Contains => text.contains(&wanted),
            Comparison::AtLeast => versions().is_some_and(|(known, wanted)| known >= wanted),
            Comparison::Below => versions().is_some_and(|(known, wanted)| known < wanted),
        }
    }
}

impl Rule {
    /// Whether all conditions hold. A rule without any holds for nobody.
    pub fn holds(&self, device: Option<&Device>, person: Option<&Person>) -> bool {
        !self.0.is_empty() && self.0.iter().all(|condition| condition.holds(device, person))
    }

    /// Whether it asks for something that a device stated of itself.
    pub fn is_stated(&self) -> bool {
        self.0.iter().any(|condition| condition.fact.is_stated())
    }
}

impl Group {
    /// Whether a device belongs to it, by itself or as its person's. `is_listed`: whether either was put in by hand.
    pub fn has(&self, device: &Device, person: Option<&Person>, is_listed: bool) -> bool {
        match (&self.rule, self.of) {
            (None, _) => is_listed,
            (Some(rule), Of::Devices) => rule.holds(Some(device), person),
            (Some(rule), Of::People) => person.is_some() && rule.holds(None, person),
        }
    }
}

/// Those of the groups that a device belongs to. `listed`: the groups that it or its person was put into by hand.
pub fn of_device(
    groups: &[Group],
    listed: &BTreeSet<GroupId>,
    device: &Device,
    person: Option<&Person>,
) -> BTreeSet<GroupId> {
    groups
        .iter()
        .filter(|group| group.has(device, person, listed.contains(&group.id)))
        .map(|group| group.id.clone())
        .collect()
}

/// Checks a group's name, description and rule, and takes blanks off their ends.
pub fn check(mut group: Group) -> Result<Group, Vec<Error>> {
    let mut errors = Vec::new();
    match named("name", &group.name) {
        Ok(name) => group.name = name,
        Err(error) => errors.push(error),
    }
    group.description = group.description.trim().to_owned();
    if group.description.chars().count() > DESCRIPTION {
        errors.push(Error::invalid(
            "description",
            format!("a description has at most {DESCRIPTION} characters"),
        ));
    }
    if let Some(Rule(conditions)) = &mut group.rule {
        if !(1..=CONDITIONS).contains(&conditions.len()) {
            let detail = format!("a rule has 1 to {CONDITIONS} conditions");
            let error = Error::invalid("rule", detail).keyed("error-rule-length");
            errors.push(error.with("max", CONDITIONS.to_string()));
        }
        for condition in conditions {
            condition.value = condition.value.trim().to_owned();
            errors.extend(wrong_with(condition, group.of));
        }
    }
    if errors.is_empty() { Ok(group) } else { Err(errors) }
}

fn wrong_with(condition: &Condition, of: Of) -> Option<Error> {
    let refused = |key: &str, detail: &str| {
        let fact = String::from(condition.fact.clone());
        let error = Error::invalid("rule", format!("{fact}: {detail}")).keyed(key);
        Some(error.with("fact", fact))
    };
    let value = &condition.value;
    let length = value.chars().count();
    if of == Of::People && condition.fact.is_stated() {
        return refused(
            "error-rule-people",
            "a rule over people asks for what is a person's",
        );
    }
    if !(1..=LONGEST).contains(&length) || value.chars().any(char::is_control) {
        return refused(
            "error-rule-value",
            "a value has 1 to 512 characters, none a control character",
        );
    }
    if !condition.is.is_of_versions() {
        return None;
    }
    if !matches!(condition.fact, Fact::OsVersion | Fact::TpmVersion) {
        return refused(
            "error-rule-comparison",
            "only versions are compared by their size",
        );
    }
    match version(value) {
        Some(_) => None,
        None => refused("error-rule-version", "a version is written as in 10.0.22631"),
    }
}

/// Up to four numbers with dots between them; those that aren't written are 0.
pub(crate) fn version(text: &str) -> Option<[u32; 4]> {
    let mut version = [0; 4];
    let mut places = version.iter_mut();
    for part in text.trim().split('.') {
        let is_number = part.bytes().all(|octet| octet.is_ascii_digit());
        *places.next()? = part.parse().ok().filter(|_| is_number)?;
    }
    Some(version)
}
