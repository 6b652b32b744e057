//! Which LDAP attribute a person's attribute is read from, unless somebody says otherwise.

use super::DirectoryKind;

/// What can be read from an attribute, in the order in which a person sees it; custom attributes aside. `id` is the
/// stable identity, `member` is the group's, `group_name` what a group is called.
pub const NAMES: [&str; 16] = [
    "id",
    "username",
    "email",
    "upn",
    "uid",
    "display_name",
    "first_name",
    "last_name",
    "cn",
    "ou",
    "department",
    "locale",
    "sam_account_name",
    "sid",
    "group_name",
    "member",
];

/// OpenLDAP: RFC 4530 (entryUUID), RFC 2798 (inetOrgPerson), RFC 4519 (groupOfNames); `sambaSID` is that of Samba's
/// schema, where it is in use.
const OPEN_LDAP: [&str; 16] = [
    "entryUUID",
    "uid",
    "mail",
    "",
    "uid",
    "displayName",
    "givenName",
    "sn",
    "cn",
    "ou",
    "departmentNumber",
    "preferredLanguage",
    "",
    "sambaSID",
    "cn",
    "member",
];

/// Active Directory: MS-ADA1 to MS-ADA3.
const ACTIVE_DIRECTORY: [&str; 16] = [
    "objectGUID",
    "sAMAccountName",
    "mail",
    "userPrincipalName",
    "uid",
    "displayName",
    "givenName",
    "sn",
    "cn",
    "ou",
    "department",
    "preferredLanguage",
    "sAMAccountName",
    "objectSid",
    "cn",
    "member",
];

/// The attribute of a kind of directory; empty where there is none.
pub fn preset(kind: DirectoryKind, name: &str) -> Option<&'static str> {
    let attributes = match kind {
        DirectoryKind::OpenLdap => OPEN_LDAP,
        DirectoryKind::ActiveDirectory => ACTIVE_DIRECTORY,
    };
    let mut pairs = NAMES.iter().zip(attributes);
    pairs
        .find(|(known, _)| **known == name)
        .map(|(_, attribute)| attribute)
}
