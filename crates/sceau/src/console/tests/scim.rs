//! The pages of SCIM sources, in both languages.

use domain::scim::{Source, Token};

use super::{
    super::{
        language::Language,
        page::Page,
        people,
        posted::Fields,
        scim::{SourcePage, SourcesPage},
    },
    pages::{Sample, sample},
    samples::{id, now, person},
};
use crate::actions::{
    directories::{Giver, Origin},
    scim::SourceStory,
};

fn source() -> Source {
    Source {
        id: id(21),
        name: "Entra & <ID>".to_owned(),
        adopts: true,
        created_at: now(),
        updated_at: now(),
    }
}

fn token(n: u8, is_revoked: bool) -> Token {
    Token {
        id: id(n),
        source_id: id(21),
        created_at: now(),
        last_used_at: (n > 30).then(now),
        revoked_at: is_revoked.then(now),
    }
}

fn story(tokens: Vec<Token>) -> SourceStory {
    SourceStory {
        source: source(),
        tokens,
        people: 3,
        inactive: 1,
        gone: vec!["<anna>".to_owned()],
        gone_count: 1,
        groups: 2,
    }
}

pub(super) fn pages(page: &Page) -> Vec<Sample> {
    let fields = Fields::new(vec![("adopts".to_owned(), "yes".to_owned())]);
    let list = |all| SourcesPage::new(page.clone(), all, &fields);
    let show = |tokens, fresh: Option<&str>| {
        let url = "https://sceau.example.com/scim/v2".to_owned();
        SourcePage::new(page.clone(), url, story(tokens), fresh.map(str::to_owned))
    };
    let origin = Origin {
        giver: Giver::Scim(id(21)),
        name: "Entra & <ID>".to_owned(),
        dn: String::new(),
        fields: vec!["email".to_owned()],
        is_disabled: true,
        gone_at: None,
    };
    vec![
        sample("scim/list.html", &list(Vec::new())),
        sample(
            "scim/list.html",
            &list(vec![(source(), None), (source(), Some(now()))]),
        ),
        sample("scim/show.html", &show(Vec::new(), None)),
        sample(
            "scim/show.html",
            &show(vec![token(22, false), token(31, true)], Some("sceau-scim-00ff")),
        ),
        sample(
            "people/form.html",
            &people::PersonPage {
                origin: Some(origin),
                ..people::blank(page.clone(), Some(&id(1)), &people::stored(&person()))
            },
        ),
    ]
}

#[test]
fn the_pages_say_what_to_enter_and_who_is_gone_in_both_languages() {
    for (language, enter, gone, origin) in [
        (
            Language::English,
            "To enter at the identity provider",
            "People who were deleted there",
            "This person comes from the SCIM source",
        ),
        (
            Language::French,
            "À saisir chez le fournisseur d'identité",
            "Personnes qui y ont été supprimées",
            "Cette personne vient de la source SCIM",
        ),
    ] {
        let all = pages(&Page::sample(language));
        let text: String = all.iter().map(|(_, text)| text.as_str()).collect();
        let text = text.replace("&#39;", "'");
        for words in [enter, gone, origin] {
            assert!(text.contains(words), "{language:?}: {words}");
        }
        assert!(!text.contains("<ID>") && !text.contains("<anna>"), "{language:?}");
        assert!(
            text.contains(r#"name="password""#),
            "{language:?}: a password may be set here"
        );
    }
}
