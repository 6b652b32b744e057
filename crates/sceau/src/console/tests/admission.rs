//! The pages on who may enrol: Admin > Enrolment, and a person's one-time code.

use domain::{
    Error,
    admission::{Admission, GroupLimit},
    enrolment_token::EnrolmentToken,
    group::{Group, Of},
};

use super::{
    super::{
        admission::{AdmissionPage, stored},
        enrolment_tokens::TokensPage,
        page::Page,
        people::{self, CodePart, PersonPage},
    },
    pages::{Sample, sample},
    samples::{id, now, person},
};
use crate::actions::enrolment_codes::KnownCode;

fn with_code(page: &Page, fresh: Option<&str>, is_spent: Option<bool>) -> PersonPage {
    let known = is_spent.map(|is_spent| KnownCode {
        created_at: now(),
        expires_at: now(),
        is_spent,
    });
    PersonPage {
        code: Some(CodePart::new(&id(1), fresh.map(str::to_owned), known)),
        ..people::blank(page.clone(), Some(&id(1)), &people::stored(&person()))
    }
}

fn group() -> Group {
    Group {
        id: id(9),
        name: "Sales & <Buying>".to_owned(),
        description: String::new(),
        of: Of::People,
        rule: None,
        created_at: now(),
        updated_at: now(),
    }
}

pub(super) fn samples(page: &Page) -> Vec<Sample> {
    let said = Admission {
        is_closed: true,
        groups: [id(9)].into(),
        excluded: [id(9)].into(),
        devices_per_person: Some(3),
        limits: vec![GroupLimit {
            group: id(9),
            devices: 5,
        }],
        lowest_build: Some(19_045),
        serial_numbers: ["PF1ABC".to_owned()].into(),
    };
    let wrong = [
        Error::invalid("devices_per_person", "no")
            .keyed("error-admission-limit")
            .with("most", "1000"),
        Error::invalid("limits", "no").keyed("error-admission-two-limits"),
        Error::invalid("groups", "no").keyed("error-admission-group"),
    ];
    let wrong_token = [
        Error::invalid("devices", "no")
            .keyed("error-token-number")
            .with("most", "365"),
        Error::invalid("username", "no").keyed("error-token-person"),
    ];
    let blank = stored(&Admission::default());
    vec![
        sample("people/form.html", &with_code(page, None, None)),
        sample(
            "people/form.html",
            &with_code(page, Some("ABCDE-FGHJK"), Some(false)),
        ),
        sample("people/form.html", &with_code(page, None, Some(false))),
        sample("people/form.html", &with_code(page, None, Some(true))),
        sample("admission.html", &AdmissionPage::new(page.clone(), &[], &blank)),
        sample(
            "admission.html",
            &AdmissionPage::new(page.clone().refused(&wrong), &[group()], &stored(&said)),
        ),
        sample(
            "tokens.html",
            &TokensPage::new(page.clone(), vec![], &blank, now()),
        ),
        sample(
            "tokens.html",
            &TokensPage::new(page.clone().refused(&wrong_token), tokens(), &blank, now())
                .with("sceau-enrol-1"),
        ),
    ]
}

/// One in each state.
fn tokens() -> Vec<EnrolmentToken> {
    let good = EnrolmentToken {
        id: id(3),
        name: "Lobby & <kiosks>".to_owned(),
        person_id: id(1),
        devices: 10,
        used: 2,
        created_at: now(),
        expires_at: now().plus_seconds(60),
        withdrawn_at: None,
    };
    let (mut used_up, mut ended, mut withdrawn) = (good.clone(), good.clone(), good.clone());
    used_up.used = 10;
    ended.expires_at = now();
    withdrawn.withdrawn_at = Some(now());
    vec![good, used_up, ended, withdrawn]
}

#[test]
fn what_is_stored_stands_in_the_form() {
    let page = Page::sample(super::super::language::Language::English);
    let admission = Admission {
        groups: [id(9)].into(),
        devices_per_person: Some(3),
        ..Admission::default()
    };
    let (_, html) = sample(
        "admission.html",
        &AdmissionPage::new(page, &[group()], &stored(&admission)),
    );
    assert!(html.contains(r#"name="devices_per_person" value="3""#));
    let ticked = html.split("<input").filter(|input| input.contains(" checked"));
    let ticked: Vec<_> = ticked.collect();
    assert_eq!(ticked.len(), 1);
    assert!(ticked[0].contains(r#"name="groups""#), "{ticked:?}");
}
