//! What every page knows: its reader's language, who is signed in, where it stands, what went wrong.

use domain::{
    Error, Timestamp,
    operator::{Operator, Permission, Role},
};

use super::{language::Language, moment, tally::Tally, words};

/// The part of the console that a page belongs to; the menu marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// No entry of the menu.
    None,
    /// Dashboard.
    Dashboard,
    /// Devices.
    Devices,
    /// Configurations.
    Configurations,
    /// Certificates.
    Certificates,
    /// People.
    People,
    /// Groups.
    Groups,
    /// Admin > Infrastructure > Certificate Management.
    Authorities,
    /// Admin > Enrolment.
    Enrolment,
    /// Admin > Infrastructure > Directories.
    Directories,
    /// Admin > Infrastructure > SCIM.
    Scim,
    /// Admin > Infrastructure > Waking devices.
    Push,
    /// Admin > Operators.
    Operators,
    /// Admin > Notifications.
    Notifications,
    /// Admin > Activity.
    Activity,
}

impl Section {
    /// Whether it stands under Admin.
    pub fn is_admin(&self) -> bool {
        matches!(
            self,
            Self::Authorities
                | Self::Directories
                | Self::Scim
                | Self::Push
                | Self::Enrolment
                | Self::Operators
                | Self::Notifications
                | Self::Activity
        )
    }

    /// How templates name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Dashboard => "dashboard",
            Self::Devices => "devices",
            Self::Configurations => "configurations",
            Self::Certificates => "certificates",
            Self::People => "people",
            Self::Groups => "groups",
            Self::Authorities => "authorities",
            Self::Enrolment => "enrolment",
            Self::Directories => "directories",
            Self::Scim => "scim",
            Self::Push => "push",
            Self::Operators => "operators",
            Self::Notifications => "notifications",
            Self::Activity => "activity",
        }
    }
}

/// What every page knows. Templates call its methods.
#[derive(Clone, Debug)]
pub struct Page {
    /// The reader's language.
    pub language: Language,
    /// Where the page is, for the switch of languages.
    pub path: String,
    /// What the menu marks.
    pub section: Section,
    /// Who is signed in.
    pub operator: Option<Operator>,
    /// The session's token against forged requests.
    pub csrf: String,
    /// Key of a sentence about what was just done.
    pub notice: Option<String>,
    /// What was refused.
    pub refusals: Vec<Error>,
}

impl Page {
    /// A page for someone who is not signed in.
    pub fn anonymous(language: Language, path: &str) -> Self {
        Self {
            language,
            path: path.to_owned(),
            section: Section::None,
            operator: None,
            csrf: String::new(),
            notice: None,
            refusals: Vec::new(),
        }
    }

    /// The page with what was refused.
    #[must_use]
    pub fn refused(mut self, refusals: &[Error]) -> Self {
        self.refusals = refusals.to_vec();
        self
    }

    /// The page in its part of the console.
    #[must_use]
    pub fn within(mut self, section: Section) -> Self {
        self.section = section;
        self
    }

    /// The words of a key.
    pub fn t(&self, key: &str) -> String {
        self.language.words(key)
    }

    /// The words of a key with one value.
    pub fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.language
            .sentence(key, &[(name, value)])
            .unwrap_or_else(|| key.to_owned())
    }

    /// How many of how many are verified.
    pub(super) fn share(&self, tally: &Tally) -> String {
        let (verified, total) = (tally.verified.to_string(), tally.total.to_string());
        self.language
            .sentence(
                "progress-verified-share",
                &[("verified", &verified), ("total", &total)],
            )
            .unwrap_or_default()
    }

    /// The words of a key for a number.
    pub fn count(&self, key: &str, count: &i64) -> String {
        self.language.count(key, *count)
    }

    /// A refusal in words.
    pub fn refusal(&self, error: &Error) -> String {
        let values: Vec<(&str, String)> = error
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), words::shown(name, value.clone())))
            .collect();
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        self.language
            .sentence(&error.key, &values)
            .unwrap_or_else(|| error.detail.clone())
    }

    /// The refusals at a field.
    pub fn errors(&self, field: &str) -> Vec<&Error> {
        self.refusals
            .iter()
            .filter(|error| error.field.as_deref() == Some(field))
            .collect()
    }

    /// Whether something at the field was refused.
    pub fn has_error(&self, field: &str) -> bool {
        !self.errors(field).is_empty()
    }

    /// What was typed, with the right spelling that an error offers.
    pub fn right_spelling(&self, error: &Error, typed: &str) -> Option<String> {
        let value = |name: &str| {
            error
                .values
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let suggestion = value("suggestion")?;
        let wrong = match error.key.as_str() {
            "error-variable-backslash" => return Some(suggestion.to_owned()),
            "error-variable-unknown-nearest" => format!("${{{}}}", value("variable")?),
            _ => return None,
        };
        Some(typed.replace(&wrong, suggestion))
    }

    /// What was done, in words.
    pub fn notice_words(&self) -> Option<String> {
        self.language
            .sentence(&format!("notice-{}", self.notice.as_deref()?), &[])
    }

    /// A moment as an element; the reader's browser writes it in the reader's own time.
    pub fn time(&self, at: &Timestamp) -> String {
        format!(
            r#"<time datetime="{}">{} UTC</time>"#,
            moment::iso(*at),
            moment::minute(*at)
        )
    }

    /// A day as an element.
    pub fn day(&self, at: &Timestamp) -> String {
        format!(
            r#"<time class="day" datetime="{}">{}</time>"#,
            moment::iso(*at),
            moment::day(*at)
        )
    }

    /// Whether the menu's entry is the page's.
    pub fn is(&self, section: &str) -> bool {
        self.section.name() == section
    }

    /// Whether a choice is the chosen one.
    pub fn same(&self, choice: &str, chosen: &str) -> bool {
        choice == chosen
    }

    /// The other language.
    pub fn other_language(&self) -> Language {
        match self.language {
            Language::English => Language::French,
            Language::French => Language::English,
        }
    }

    fn may(&self, permission: Permission) -> bool {
        self.operator
            .as_ref()
            .is_some_and(|operator| operator.role.may(permission))
    }

    /// Whether the operator may make and change authorities and configurations.
    pub fn may_configure(&self) -> bool {
        self.may(Permission::Configure)
    }

    /// Whether the operator may act on devices and people.
    pub fn may_act(&self) -> bool {
        self.may(Permission::Devices)
    }

    /// Whether the operator may send devices away.
    pub fn may_remove_devices(&self) -> bool {
        self.may(Permission::RemoveDevices)
    }

    /// Whether the operator may make operators.
    pub fn may_appoint(&self) -> bool {
        self.may(Permission::Operators)
    }

    /// A role in words.
    pub fn role(&self, role: &Role) -> String {
        self.t(&format!("role-{}", role.name()))
    }

    /// A page for the tests that render every template.
    #[cfg(test)]
    pub fn sample(language: Language) -> Self {
        let id = domain::Id::new(Timestamp::from_seconds(1_795_424_645), [7; 10]);
        Self {
            operator: Some(Operator {
                id,
                name: "claire".to_owned(),
                role: Role::Owner,
                created_at: Timestamp::from_seconds(1_795_424_645),
            }),
            csrf: "0123456789abcdef".to_owned(),
            ..Self::anonymous(language, "/sample")
        }
    }
}
