//! Passwords, challenges and addresses' tokens stand in no log and in no file of the server.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::device::{DeviceState, DevicesOptions};
use sceau::{
    commands::start,
    jobs,
    listen::{self, Listener},
    routes,
    settings::Settings,
};
use tracing::Dispatch;
use tracing_subscriber::fmt::MakeWriter;

use super::{client, distribute};
use crate::{
    laboratory::Laboratory,
    site::{Site, computer::Computer},
};

const ADA: (&str, &str) = ("ada", "canary-enrolment-4f1c");
const BOB: (&str, &str) = ("bob", "canary-enrolment-9d77");

/// Keeps every line of the log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Runs to its end on threads that log everything, at the finest level.
fn logged<T>(work: impl Future<Output = T>) -> (T, Vec<u8>) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let dispatch = Dispatch::new(subscriber);
    let of_threads = dispatch.clone();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .on_thread_start(move || std::mem::forget(tracing::dispatcher::set_default(&of_threads)))
        .build()
        .unwrap();
    let _guard = tracing::dispatcher::set_default(&dispatch);
    let result = runtime.block_on(work);
    drop(runtime);
    let lines = log.0.lock().unwrap().clone();
    (result, lines)
}

/// The forms in which a secret may slip out.
fn forms(secret: &str) -> [Vec<u8>; 5] {
    let wide: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let hex = sceau::secrets::hex(secret.as_bytes());
    [
        secret.as_bytes().to_vec(),
        STANDARD.encode(secret).into_bytes(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        wide,
    ]
}

fn holds(octets: &[u8], needle: &[u8]) -> bool {
    octets.windows(needle.len()).any(|window| window == needle)
}

/// Every file of a folder and of those in it.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// A line of the test's own, to see that nothing is filtered out.
const FINEST: &str = "whatever is said at the finest level is kept";

/// What a run leaves: the server's files while it still runs, and the secrets that were in play.
struct Traces {
    files: Vec<(String, Vec<u8>)>,
    secrets: Vec<(&'static str, String)>,
}

/// A device enrols over real connections up to its verified certificate; another one over the routers, so that its
/// challenge is known.
async fn run() -> Traces {
    tracing::trace!("{FINEST}");
    let folder = tempfile::tempdir().unwrap();
    let mut settings = Settings {
        public_url: "https://127.0.0.1".to_owned(),
        management_url: "https://127.0.0.1".to_owned(),
        data_dir: folder.path().join("data"),
        ..Settings::default()
    };
    let tls = listen::load(&settings, sceau::app::machine_clock()()).unwrap();
    let bind = |tls| Listener::bind("127.0.0.1:0".parse().unwrap(), tls);
    let (public, management) = (
        bind(tls.public).await.unwrap(),
        bind(tls.management).await.unwrap(),
    );
    settings.public_url = format!("https://{}", public.address().unwrap());
    settings.management_url = format!("https://{}", management.address().unwrap());
    let data = settings.data_dir.clone();
    let site = Site::around(start::application(settings).await.unwrap(), folder);
    let jobs = jobs::start(&site.app).await.unwrap();
    let public = public.serve(routes::public(site.app.clone())).unwrap();
    let management = management.serve(routes::management(site.app.clone())).unwrap();
    let laboratory = Laboratory::start(false, 5).await;
    distribute(&site.app, &laboratory).await;
    site.person(ADA.0, Some(ADA.1)).await;
    site.person(BOB.0, Some(BOB.1)).await;

    let mut secrets = vec![
        ("a password of enrolment", ADA.1.to_owned()),
        ("a password of enrolment", BOB.1.to_owned()),
        ("the password for NDES", Laboratory::PASSWORD.to_owned()),
    ];
    secrets.push(("a real device's address", device(&site, &data).await));

    let mut computer = Computer::new(2);
    computer.enrol(&site, BOB).await;
    let order = computer.talk(&site).await.expect("an enrolment is ordered");
    let path = order.server_urls[0]
        .strip_prefix(&site.app.settings.public_url)
        .unwrap()
        .to_owned();
    secrets.push(("a challenge on its way", order.challenge.to_string()));
    secrets.push(("an address", path.trim_start_matches("/scep/").to_owned()));
    let mut waiting = files(&data);
    let signer = client::signer(&site);
    let mut enrolment = client::enrolment(&site, &path, &order.challenge, signer).await;
    let message = enrolment.write_request().unwrap();
    client::post(&site, &path, message).await.expect(200);
    client::post(&site, &path, b"garbage".to_vec()).await.expect(400);
    let wrong = Computer::new(3).request((ADA.0, "canary-guess-51aa"));
    assert_eq!(site.enrolment("Enrollment", wrong).await.status, 500);
    secrets.push(("a wrong password", "canary-guess-51aa".to_owned()));

    waiting.extend(files(&data));
    tokio::join!(public.stop(), management.stop());
    jobs.stop().await;
    laboratory.stop().await;
    waiting.extend(files(&data));
    Traces {
        files: waiting,
        secrets,
    }
}

/// One simulated device from nothing to its certificate; the token of the address that it was given.
async fn device(site: &Site, data: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people");
    std::fs::write(&people, format!("{} {}\n", ADA.0, ADA.1)).unwrap();
    let report = lab::device::run(DevicesOptions {
        server: site.app.settings.public_url.parse().unwrap(),
        ca_file: data.join("tls-ca.pem"),
        people_file: people,
        devices: 1,
        data_dir: folder.path().join("devices"),
        minute_seconds: 1.0,
        seed: Some(1),
        report: None,
        linger: false,
    })
    .await
    .unwrap();
    assert_eq!(report.devices[0].state, DeviceState::Certified, "{report:?}");
    let state = files(&folder.path().join("devices"))
        .into_iter()
        .map(|(_, octets)| String::from_utf8_lossy(&octets).into_owned())
        .find(|text| text.contains("/scep/"))
        .expect("the device remembers its address");
    let (_, rest) = state.split_once("/scep/").unwrap();
    rest[..32].to_owned()
}

#[test]
fn no_secret_stands_in_a_log_or_in_a_file_of_the_server() {
    let (traces, log) = logged(run());
    assert!(
        log.len() > 10_000,
        "the log was kept: {}",
        String::from_utf8_lossy(&log)
    );
    assert!(holds(&log, b"TRACE"), "at the finest level");
    assert!(
        traces
            .files
            .iter()
            .any(|(name, octets)| name.ends_with(".db") && holds(octets, b"ada")),
        "the database was read"
    );
    for (what, secret) in &traces.secrets {
        assert!(secret.len() >= 15, "{what}");
        for form in forms(secret) {
            if let Some(at) = log.windows(form.len()).position(|window| window == form) {
                let line = String::from_utf8_lossy(&log[at.saturating_sub(300)..at]);
                panic!("{what} stands in the log, after: {line}");
            }
            for (name, octets) in &traces.files {
                assert!(!holds(octets, &form), "{what} stands in {name}");
            }
        }
    }
}
