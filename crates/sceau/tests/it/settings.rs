//! Settings from a file: unknown keys are refused with the nearest right one.

use std::path::PathBuf;

use sceau::settings::{CertificateHeader, Settings};

fn load(text: &str) -> anyhow::Result<Settings> {
    let folder = tempfile::tempdir()?;
    let file: PathBuf = folder.path().join("sceau.toml");
    std::fs::write(&file, text)?;
    Settings::load(Some(&file))
}

fn refusal(text: &str) -> String {
    format!("{:#}", load(text).expect_err("these settings must be refused"))
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_right_one() {
    let told = refusal("publik_url = \"https://mdm.example.test\"\n");
    assert!(
        told.contains("publik_url") && told.contains("\"public_url\""),
        "{told}"
    );
    let told = refusal("[listen]\nmanagment = \"127.0.0.1:1\"\n");
    assert!(
        told.contains("managment") && told.contains("\"management\""),
        "{told}"
    );
}

#[test]
fn an_address_is_https_and_has_no_path() {
    assert!(refusal("public_url = \"http://mdm.example.test\"\n").contains("https"));
    assert!(refusal("public_url = \"https://mdm.example.test/console\"\n").contains("without a path"));
    assert!(refusal("public_url = \"nonsense\"\n").contains("no URL"));
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    assert!(refusal("[tls]\ncertificate = \"/etc/sceau/tls.pem\"\n").contains("together"));
}

#[test]
fn devices_are_looked_at_again_after_a_day_at_the_least() {
    assert_eq!(load("[devices]\ncheck_days = 1\n").unwrap().devices.check_days, 1);
    assert!(refusal("[devices]\ncheck_days = 0\n").contains("devices.check_days"));
}

#[test]
fn a_file_that_was_named_must_exist() {
    let missing =
        Settings::load(Some(std::path::Path::new("/nowhere/sceau.toml"))).expect_err("it doesn't exist");
    assert!(missing.to_string().contains("/nowhere/sceau.toml"));
}

#[test]
fn settings_survive_being_written_and_read() {
    let settings = Settings::default();
    let again = load(&settings.to_toml().unwrap()).unwrap();
    assert_eq!(format!("{settings:?}"), format!("{again:?}"));
}

#[test]
fn the_database_lies_in_the_data_folder_unless_another_is_named() {
    let settings = load("data_dir = \"/srv/sceau\"\n").unwrap();
    assert_eq!(settings.database_url(), "sqlite:/srv/sceau/sceau.db");
    let settings = load("[database]\nurl = \"postgres://db/sceau\"\n").unwrap();
    assert_eq!(settings.database_url(), "postgres://db/sceau");
}

#[test]
fn a_server_without_a_settings_file_takes_the_defaults() {
    // The tests' working folder has no sceau.toml.
    let settings = Settings::load(None).unwrap();
    assert_eq!(settings.database.max_connections, 8);
}

#[test]
fn metrics_are_on_loopback_elsewhere_or_off() {
    let metrics = |text: &str| load(text).unwrap().listen.metrics.map(|at| at.to_string());
    assert_eq!(metrics("").as_deref(), Some("127.0.0.1:9090"));
    assert_eq!(metrics("[listen]\nmetrics = \"\"\n"), None);
    assert_eq!(
        metrics("[listen]\nmetrics = \"[::1]:9000\"\n").as_deref(),
        Some("[::1]:9000")
    );
    assert!(refusal("[listen]\nmetrics = \"9090\"\n").contains("ADDRESS:PORT"));
}

#[test]
fn a_mail_password_never_travels_in_clear() {
    let account = "username = \"sceau\"\npassword_file = \"/etc/sceau/mail\"\n";
    let from = "server = \"mail.example.com\"\nfrom = \"Sceau <sceau@example.com>\"\n";
    assert!(refusal(&format!("[mail]\nsecurity = \"none\"\n{from}{account}")).contains("in clear"));
    assert!(load(&format!("[mail]\n{from}{account}")).unwrap().mail.is_on());
    assert!(refusal("[mail]\nserver = \"mail.example.com\"\n").contains("mail.from"));
    assert!(refusal("[mail]\nusername = \"sceau\"\n").contains("together"));
    assert!(refusal("[mail]\nlanguage = \"de\"\n").contains("mail.language"));
}

#[test]
fn proxies_are_listed_by_address_with_the_header_that_they_send() {
    let settings = load(
        "[[listen.proxies]]\naddress = \"10.0.0.7\"\ncertificate = \"nginx\"\n\n\
         [[listen.proxies]]\naddress = \"2001:db8::/32\"\n",
    )
    .unwrap();
    let again = load(&settings.to_toml().unwrap()).unwrap();
    for settings in [settings, again] {
        let [first, second] = settings.listen.proxies.as_slice() else {
            panic!("{settings:?}");
        };
        assert_eq!(first.address.to_string(), "10.0.0.7/32");
        assert_eq!(first.certificate, Some(CertificateHeader::Nginx));
        assert_eq!(second.address.to_string(), "2001:db8::/32");
        assert_eq!(second.certificate, None);
    }
    assert!(
        Settings::default().listen.proxies.is_empty(),
        "nobody is believed"
    );
    let proxy = |line: &str| refusal(&format!("[[listen.proxies]]\n{line}\n"));
    assert!(proxy("address = \"0.0.0.0/0\"").contains("1 to 32"));
    assert!(proxy("address = \"proxy.example.com\"").contains("ADDRESS/BITS"));
    assert!(proxy("certificate = \"nginx\"").contains("address"));
    assert!(proxy("address = \"::1\"\ncertificate = \"traefik\"").contains("haproxy"));
    let told = proxy("address = \"::1\"\ncertifcate = \"nginx\"");
    assert!(told.contains("\"certificate\""), "{told}");
}
