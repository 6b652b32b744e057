//! Two nodes on one PostgreSQL: an authority is looked at once, whichever of them does it.

use std::{path::Path, process::Command, time::Duration};

use sceau::{
    actions::{
        authorities::{WATCH_JOB, last_look, watch},
        notices::{self, ChannelForm},
    },
    app::Shared,
    commands::start,
    jobs,
    settings::Settings,
};

use super::{
    ADMINISTRATOR, add,
    receiver::{Receiver, until},
};
use crate::{faults::postgres::Server, laboratory::Laboratory};

/// An empty database of the throwaway server, by its URL.
fn empty_database() -> String {
    let name = format!("watch_{}", sceau::secrets::hex(&sceau::secrets::random::<4>()));
    let made = Command::new("psql")
        .arg(Server::shared().url("postgres"))
        .args(["-qc", &format!("CREATE DATABASE {name}")])
        .status()
        .unwrap();
    assert!(made.success());
    Server::shared().url(&name)
}

/// Two servers on one empty database.
async fn two(folder: &Path) -> [Shared; 2] {
    let mut settings = Settings {
        data_dir: folder.join("data"),
        ..Settings::default()
    };
    settings.database.url = empty_database();
    let one = start::application(settings.clone()).await.unwrap();
    [one, start::application(settings).await.unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_see_the_same_tell_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = two(folder.path()).await;
    let receiver = Receiver::hooks(204).await;
    let form = ChannelForm::Webhook {
        name: "Pager".to_owned(),
        url: format!("https://localhost:{}/", receiver.port()),
        trust_pem: receiver.read("certificate.pem"),
    };
    notices::add_channel(&one, &ADMINISTRATOR, form).await.unwrap();
    let laboratory = Laboratory::start(false, 5).await;
    let authority = add(&one, &laboratory).await;
    laboratory.stop().await;
    for _ in 0..2 {
        let (here, there) = tokio::join!(watch(&one, &authority.id), watch(&two, &authority.id));
        here.unwrap();
        there.unwrap();
    }
    let running = [jobs::start(&one).await.unwrap(), jobs::start(&two).await.unwrap()];
    let told = until("it is told", || async {
        let all = notices::list_notices(&one, &ADMINISTRATOR, 50).await.unwrap();
        let is_over = !all.is_empty() && all.iter().all(|notice| notice.sent_at.is_some());
        is_over.then_some(all)
    })
    .await;
    for jobs in running {
        jobs.stop().await;
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].attempts, receiver.requests()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_look_once() {
    let folder = tempfile::tempdir().unwrap();
    let [one, two] = two(folder.path()).await;
    let laboratory = Laboratory::start(false, 5).await;
    let authority = add(&one, &laboratory).await;
    let running = [jobs::start(&one).await.unwrap(), jobs::start(&two).await.unwrap()];
    let looked = async {
        while last_look(&one, &ADMINISTRATOR, &authority.id)
            .await
            .unwrap()
            .is_empty()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looked)
        .await
        .expect("it is looked at by itself");
    for jobs in running {
        jobs.stop().await;
    }
    let id = authority.id.clone();
    let (attempts, queued) = one
        .store
        .read(move |tx| {
            Box::pin(async move {
                let attempts = store::attempts::since(tx, &id, domain::Timestamp::default()).await?;
                Ok::<_, store::Error>((attempts, store::jobs::counts(tx).await?))
            })
        })
        .await
        .unwrap();
    assert_eq!(attempts.len(), 1, "{attempts:?}");
    assert_eq!(attempts[0].outcome, "good");
    assert!(
        queued.contains(&(WATCH_JOB.to_owned(), 1)),
        "the next look is queued: {queued:?}"
    );
}
