//! Directories: people and groups from OpenLDAP's slapd and from Samba as Active Directory, which nobody here wrote.

mod active_directory;
mod beside_scim;
mod pages;
mod reading;
mod sign_in;
mod slapd;
mod trouble;
mod values;

use domain::{
    actor::Actor,
    directory::{DirectoryForm, DirectoryId, Reading, ReadingOutcome},
    external_ca::Password,
    person::Person,
};
use sceau::{actions::directories, app::Shared};
use slapd::{READER, READER_PASSWORD, Slapd};

/// A directory of the form that slapd needs.
fn form(slapd: &Slapd) -> DirectoryForm {
    DirectoryForm {
        name: "Lyon".to_owned(),
        addresses: vec![slapd.ldaps()],
        trust_pem: slapd.authority(),
        bind_dn: READER.to_owned(),
        bind_password: Some(Password::new(READER_PASSWORD.to_owned())),
        base_dn: "dc=example,dc=com".to_owned(),
        ..DirectoryForm::default()
    }
}

async fn add(app: &Shared, form: &DirectoryForm) -> DirectoryId {
    let added = directories::add_directory(app, &Actor::CommandLine, form).await;
    added.unwrap_or_else(|error| panic!("{:?}", error.refusals())).id
}

/// Reads once, as the job does.
async fn read(app: &Shared, id: &DirectoryId) -> Reading {
    directories::read(app, id).await.unwrap();
    story(app, id).await.directory.state.last.expect("a reading")
}

async fn read_well(app: &Shared, id: &DirectoryId) -> Reading {
    let reading = read(app, id).await;
    assert_eq!(reading.outcome, ReadingOutcome::Complete, "{reading:?}");
    reading
}

async fn story(app: &Shared, id: &DirectoryId) -> directories::DirectoryStory {
    directories::one_directory(app, &Actor::CommandLine, id)
        .await
        .unwrap()
}

async fn named(app: &Shared, username: &str) -> Option<Person> {
    sceau::actions::people::person_named(app, &Actor::CommandLine, username)
        .await
        .unwrap()
}
