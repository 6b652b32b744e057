//! LDAP (RFC 4511) as a client: over TLS alone, with simple binds, and searches that are read to their end. The one
//! room that knows the library; what a directory answers is taken apart here, since the library's own readers panic
//! on what they don't expect.

mod entry;
mod name;
mod problem;
mod session;

pub use entry::{Entry, guid, sid};
pub use name::{Place, normal_name, organisational_unit};
pub use problem::{AccountState, DirectoryProblem};
pub use session::{Found, Ldap, MOST_ENTRIES, Search, Where};

/// Escapes a value for a filter (RFC 4515 §3).
pub fn escaped(value: &str) -> String {
    ldap3::ldap_escape(value).into_owned()
}

/// Whether a text is a filter (RFC 4515). The library takes one without its brackets as well, which can't stand within
/// another.
pub fn is_filter(text: &str) -> bool {
    text.starts_with('(') && text.ends_with(')') && ldap3::parse_filter(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_can_not_change_a_filter() {
        assert_eq!(
            escaped(r"*)(uid=admin\\"),
            r"\2a\29\28uid=admin\5c\5c",
            "RFC 4515 §3"
        );
        assert_eq!(escaped("a\0b"), r"a\00b");
        assert_eq!(
            escaped("hélène+o'brien@example.com"),
            "hélène+o'brien@example.com"
        );
        assert!(is_filter(&format!("(uid={})", escaped("*)(("))));
    }

    #[test]
    fn filters_are_told_from_other_text() {
        assert!(is_filter("(&(objectClass=user)(!(cn=x*)))"));
        assert!(is_filter("(memberOf:1.2.840.113556.1.4.1941:=cn=a,dc=b)"));
        for wrong in ["(uid=a", "(&(uid=a)", "(uid=a)(uid=b)", "uid=*", ""] {
            assert!(!is_filter(wrong), "{wrong}");
        }
    }
}
