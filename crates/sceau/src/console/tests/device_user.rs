//! Whose a device is, asked and answered.

use domain::diagnosis::Cause;

use super::{
    super::{
        device_user::{UserPage, in_words},
        language::Language,
        page::Page,
    },
    device_removal::staying,
    samples::person,
};
use crate::actions::device_user::Outlook;

fn outlook() -> Outlook {
    let cause = Cause::VariableMissing {
        variable: "userUPN".to_owned(),
    };
    Outlook {
        before: None,
        after: Some(person()),
        delivered: vec!["Wi-Fi".to_owned()],
        reissued: vec!["VPN".to_owned()],
        withdrawn: vec!["Guests".to_owned()],
        lacking: vec![("Mail".to_owned(), cause)],
        in_users_store: vec!["Mail".to_owned()],
    }
}

/// The page with what would follow.
pub(super) fn asking(page: &Page) -> UserPage {
    UserPage::new(
        page.clone(),
        &staying(),
        None,
        "anne@example.com",
        Some(&outlook()),
    )
}

#[test]
fn all_that_follows_is_said_in_both_languages() {
    for language in Language::ALL {
        let told = in_words(&outlook(), language).join("\n");
        for name in ["anne@example.com", "Wi-Fi", "VPN", "Guests", "Mail", "${userUPN}"] {
            assert!(told.contains(name), "{name}: {told}");
        }
        assert!(!told.contains("device-user-"), "{told}");
        let same = Outlook {
            before: Some(person()),
            after: Some(person()),
            ..Outlook::default()
        };
        assert_eq!(in_words(&same, language).len(), 1);
        let nothing = Outlook {
            before: Some(person()),
            ..Outlook::default()
        };
        assert_eq!(in_words(&nothing, language).len(), 3);
    }
}
