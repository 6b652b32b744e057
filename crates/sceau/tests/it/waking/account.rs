//! The account: its tokens, and what stands in its way.

use domain::{external_ca::Password, push::PushForm};

use super::{
    Scene,
    double::{SECRET, UUID},
};

#[tokio::test]
async fn a_token_is_used_until_shortly_before_its_end() {
    let mut scene = Scene::ready().await;
    scene.wns.with(|book| book.expires_in = 3600);
    for (pass, tokens) in [(0, 1), (3200, 1), (200, 2)] {
        scene.site.pass(pass);
        scene.computer.talk(&scene.site).await;
        scene.want().await;
        scene.site.pass(61);
        scene.push().await;
        assert_eq!(scene.wns.tokens(), tokens, "after {pass} s more");
    }
    assert_eq!(scene.wns.pushes(), 3);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let mut scene = Scene::ready().await;
    scene.want().await;
    scene.push().await;
    scene.wns.with(|book| book.valid = Some("another".to_owned()));
    scene.site.pass(100);
    scene.computer.talk(&scene.site).await;
    scene.want().await;
    scene.push().await;
    assert_eq!((scene.wns.tokens(), scene.wns.pushes()), (2, 3));
    assert!(scene.waking().await.last.unwrap().is_accepted);
    scene.wns.with(|book| book.refuses_tokens = true);
    scene.site.pass(100);
    scene.computer.talk(&scene.site).await;
    scene.want().await;
    scene.push().await;
    assert_eq!(
        (scene.wns.tokens(), scene.wns.pushes()),
        (3, 5),
        "one more, and no loop"
    );
    let state = scene.account().await.state;
    assert_eq!(state.problem.unwrap().key, "push-unauthorized");
    assert!(state.blocked_until.is_some());
}

#[tokio::test]
async fn an_account_that_is_refused_is_left_alone_until_it_is_changed() {
    let scene = Scene::ready().await;
    scene.wns.with(|book| book.secret = "changed since".to_owned());
    scene.want().await;
    scene.push().await;
    scene.push().await;
    assert_eq!((scene.wns.tokens(), scene.wns.pushes()), (1, 0));
    let problem = scene.account().await.state.problem.unwrap();
    assert_eq!(problem.key, "push-credentials");
    assert_eq!(problem.values["error"], "invalid_client");
    let all = format!("{problem:?}{:?}", scene.told().await);
    assert!(!all.contains(SECRET));
    let form = PushForm {
        client_secret: Some(Password::new("changed since".to_owned())),
        ..scene.form()
    };
    scene.change(form).await;
    assert_eq!(scene.account().await.state.problem, None);
    scene.site.pass(61);
    scene.want().await;
    scene.push().await;
    assert_eq!((scene.wns.tokens(), scene.wns.pushes()), (2, 1));
}

#[tokio::test]
async fn an_application_of_entra_signs_in_at_its_tenant() {
    let scene = Scene::ready().await;
    let form = PushForm {
        client_id: UUID.to_owned(),
        tenant: "example.org".to_owned(),
        ..scene.form()
    };
    scene.change(form).await;
    scene.want().await;
    scene.push().await;
    assert_eq!((scene.wns.tokens(), scene.wns.pushes()), (1, 1));
    let hosts = scene.wns.with(|book| book.called.clone());
    assert_eq!(
        hosts,
        ["login.microsoftonline.com:443", "db3.notify.windows.com:443"]
    );
}

#[tokio::test]
async fn where_tls_is_opened_by_a_stranger_nothing_is_told_to_it() {
    let scene = Scene::ready().await;
    let form = PushForm {
        trust_pem: String::new(),
        ..scene.form()
    };
    scene.change(form).await;
    scene.want().await;
    scene.push().await;
    assert_eq!((scene.wns.tokens(), scene.wns.pushes()), (0, 0));
    assert_eq!(
        scene.account().await.state.problem.unwrap().key,
        "tls-unknown-issuer"
    );
}
