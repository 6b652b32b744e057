//! The form of a group.

use std::collections::BTreeSet;

use askama::Template;
use domain::{
    Error,
    group::{CONDITIONS, Comparison, Condition, Fact, Group, Of, Rule},
};

use super::{
    super::{distribution::Pick, page::Page, posted::Fields},
    Previewed, comparison, fact,
};
use crate::actions::groups::{GroupForm, GroupStory};

/// What a choice of a custom attribute is called in the form; its value is written NAME=value.
const CUSTOM: &str = "person.custom";
/// Rows that are offered for more conditions.
const MORE: usize = 3;

#[derive(Template)]
#[template(path = "groups/form.html")]
pub(in crate::console) struct GroupPage {
    pub(super) page: Page,
    pub(super) title: &'static str,
    pub(super) action: String,
    pub(super) back: String,
    pub(super) of: &'static str,
    /// Its name; the macros of forms have a `name` of their own.
    pub(super) called: String,
    pub(super) description: String,
    pub(super) is_rule: bool,
    pub(super) rows: Vec<ConditionRow>,
    /// Facts of the device, and of its person.
    pub(super) facts: Vec<(String, Vec<(String, String)>)>,
    pub(super) comparisons: Vec<(String, String)>,
    pub(super) picks: Vec<Pick>,
    pub(super) preview: Option<Previewed>,
}

/// A condition as typed.
pub(super) struct ConditionRow {
    pub(super) fact: String,
    pub(super) is: String,
    pub(super) value: String,
}

impl GroupPage {
    /// The form with these values.
    pub(in crate::console) fn new(
        page: Page,
        group: Option<&Group>,
        of: Of,
        fields: &Fields,
        mut picks: Vec<Pick>,
        preview: Option<Previewed>,
    ) -> Self {
        let chosen: BTreeSet<String> = fields.all("members").into_iter().collect();
        for pick in &mut picks {
            pick.is_chosen = chosen.contains(&pick.id);
        }
        picks.sort_by_key(|pick| !pick.is_chosen);
        let title = match (group, of) {
            (Some(_), _) => "group-edit-title",
            (None, Of::Devices) => "group-new-devices-title",
            (None, Of::People) => "group-new-people-title",
        };
        Self {
            title,
            action: group.map_or("/groups/new".to_owned(), |group| {
                format!("/groups/{}/edit", group.id)
            }),
            back: group.map_or("/groups".to_owned(), |group| format!("/groups/{}", group.id)),
            of: match of {
                Of::Devices => "devices",
                Of::People => "people",
            },
            called: fields.text("name"),
            description: fields.text("description"),
            is_rule: fields.raw("by") == "rule",
            rows: rows(fields),
            facts: facts(&page, of),
            comparisons: comparisons(&page, of),
            picks,
            preview,
            page,
        }
    }
}

/// What the members are, as the form says.
pub(super) fn of(fields: &Fields) -> Of {
    match fields.raw("of") {
        "people" => Of::People,
        _ => Of::Devices,
    }
}

/// A stored group as fields.
pub(in crate::console) fn stored(story: &GroupStory) -> Fields {
    let group = &story.group;
    let by = if group.rule.is_some() { "rule" } else { "hand" };
    let mut fields = vec![
        ("name".to_owned(), group.name.clone()),
        ("description".to_owned(), group.description.clone()),
        ("by".to_owned(), by.to_owned()),
    ];
    for condition in group.rule.iter().flat_map(|Rule(conditions)| conditions) {
        let (fact, value) = match &condition.fact {
            Fact::Custom(name) => (CUSTOM.to_owned(), format!("{name}={}", condition.value)),
            other => (String::from(other.clone()), condition.value.clone()),
        };
        fields.push(("fact".to_owned(), fact));
        fields.push(("is".to_owned(), condition.is.name().to_owned()));
        fields.push(("value".to_owned(), value));
    }
    for (member, _) in &story.members {
        fields.push(("members".to_owned(), member.id().to_owned()));
    }
    Fields::new(fields)
}

/// The group that the fields describe.
pub(super) fn read(fields: &Fields, of: Of) -> Result<GroupForm, Vec<Error>> {
    let is_rule = fields.raw("by") == "rule";
    let (mut conditions, mut refusals) = (Vec::new(), Vec::new());
    // A row counts as soon as anything stands in it: one that was dropped unseen would let in more.
    for row in typed(fields) {
        match condition(&row) {
            Ok(condition) => conditions.push(condition),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if is_rule && !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(GroupForm {
        name: fields.text("name"),
        description: fields.text("description"),
        of,
        rule: is_rule.then_some(Rule(conditions)),
        members: (!is_rule).then(|| fields.all("members")),
    })
}

fn typed(fields: &Fields) -> impl Iterator<Item = ConditionRow> {
    let (facts, comparisons) = (fields.all("fact"), fields.all("is"));
    let values = fields.all("value");
    facts
        .into_iter()
        .zip(comparisons)
        .zip(values)
        .map(|((fact, is), value)| ConditionRow { fact, is, value })
        .filter(|row| !row.fact.is_empty() || !row.value.is_empty())
}

fn rows(fields: &Fields) -> Vec<ConditionRow> {
    let mut rows: Vec<ConditionRow> = typed(fields).collect();
    let wanted = (rows.len() + MORE).min(CONDITIONS);
    while rows.len() < wanted {
        rows.push(ConditionRow {
            fact: String::new(),
            is: Comparison::Equals.name().to_owned(),
            value: String::new(),
        });
    }
    rows
}

fn condition(row: &ConditionRow) -> Result<Condition, Error> {
    let is = Comparison::ALL.into_iter().find(|known| known.name() == row.is);
    let is = is.ok_or_else(|| Error::invalid("rule", "there is no such comparison").keyed("error-choice"))?;
    let (fact, value) = if row.fact == CUSTOM {
        let (name, value) = row.value.split_once('=').ok_or_else(|| {
            Error::invalid("rule", "a custom attribute is written NAME=value").keyed("error-custom-invalid")
        })?;
        (format!("{CUSTOM}.{}", name.trim()), value)
    } else {
        (row.fact.clone(), row.value.as_str())
    };
    Ok(Condition {
        fact: Fact::try_from(fact)?,
        is,
        value: value.trim().to_owned(),
    })
}

/// What a rule may ask for, in the order of the form.
fn facts(page: &Page, of: Of) -> Vec<(String, Vec<(String, String)>)> {
    let choice = |one: &Fact| (String::from(one.clone()), fact(page, one));
    let (stated, known): (Vec<Fact>, Vec<Fact>) = Fact::all().into_iter().partition(Fact::is_stated);
    let mut of_person: Vec<(String, String)> = known.iter().map(choice).collect();
    of_person.push((CUSTOM.to_owned(), page.t("group-fact-custom")));
    let person = (page.t("group-facts-person"), of_person);
    match of {
        Of::People => vec![person],
        Of::Devices => vec![
            (page.t("group-facts-device"), stated.iter().map(choice).collect()),
            person,
        ],
    }
}

/// How facts are compared; versions are a device's alone.
fn comparisons(page: &Page, of: Of) -> Vec<(String, String)> {
    Comparison::ALL
        .into_iter()
        .filter(|is| of == Of::Devices || !is.is_of_versions())
        .map(|is| (is.name().to_owned(), page.t(comparison(is))))
        .collect()
}
