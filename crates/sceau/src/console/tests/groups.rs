//! The pages of groups.

use domain::{
    Error,
    group::{Comparison, Condition, Fact, Group, Of, Rule},
};

use super::{
    super::{
        groups::{self, GroupPage, GroupsPage, stored},
        language::Language,
        page::Page,
        posted::Fields,
    },
    pages::{Sample, sample},
    samples::{device, id, now, person},
};
use crate::actions::groups::{Effect, GroupStory, ListedGroup, Member, NamedBy, Preview, Reached};

fn group(rule: bool) -> Group {
    let condition = |fact, is, value: &str| Condition {
        fact,
        is,
        value: value.to_owned(),
    };
    Group {
        id: id(9),
        name: "Books & <Pads>".to_owned(),
        description: "For sales".to_owned(),
        of: Of::Devices,
        rule: rule.then(|| {
            Rule(vec![
                condition(Fact::Model, Comparison::StartsWith, "Book"),
                condition(Fact::Custom("site".to_owned()), Comparison::Equals, "Berne"),
            ])
        }),
        created_at: now(),
        updated_at: now(),
    }
}

fn story(rule: bool) -> GroupStory {
    let named = |name: &str, is_enabled, is_excluded| NamedBy {
        id: id(2),
        name: name.to_owned(),
        is_enabled,
        is_excluded,
    };
    GroupStory {
        group: group(rule),
        members: if rule {
            Vec::new()
        } else {
            vec![(Member::Device(id(4)), "PC-0001".to_owned())]
        },
        named_by: if rule {
            vec![named("Wi-Fi", true, false), named("VPN", false, true)]
        } else {
            Vec::new()
        },
    }
}

fn preview() -> Preview {
    Preview {
        reached: Reached {
            count: 1,
            devices: vec![(device(), Some(person()))],
        },
        effects: vec![Effect {
            configuration: "Wi-Fi".to_owned(),
            gained: 3,
            lost: 2,
        }],
    }
}

pub(super) fn samples(page: &Page) -> Vec<Sample> {
    let listed = [true, false].map(|rule| ListedGroup {
        group: group(rule),
        members: 2,
    });
    let reached = [(device(), Some(person()))];
    let refused = page.clone().refused(&[Error::invalid("rule", "no")
        .keyed("error-rule-value")
        .with("fact", "device.model")]);
    vec![
        sample(
            "groups/list.html",
            &GroupsPage {
                page: page.clone(),
                rows: listed.iter().map(|one| groups::row(page, one)).collect(),
            },
        ),
        sample(
            "groups/show.html",
            &groups::shown(page.clone(), story(true), 1, &reached),
        ),
        sample(
            "groups/show.html",
            &groups::shown(page.clone(), story(false), 0, &[]),
        ),
        sample(
            "groups/form.html",
            &GroupPage::new(
                page.clone(),
                Some(&group(true)),
                Of::Devices,
                &stored(&story(true)),
                Vec::new(),
                Some(groups::in_words(page, preview())),
            ),
        ),
        sample(
            "groups/form.html",
            &GroupPage::new(refused, None, Of::People, &Fields::default(), Vec::new(), None),
        ),
    ]
}

fn html(language: Language, nth: usize) -> String {
    samples(&Page::sample(language)).remove(nth).1
}

#[test]
fn a_rule_is_said_in_words_and_that_it_proves_nothing() {
    let page = html(Language::English, 1);
    for words in [
        "Model begins with “Book”",
        "Custom attribute “site” is “Berne”",
        "This is no proof of anything",
        "One device belongs to it.",
        "not enabled",
        "Take it out of the distributions above first.",
    ] {
        assert!(page.replace("&#34;", "\"").contains(words), "{words}: {page}");
    }
    assert!(
        !page.contains("/remove\""),
        "what a distribution names is not removed"
    );
    let page = html(Language::French, 1);
    assert!(page.contains("Ce n&#39;est la preuve de rien"), "{page}");
}

#[test]
fn a_stored_rule_comes_back_into_the_form() {
    let page = html(Language::English, 3);
    for part in [
        r#"<option value="device.model" selected>"#,
        r#"<option value="person.custom" selected>"#,
        r#"name="value" value="site=Berne""#,
        r#"name="name" value="Books &#38; &#60;Pads&#62;""#,
        "devices that get it as well: 3; devices that lose it, with their certificate: 2",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches(r#"class="rule-row""#).count(), 5);
}

#[test]
fn a_rule_over_people_offers_nothing_of_devices() {
    let page = html(Language::English, 4);
    assert!(
        !page.contains(r#"value="device."#) && !page.contains(r#"value="at_least""#),
        "{page}"
    );
    assert!(page.contains(r#"<option value="person.department">"#));
    assert!(page.contains("The condition on device.model needs a value"));
}
