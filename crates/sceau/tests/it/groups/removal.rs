//! A group goes only when no distribution names it.

use domain::{assignment::Scope, group::Of};
use sceau::actions::{
    Error,
    assignments::{AssignmentForm, preview_assignment, put_assignment},
    groups::{list_groups, one_group, remove_group},
};

use super::{ACTOR, Fleet, among, by_hand, give};

fn key(error: &Error) -> &str {
    &error.refusals()[0].key
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_named_stays_and_one_that_is_not_goes_with_its_members() {
    let fleet = Fleet::new().await;
    let app = &fleet.world.app;
    let device = fleet.device("PC-1", "Book", None).await;
    let kept = by_hand(app, "Kept out", Of::Devices, &[device.as_str()]).await;
    // Also where it is only excluded, and the distribution is not enabled: it may be again.
    let form = AssignmentForm {
        is_enabled: false,
        scope: among(&[], &[&kept]),
    };
    put_assignment(app, &ACTOR, &fleet.configuration, form)
        .await
        .unwrap();
    let refused = remove_group(app, &ACTOR, &kept).await.unwrap_err();
    assert_eq!(key(&refused), "error-group-in-use");
    let named = one_group(app, &ACTOR, &kept).await.unwrap().named_by;
    assert_eq!(named.len(), 1);
    assert!(named[0].is_excluded && !named[0].is_enabled && named[0].name == "Wi-Fi");

    give(app, &fleet.configuration, Scope::None).await;
    remove_group(app, &ACTOR, &kept).await.unwrap();
    assert!(list_groups(app, &ACTOR).await.unwrap().is_empty());
    let gone = remove_group(app, &ACTOR, &kept).await.unwrap_err();
    assert_eq!(key(&gone), "error-not-found");

    // A distribution can't name it any more, and one that did would reach nobody by it.
    let form = AssignmentForm {
        is_enabled: true,
        scope: among(&[&kept], &[]),
    };
    let refused = put_assignment(app, &ACTOR, &fleet.configuration, form)
        .await
        .unwrap_err();
    assert_eq!(key(&refused), "error-scope-unknown");
    let reach = preview_assignment(app, &ACTOR, &among(&[&kept], &[]), 10)
        .await
        .unwrap();
    assert_eq!((reach.count, reach.devices.len()), (0, 0));
}
