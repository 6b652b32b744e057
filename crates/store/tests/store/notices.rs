//! Who is told of warnings, and what is on its way to them.

use domain::{
    Sealed,
    notification::{Channel, Event, Notice, NoticeState, SendProblem, Target, Told},
    warning::{Matter, Warning, WarningKind},
};
use store::notices;

use crate::{
    samples::{House, NOW, id},
    world::{on_both, work},
};

fn channel(n: i64, name: &str) -> Channel {
    Channel {
        id: id(n),
        name: name.to_owned(),
        target: Target::Webhook {
            url: "https://hooks.example.com/".to_owned(),
            trust_pem: Some("PEM".to_owned()),
        },
        secret: Some(Sealed(vec![1, 2, 3])),
        is_enabled: true,
        created_at: NOW,
        updated_at: NOW,
    }
}

fn notice(n: i64, event: Event) -> Notice {
    let warning = Warning {
        id: id(7),
        authority_id: Some(id(1)),
        matter: Matter::of(WarningKind::AuthorityDown),
        raised_at: NOW,
        ended_at: None,
    };
    let told = Told::of(&warning, "Contoso", event, NOW);
    Notice::new(id(n), id(1), warning.id.to_string(), told, NOW.plus_seconds(n))
}

on_both! {
    async fn a_channel_comes_back_as_it_was_and_its_name_is_its_own(world: &World) {
        House::build(world).await;
        world.write(work!([] |tx| notices::insert_channel(tx, &channel(1, "Pager")).await)).await;
        let twice = world
            .store
            .write(work!([] |tx| notices::insert_channel(tx, &channel(2, "Pager")).await))
            .await;
        assert!(matches!(twice, Err(store::Error::Conflict(_))), "{twice:?}");
        let all = world.read(work!([] |tx| notices::channels(tx).await)).await;
        assert_eq!(all, [channel(1, "Pager")]);
        let later = NOW.plus_seconds(9);
        world.write(work!([] |tx| notices::enable_channel(tx, &id(1), false, later).await)).await;
        let off = world.read(work!([] |tx| notices::channel(tx, &id(1)).await)).await;
        let expected = Channel { is_enabled: false, updated_at: later, ..channel(1, "Pager") };
        assert_eq!(off, Some(expected));
    }

    async fn a_warning_is_told_once_when_raised_and_once_when_over(world: &World) {
        House::build(world).await;
        world.write(work!([] |tx| notices::insert_channel(tx, &channel(1, "Pager")).await)).await;
        let add = |n, event| async move {
            world.write(work!([] |tx| notices::add(tx, &notice(n, event)).await)).await
        };
        assert!(add(11, Event::Raised).await);
        assert!(!add(12, Event::Raised).await, "another node raised it as well");
        assert!(add(13, Event::Ended).await);
        let ids = |all: Vec<Notice>| all.into_iter().map(|one| one.id).collect::<Vec<_>>();
        let newest = world.read(work!([] |tx| notices::newest(tx, 10).await)).await;
        assert_eq!(ids(newest), [id(13), id(11)]);
        let newest = world.read(work!([] |tx| notices::newest_of(tx, &id(1), 1).await)).await;
        assert_eq!(ids(newest), [id(13)]);
    }

    async fn what_became_of_a_notice_is_kept_until_it_is_old_or_its_channel_goes(world: &World) {
        House::build(world).await;
        world.write(work!([] |tx| notices::insert_channel(tx, &channel(1, "Pager")).await)).await;
        let problem = SendProblem::new("unsent-status").with("status", "500");
        let (tried, again) = notice(11, Event::Raised).tried(Some(problem), NOW);
        assert_eq!(again, Some(NOW.plus_seconds(60)));
        let kept = tried.clone();
        world
            .write(work!([kept] |tx| {
                notices::add(tx, &notice(11, Event::Raised)).await?;
                notices::add(tx, &notice(13, Event::Ended)).await?;
                notices::keep(tx, &kept).await
            }))
            .await;
        let read = world.read(work!([] |tx| notices::by_id(tx, &id(11)).await)).await;
        assert_eq!(read, Some(tried.clone()));
        let (sent, again) = tried.tried(None, NOW.plus_seconds(60));
        assert_eq!((sent.state, sent.attempts, again), (NoticeState::Sent, 2, None));
        world.write(work!([sent] |tx| notices::keep(tx, &sent).await)).await;
        let read = world.read(work!([] |tx| notices::by_id(tx, &id(11)).await)).await;
        assert_eq!(read, Some(sent.clone()));
        let before = NOW.plus_seconds(12);
        world.write(work!([] |tx| notices::delete_old(tx, before).await)).await;
        let left = world.read(work!([] |tx| notices::newest(tx, 10).await)).await;
        assert_eq!(left.len(), 1, "{left:?}");
        world.write(work!([] |tx| notices::delete_channel(tx, &id(1)).await)).await;
        assert_eq!(world.read(work!([] |tx| notices::newest(tx, 10).await)).await, []);
    }
}
