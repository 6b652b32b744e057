//! All that is known of a device when it speaks, in one statement.

use domain::{
    certificate::Certificate,
    delivery::Delivery,
    device::{Device, DeviceId, enrolment::Identity, session::Session, waking::Waking},
    person::Person,
};

use crate::{
    Error, Tx, certificates, deliveries, devices, identities, mdm_sessions,
    row::Row,
    value::{Value, values},
};

/// A device with what a session with it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckIn {
    /// The device.
    pub device: Device,
    /// Whose it is.
    pub person: Option<Person>,
    /// Each how many minutes it was told to poll while it polls often; none stands for each minute.
    pub poll_minutes: Option<u32>,
    /// The PFN that devices are given; none while nothing is pushed.
    pub pfn: Option<String>,
    /// How it is woken.
    pub waking: Waking,
    /// Its latest session, over or not.
    pub session: Option<Session>,
    /// Whether a command was sent to it that it hasn't answered.
    pub is_owing: bool,
    /// Whether it trusts a certificate that is to be taken back.
    pub is_distrusting: bool,
    /// Its deliveries that are current, open or on it, oldest first.
    pub deliveries: Vec<Delivery>,
    /// The certificates that those brought.
    pub certificates: Vec<Certificate>,
}

macro_rules! select {
    ($from:literal, $which:literal, $($also:expr),*) => {
        concat!(
            "SELECT ", devices::device!(), ", p.username AS username, p.attributes AS attributes,
             p.created_at AS created_at, p.updated_at AS updated_at,
             (SELECT w.pfn FROM push_settings w WHERE w.singleton = 1) AS push_pfn,
             EXISTS (SELECT 1 FROM sent_commands c WHERE c.device_id = d.id) AS is_owing,
             EXISTS (SELECT 1 FROM device_trust t WHERE t.device_id = d.id AND t.unwanted_at IS NOT NULL)
                 AS is_distrusting, ",
            $($also, ", ",)*
            mdm_sessions::joined!(), ", ", deliveries::joined!(), ", ", certificates::joined!(),
            " FROM ", $from, " LEFT JOIN people p ON p.id = d.person_id
             LEFT JOIN mdm_sessions s ON s.device_id = d.id
             LEFT JOIN deliveries v ON v.device_id = d.id AND (v.is_current OR v.is_on_device OR v.state IN
                 ('waiting_for_device', 'waiting_for_challenge', 'sent', 'enrolling', 'pending_at_ca'))
             LEFT JOIN certificates k ON k.device_id = d.id AND k.delivery_id = v.id
             WHERE ", $which, " ORDER BY v.id, k.sha1"
        )
    };
}
const BY_CERTIFICATE: &str = select!(
    "identities i JOIN devices d ON d.id = i.device_id",
    "i.sha256 = $1",
    identities::joined!()
);
const OF_DEVICE: &str = select!("devices d", "d.id = $1",);

/// The identity whose certificate has this SHA-256 (hex), and its device, whatever became of either.
pub async fn by_certificate(tx: &mut Tx, sha256: &str) -> Result<Option<(Identity, CheckIn)>, Error> {
    let rows = tx.rows(BY_CERTIFICATE, values![sha256]).await?;
    let identity = rows.first().map(identities::read_joined).transpose()?;
    Ok(identity.zip(read(&rows)?))
}

/// The same of a device.
pub async fn of_device(tx: &mut Tx, id: &DeviceId) -> Result<Option<CheckIn>, Error> {
    let values: Vec<Value> = values![id];
    read(&tx.rows(OF_DEVICE, values).await?)
}

/// One row for each delivery and certificate; the session's answer is in the first of them alone.
fn read(rows: &[Row]) -> Result<Option<CheckIn>, Error> {
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let device = devices::read(first)?;
    let poll_minutes: Option<i64> = first.read("poll_minutes")?;
    let session: Option<String> = first.read("s_session_id")?;
    let person = match &device.person_id {
        None => None,
        Some(id) => Some(Person {
            id: id.clone(),
            username: first.read("username")?,
            attributes: first.json("attributes")?,
            created_at: first.read("created_at")?,
            updated_at: first.read("updated_at")?,
        }),
    };
    let mut found = CheckIn {
        device,
        person,
        poll_minutes: poll_minutes.and_then(|minutes| u32::try_from(minutes).ok()),
        pfn: first.read("push_pfn")?,
        waking: first.json_or_none("push")?.unwrap_or_default(),
        session: session.map(|_| mdm_sessions::read_joined(first)).transpose()?,
        is_owing: first.read("is_owing")?,
        is_distrusting: first.read("is_distrusting")?,
        deliveries: Vec::new(),
        certificates: Vec::new(),
    };
    for row in rows {
        let delivery: Option<String> = row.read("v_id")?;
        if delivery.is_none() {
            continue;
        }
        let delivery = deliveries::read_joined(row)?;
        if found.deliveries.last().is_none_or(|last| last.id != delivery.id) {
            found.deliveries.push(delivery);
        }
        let certificate: Option<String> = row.read("k_sha1")?;
        if certificate.is_some() {
            found.certificates.push(certificates::read_joined(row)?);
        }
    }
    Ok(Some(found))
}
