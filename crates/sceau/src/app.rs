//! The only wiring: what every use-case may reach.

use std::{sync::Arc, time::SystemTime};

use domain::{Id, Timestamp};
use store::Store;

use crate::{
    actions::{
        built_in::{BuiltInAuthorities, Unsigned},
        device_silence::LookedAt,
    },
    bells::Bells,
    errands::Errands,
    outbound::Outbound,
    secrets,
    secrets::Secrets,
    settings::Settings,
};

/// The application, shared by doors and jobs.
pub type Shared = Arc<App>;

/// Where the time comes from. Nothing that is shipped sets it: only tests bring their own.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything that use-cases need.
pub struct App {
    /// The database.
    pub store: Store,
    /// Seals and opens secrets.
    pub secrets: Secrets,
    /// What the administrator of the server set.
    pub settings: Settings,
    /// Calls to other systems.
    pub outbound: Outbound,
    /// Issues the identities of devices.
    pub device_authority: ca::CertificateAuthority,
    /// Work that comes to its end though the client hangs up.
    pub errands: Errands,
    /// Sceau's own authorities, their keys open.
    pub built_in: BuiltInAuthorities,
    /// What they intended to issue and didn't sign before the process died.
    pub unsigned: Unsigned,
    /// When silent devices were last looked for.
    pub silence_looked_at: LookedAt,
    /// Wake who waits.
    pub bells: Bells,
    clock: Clock,
}

impl App {
    /// Wires the application.
    pub fn new(
        store: Store,
        secrets: Secrets,
        settings: Settings,
        outbound: Outbound,
        device_authority: ca::CertificateAuthority,
        clock: Clock,
    ) -> Shared {
        Arc::new(Self {
            store,
            secrets,
            settings,
            outbound,
            device_authority,
            errands: Errands::default(),
            built_in: BuiltInAuthorities::default(),
            unsigned: Unsigned::default(),
            silence_looked_at: LookedAt::default(),
            bells: Bells::default(),
            clock,
        })
    }

    /// The moment.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A fresh identifier.
    pub fn fresh_id<Noun>(&self) -> Id<Noun> {
        Id::new(self.now(), secrets::random())
    }
}

/// The clock of the machine.
pub fn machine_clock() -> Clock {
    Arc::new(|| {
        let elapsed = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_milliseconds(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    })
}
