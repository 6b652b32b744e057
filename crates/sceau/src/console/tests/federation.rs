//! The pages of a sign-in at a provider, and the page for people.

use domain::{
    Error,
    federation::{Federation, FederationSettings},
};
use ms_mdm::federated::{RESULT, ReturnAddress};
use zeroize::Zeroizing;

use super::{
    super::{
        enrol::EnrolPage,
        federation::{FederationPage, stored},
        language::Language,
        page::Page,
        sign_in::ToDevicePage,
    },
    pages::{Sample, sample},
};
use crate::settings::Settings;

fn provider() -> Federation {
    Federation {
        settings: FederationSettings {
            is_enabled: true,
            issuer: "https://login.example.com/<tenant>".to_owned(),
            client_id: "sceau".to_owned(),
            claim: "upn".to_owned(),
            scopes: "openid".to_owned(),
            domains: vec!["example.com".to_owned()],
            trust_pem: None,
        },
        client_secret: None,
    }
}

pub(super) fn samples(page: &Page) -> Vec<Sample> {
    let bare = Page::anonymous(page.language, "/enroll");
    let known = provider();
    let wrong = [
        Error::invalid("issuer", "no").keyed("error-federation-issuer"),
        Error::invalid("domains", "no")
            .keyed("error-federation-domain")
            .with("domain", "a..b"),
    ];
    let shown = |page, known| FederationPage::new(page, known, stored(known), "https://mdm/back".to_owned());
    vec![
        sample("federation.html", &shown(page.clone(), &known)),
        sample(
            "federation.html",
            &shown(page.clone().refused(&wrong), &Federation::default()),
        ),
        sample(
            "login/to_device.html",
            &ToDevicePage {
                page: bare.clone(),
                address: ReturnAddress::read("ms-app://s-1-15-2-1")
                    .unwrap()
                    .as_str()
                    .to_owned(),
                field: RESULT,
                token: Zeroizing::new("sceau-signin-0".to_owned()),
            },
        ),
        sample(
            "enrol.html",
            &EnrolPage::new(bare, &Settings::default(), "\"><script>@example.com"),
        ),
    ]
}

#[test]
fn the_page_for_people_names_what_windows_shows_in_their_language() {
    for (language, pressed) in [
        (Language::English, "Enroll only in device management"),
        (
            Language::French,
            "S'inscrire uniquement dans la gestion des appareils",
        ),
    ] {
        let page = Page::anonymous(language, "/enroll");
        let html = EnrolPage::new(page, &Settings::default(), "ada@example.com");
        let html = askama::Template::render(&html).unwrap().replace("&#39;", "'");
        assert!(html.contains(&format!(">{pressed}</text>")), "{html}");
        assert!(html.contains("ms-device-enrollment:?mode=mdm"), "{html}");
        assert_eq!(html.matches("<svg").count(), 4);
        assert_eq!(
            html.matches("role=\"img\"").count(),
            4,
            "each has a name for who doesn't see it"
        );
    }
}
