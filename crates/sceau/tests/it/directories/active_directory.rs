//! Samba as a domain controller of Active Directory: identities and identifiers in octets, the bits and codes of
//! accounts, groups within groups, and names of every form.

use std::{
    os::unix::fs::PermissionsExt as _,
    process::{Child, Command, Stdio},
    time::Duration,
};

use domain::{
    actor::Actor,
    directory::{DirectoryForm, DirectoryId, DirectoryKind, ReadingOutcome},
    external_ca::Password,
    person::PersonId,
};
use sceau::{
    actions::{directories, groups},
    console::{examined, language::Language},
};
use tempfile::TempDir;

use super::{add, named, read_well, slapd::certificates, story};
use crate::{
    mdm::password::fault,
    outbound::apache::run,
    site::{
        Site,
        capture::{PERSON, enrolment_request_with},
    },
};

const PASSWORD: &str = "S3cret!pass";

/// Stopped when the test ends, however it ends.
struct Controller {
    child: Child,
    folder: TempDir,
    /// Its ports can't be chosen, so it has a loopback address of its own.
    address: String,
}

impl Drop for Controller {
    fn drop(&mut self) {
        // Asked to end, it ends its children as well.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Controller {
    /// The domain LAB, whose realm is LAB.TEST.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let process = std::process::id();
        let address = format!("127.{}.{}.2", 64 + process / 256 % 128, process % 256);
        let here = folder.path().display().to_string();
        certificates(folder.path(), &format!("IP:{address}"));
        std::fs::set_permissions(
            folder.path().join("server.key"),
            std::fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        run(Command::new("/usr/bin/samba-tool").args([
            "domain",
            "provision",
            "--server-role=dc",
            "--dns-backend=NONE",
            "--realm=LAB.TEST",
            "--domain=LAB",
            "--host-name=dc1",
            "--host-ip=127.0.0.1",
            &format!("--adminpass={PASSWORD}"),
            &format!("--targetdir={here}/domain"),
        ]));
        std::fs::write(
            folder.path().join("smb.conf"),
            format!(
                "[global]\nnetbios name = DC1\nrealm = LAB.TEST\nworkgroup = LAB\n\
                 server role = active directory domain controller\nserver services = ldap\n\
                 interfaces = {address}/8\nbind interfaces only = yes\n\
                 tls enabled = yes\ntls keyfile = {here}/server.key\ntls certfile = {here}/server.pem\n\
                 tls cafile = {here}/ca.pem\n\
                 private dir = {here}/domain/private\nlock directory = {here}/domain\n\
                 state directory = {here}/domain/state\ncache directory = {here}/domain/cache\n\
                 pid directory = {here}/domain\nncalrpc dir = {here}/domain/ncalrpc\n\
                 winbindd socket directory = {here}/domain/winbindd\nlog file = {here}/log\n"
            ),
        )
        .unwrap();
        let child = Command::new("/usr/sbin/samba")
            .args(["-F", "--no-process-group", "-s"])
            .arg(folder.path().join("smb.conf"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("this test needs Debian's samba-ad-dc: {error}"));
        let mut controller = Self {
            child,
            folder,
            address,
        };
        controller.fill();
        for _ in 0..400 {
            if tokio::net::TcpStream::connect((controller.address.as_str(), 636))
                .await
                .is_ok()
            {
                return controller;
            }
            assert!(
                controller.child.try_wait().unwrap().is_none(),
                "{}",
                controller.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the controller didn't start: {}", controller.log());
    }

    fn fill(&self) {
        for name in ["anna", "bob", "disabled", "locked"] {
            let mail = format!("--mail-address={name}@mail.test");
            let given = format!("--given-name=Given-{name}");
            self.administer(&["user", "create", name, PASSWORD, &given, "--surname=Sur", &mail]);
        }
        self.administer(&["user", "create", "stale", PASSWORD, "--must-change-at-next-login"]);
        self.administer(&["user", "disable", "disabled"]);
        self.administer(&["user", "rename", "anna", "--upn=anna.upn@lab.test"]);
        for name in ["inner", "outer"] {
            self.administer(&["group", "add", name]);
        }
        self.administer(&["group", "addmembers", "inner", "anna,outer"]);
        self.administer(&["group", "addmembers", "outer", "bob,inner"]);
    }

    fn administer(&self, arguments: &[&str]) -> String {
        let here = self.folder.path();
        run(Command::new("/usr/bin/samba-tool")
            .args(arguments)
            .arg("-s")
            .arg(here.join("smb.conf"))
            .arg("-H")
            .arg(here.join("domain/private/sam.ldb")))
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    fn form(&self) -> DirectoryForm {
        DirectoryForm {
            name: "Lab".to_owned(),
            kind: DirectoryKind::ActiveDirectory,
            addresses: vec![
                format!("ldaps://{}", self.address),
                format!("ldap://{}", self.address),
            ],
            trust_pem: std::fs::read_to_string(self.folder.path().join("ca.pem")).unwrap(),
            bind_dn: "administrator@lab.test".to_owned(),
            bind_password: Some(Password::new(PASSWORD.to_owned())),
            base_dn: "DC=lab,DC=test".to_owned(),
            group_filter: "(&(objectCategory=group)(|(cn=inner)(cn=outer)(cn=Domain Users)))".to_owned(),
            ..DirectoryForm::default()
        }
    }
}

async fn enrol(site: &Site, username: &str, password: &str) -> crate::site::Reply {
    let request = enrolment_request_with(&[(PERSON.0, username), (">demo<", &format!(">{password}<"))]);
    site.enrolment("Enrollment", request).await
}

/// Each entry is known by its objectGUID, and as disabled where it is.
async fn are_linked(site: &Site, directory: &DirectoryId, person: &PersonId, guid: &str) {
    let links = {
        let id = directory.clone();
        let read = site.app.store.read(move |tx| {
            let id = id.clone();
            Box::pin(async move { store::directories::people(tx, &id).await })
        });
        read.await.unwrap()
    };
    let link = links.iter().find(|link| link.person_id == *person).unwrap();
    assert_eq!(link.external_id, guid);
    assert_eq!(
        links.iter().filter(|link| link.is_disabled).count(),
        3,
        "disabled, Guest and krbtgt"
    );
}

/// Groups that contain each other, and the primary group.
async fn belong_to_their_groups(site: &Site) {
    let mut members = std::collections::BTreeMap::new();
    for listed in groups::list_groups(&site.app, &Actor::CommandLine).await.unwrap() {
        let story = groups::one_group(&site.app, &Actor::CommandLine, &listed.group.id)
            .await
            .unwrap();
        let names: Vec<String> = story.members.into_iter().map(|(_, name)| name).collect();
        members.insert(listed.group.name, names);
    }
    for name in ["inner", "outer"] {
        let mut all = members[name].clone();
        all.sort();
        assert_eq!(all, ["anna", "bob"], "{name}: they contain each other");
    }
    assert!(
        members["Domain Users"].contains(&"anna".to_owned()),
        "the primary group: {members:?}"
    );
}

#[tokio::test]
async fn a_domain_of_active_directory_gives_its_people_groups_and_passwords() {
    let controller = Controller::start().await;
    let site = Site::new().await;
    let actor = Actor::CommandLine;
    let test = directories::test_directory_form(&site.app, &actor, None, &controller.form())
        .await
        .unwrap();
    let said: Vec<String> = test
        .steps
        .iter()
        .map(|step| examined::sentence(step, Language::English))
        .collect();
    assert!(test.is_good(), "{said:#?}{}", controller.log());
    let id = add(&site.app, &controller.form()).await;
    let reading = read_well(&site.app, &id).await;
    assert_eq!(reading.outcome, ReadingOutcome::Complete);
    assert_eq!(reading.found.groups, 3);

    // Who they are.
    let anna = named(&site.app, "anna").await.unwrap();
    let known = &anna.attributes;
    let shown = controller.administer(&["user", "show", "anna", "--attributes=objectSid,objectGUID"]);
    let value = |name: &str| {
        let line = shown
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.map(str::to_owned).unwrap_or_else(|| panic!("{shown}"))
    };
    assert_eq!(known.sid.as_deref(), Some(value("objectSid").as_str()));
    assert!(known.sid.as_deref().unwrap().starts_with("S-1-5-21-"));
    assert_eq!(known.upn.as_deref(), Some("anna.upn@lab.test"));
    assert_eq!(known.sam_account_name.as_deref(), Some("anna"));
    assert_eq!(known.email.as_deref(), Some("anna@mail.test"));
    assert_eq!(
        (known.first_name.as_deref(), known.last_name.as_deref()),
        (Some("Given-anna"), Some("Sur"))
    );
    are_linked(&site, &id, &anna.id, &value("objectGUID")).await;

    // To what they belong.
    belong_to_their_groups(&site).await;

    // By which names they enrol, and why some don't.
    for username in ["anna", r"LAB\anna", "anna.upn@lab.test", "anna@mail.test"] {
        enrol(&site, username, PASSWORD).await.expect(200);
    }
    let expected = [
        ("anna", "wrong", "directory-account-wrong-password"),
        ("disabled", PASSWORD, "directory-account-disabled"),
        ("stale", PASSWORD, "directory-account-must-change"),
    ];
    for (username, password, key) in expected {
        let refused = enrol(&site, username, password).await;
        assert_eq!(fault(&refused).0, "s:Authentication", "{username}");
        let told = story(&site.app, &id).await.refusals;
        assert_eq!(
            (told[0].username.as_str(), told[0].key.as_str()),
            (username, key),
            "{told:?}"
        );
    }
    controller.administer(&[
        "domain",
        "passwordsettings",
        "set",
        "--account-lockout-threshold=2",
    ]);
    for _ in 0..2 {
        enrol(&site, "locked", "wrong").await;
    }
    enrol(&site, "locked", PASSWORD).await;
    let told = story(&site.app, &id).await.refusals;
    assert_eq!(told[0].key, "directory-account-locked", "{told:?}");
    assert_eq!(site.devices().await.len(), 1, "one machine, one person");
}
