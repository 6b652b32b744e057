//! A server for devices: SQLite in a temporary folder, a clock that the test sets, its doors without sockets.

pub mod capture;
pub mod computer;
pub mod forged;
pub mod named;
pub mod own_authority;
pub mod pieces;
pub mod proved;
pub mod renewal;
pub mod script;
pub mod xml;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use domain::{
    Timestamp,
    actor::Actor,
    device::{Device, DeviceId},
    event::What,
    person::{Attributes, PersonId},
};
use sceau::{
    actions::{
        device_authority, devices,
        people::{PersonForm, add_person},
    },
    app::{App, Clock, Shared, machine_clock},
    commands::start,
    listen::PeerCertificate,
    outbound::{Bounds, Outbound},
    routes,
    secrets::Secrets,
    settings::Settings,
};
use tempfile::TempDir;
use tower::ServiceExt as _;
use zeroize::Zeroizing;

pub const PUBLIC: &str = "https://mdm.example.org";
pub const MANAGEMENT: &str = "https://mdm.example.org:8444";
pub const SOAP: &str = "application/soap+xml; charset=utf-8";
pub const SYNCML: &str = "application/vnd.syncml.dm+xml";

pub struct Site {
    pub app: Shared,
    _folder: Option<TempDir>,
    now: Arc<AtomicI64>,
}

/// An answer with its octets.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers
            .get(name)
            .expect("the header is there")
            .to_str()
            .unwrap()
    }

    /// Windows takes an answer in one piece alone: a true Content-Length, nothing chunked, nothing compressed.
    pub fn is_in_one_piece(&self) -> bool {
        self.header(header::CONTENT_LENGTH) == self.body.len().to_string()
            && !self.headers.contains_key(header::TRANSFER_ENCODING)
            && !self.headers.contains_key(header::CONTENT_ENCODING)
    }
}

impl Site {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::made(change, Outbound::new(), machine_clock()()).await
    }

    /// A server that begins so many days ago.
    pub async fn begun(days_ago: i64) -> Self {
        let began = machine_clock()().plus_seconds(-86_400 * days_ago);
        Self::made(|_| {}, Outbound::new(), began).await
    }

    /// A server that speaks to others within other bounds.
    pub async fn bounded(bounds: Bounds) -> Self {
        Self::made(|_| {}, Outbound::with_bounds(bounds), machine_clock()()).await
    }

    /// A server that speaks to others in this way.
    pub async fn speaking(outbound: Outbound) -> Self {
        Self::made(|_| {}, outbound, machine_clock()()).await
    }

    async fn made(change: impl FnOnce(&mut Settings), outbound: Outbound, began: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            public_url: PUBLIC.to_owned(),
            management_url: MANAGEMENT.to_owned(),
            data_dir: folder.path().join("data"),
            ..Settings::default()
        };
        change(&mut settings);
        let now = Arc::new(AtomicI64::new(began.milliseconds()));
        let hands = now.clone();
        // It goes on a little at each look, so that no two things happen at the same moment.
        let clock: Clock =
            Arc::new(move || Timestamp::from_milliseconds(hands.fetch_add(1, Ordering::SeqCst)));
        let store = start::database(&settings).await.unwrap();
        store.migrate().await.unwrap();
        let secrets = Secrets::load_or_create(&settings.secrets_file()).unwrap();
        let authority = device_authority::open_or_create(&store, &secrets, clock())
            .await
            .unwrap();
        let app = App::new(store, secrets, settings, outbound, authority, clock);
        Self {
            app,
            _folder: Some(folder),
            now,
        }
    }

    /// The server is stopped and started again: what isn't in its database is gone.
    pub async fn restarted(self) -> Self {
        let Self { app, _folder, now } = self;
        let settings = app.settings.clone();
        drop(app);
        let hands = now.clone();
        let clock: Clock =
            Arc::new(move || Timestamp::from_milliseconds(hands.fetch_add(1, Ordering::SeqCst)));
        let store = start::database(&settings).await.unwrap();
        let secrets = Secrets::load_or_create(&settings.secrets_file()).unwrap();
        let authority = device_authority::open_or_create(&store, &secrets, clock())
            .await
            .unwrap();
        let app = App::new(store, secrets, settings, Outbound::new(), authority, clock);
        Self { app, _folder, now }
    }

    /// A server that was made otherwise, with a clock of its own.
    pub fn around(app: Shared) -> Self {
        Self {
            app,
            _folder: None,
            now: Arc::default(),
        }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    pub async fn person(&self, username: &str, password: Option<&str>) -> PersonId {
        let form = PersonForm {
            username: username.to_owned(),
            password: password.map(|password| Zeroizing::new(password.to_owned())),
            attributes: Attributes::default(),
        };
        add_person(&self.app, &Actor::CommandLine, form).await.unwrap().id
    }

    /// What an enrolling device sends to `Discovery`, `Policy` or `Enrollment`.
    pub async fn enrolment(&self, service: &str, body: impl Into<Body>) -> Reply {
        self.enrolment_from("192.0.2.1", service, body).await
    }

    pub async fn enrolment_from(&self, address: &str, service: &str, body: impl Into<Body>) -> Reply {
        let from = SocketAddr::new(address.parse().unwrap(), 50_000);
        let router = routes::public(self.app.clone()).layer(Extension(ConnectInfo(from)));
        let request = Request::post(format!("/EnrollmentServer/{service}.svc"))
            .header(header::CONTENT_TYPE, SOAP)
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br");
        send(router, request.body(body.into()).unwrap()).await
    }

    /// What a managed device sends over a connection on which it proved this certificate.
    pub async fn management(&self, peer: Option<&[u8]>, body: impl Into<Body>) -> Reply {
        let request = Request::post("/ManagementServer/MDM.svc?mode=Maintenance&Platform=WoA")
            .header(header::CONTENT_TYPE, SYNCML)
            .header(header::ACCEPT_ENCODING, "gzip, deflate, br");
        send(self.management_door(peer), request.body(body.into()).unwrap()).await
    }

    pub fn management_door(&self, peer: Option<&[u8]>) -> Router {
        let router = routes::management(self.app.clone());
        match peer {
            Some(certificate) => router.layer(Extension(PeerCertificate(Arc::from(certificate)))),
            None => router,
        }
    }

    /// All devices, newest first.
    pub async fn devices(&self) -> Vec<Device> {
        let filter = store::devices::DeviceFilter::default();
        self.app
            .store
            .read(move |tx| {
                let filter = filter.clone();
                Box::pin(async move { store::devices::list(tx, &filter, None, 100).await })
            })
            .await
            .unwrap()
            .into_iter()
            .map(|listed| listed.device)
            .collect()
    }

    pub async fn device(&self, windows_id: &str) -> Device {
        let devices = self.devices().await;
        devices
            .into_iter()
            .find(|device| device.windows_id == windows_id)
            .unwrap()
    }

    pub async fn timeline(&self, id: &DeviceId) -> Vec<What> {
        let events = devices::timeline(&self.app, &Actor::CommandLine, id, None, 200).await;
        events.unwrap().into_iter().map(|(_, event)| event.what).collect()
    }
}

pub async fn send(router: Router, request: Request<Body>) -> Reply {
    let response = router.oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    Reply {
        status: head.status.as_u16(),
        headers: head.headers,
        body: to_bytes(body, 16 << 20).await.unwrap().to_vec(),
    }
}
