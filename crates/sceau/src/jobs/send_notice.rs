//! A notice is sent, and sent again until it arrives or was tried often enough.

use domain::notification::{Event, NoticeId, SendProblem, Target};

use crate::{
    actions::{
        Result,
        notices::{self, Outgoing},
    },
    app::Shared,
    console::notified,
    outbound::{Hook, Mail},
};

/// The job's kind; its key and payload are the notice's id.
pub const KIND: &str = notices::SEND_JOB;

/// Sends once. After a crash in between, the same notice goes out again under the same identifier.
pub async fn run(app: &Shared, payload: &str) -> Result<()> {
    let id = NoticeId::parse(payload)?;
    let Some(outgoing) = notices::outgoing(app, &id).await? else {
        return Ok(());
    };
    let problem = send(app, &outgoing).await.err();
    if let Some(problem) = &problem {
        let channel = outgoing.channel.name.as_str();
        tracing::warn!(channel, problem = %problem.key, values = ?problem.values, "a notice did not arrive");
    }
    notices::tried(app, &id, problem).await
}

async fn send(app: &Shared, outgoing: &Outgoing) -> std::result::Result<(), SendProblem> {
    let (notice, channel) = (&outgoing.notice, &outgoing.channel);
    if !channel.is_enabled && notice.told.event != Event::Trial {
        return Err(SendProblem::new("unsent-off"));
    }
    let public_url = &app.settings.public_url;
    match &channel.target {
        Target::Email { address, language } => {
            let host = url::Url::parse(public_url).ok();
            let host = host.as_ref().and_then(url::Url::host_str);
            let (subject, text) = notified::mail(&notice.told, language, public_url);
            let mail = Mail {
                id: notice.id.to_string(),
                host: host.unwrap_or_default().to_owned(),
                to: address.clone(),
                subject,
                text,
            };
            app.outbound.mail(&app.settings.mail, &mail).await
        }
        Target::Webhook { url, trust_pem } => {
            let hook = Hook {
                url,
                trust_pem: trust_pem.as_deref(),
                secret: outgoing.secret.as_ref().map_or(&[], |secret| secret.as_slice()),
                event: notified::event_name(&notice.told),
                body: notified::payload(notice, public_url),
                at: app.now(),
            };
            app.outbound.tell(&hook).await
        }
    }
}
