//! A laboratory's device, a process of its own, is sent away while it lives.

use std::{fs, path::Path, time::Duration};

use http::Method;
use serde_json::json;

use super::{beside_another, parts::Parts};

/// The files of a folder that end so, in it and in those below it.
fn count(folder: &Path, end: &str) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .map(|path| match path.is_dir() {
            true => count(&path, end),
            false => usize::from(path.to_string_lossy().ends_with(end)),
        })
        .sum()
}

#[tokio::test]
async fn a_device_of_the_laboratory_obeys_and_holds_nothing_any_more() {
    let _turn = beside_another().await;
    let mut parts = Parts::start(2, 5, 5).await;
    parts.start_devices(2);
    parts.await_state("verified", 2).await;
    let devices = parts.administrator.read_all("/devices").await.unwrap();
    let text = |index: usize, name: &str| devices[index][name].as_str().unwrap().to_owned();
    for (index, certificates) in ["delete", "keep"].into_iter().enumerate() {
        let path = format!("/devices/{}/removal", text(index, "id"));
        let asked = json!({ "certificates": certificates });
        let told = parts
            .administrator
            .call(Method::PUT, &path, Some(&asked))
            .await
            .unwrap();
        assert_eq!(told["told_at"], json!(null), "{told}");
    }
    for index in 0..2 {
        let path = format!("/devices/{}", text(index, "id"));
        let gone = async {
            loop {
                let device = parts.administrator.read(&path).await.unwrap();
                if device["left_how"] == "sent_away" {
                    break device;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let device = tokio::time::timeout(Duration::from_secs(240), gone)
            .await
            .expect("it goes");
        assert_eq!(device["removal"]["by"], "admin");
        assert_eq!(device["removal"]["kept"], json!([]));
    }
    let steps = parts.timelines().await;
    let deleted = steps.iter().filter(|step| step["what"] == "node_deleted").count();
    assert_eq!(deleted, 1, "{steps:?}");
    assert_eq!(
        steps
            .iter()
            .filter(|step| step["what"] == "told_to_leave")
            .count(),
        2
    );
    // Windows, and the laboratory, remove the certificates of the management in any case, but no trust.
    let folder = parts.folder.path().join("devices");
    let [leaver, keeper] = [0, 1].map(|index| folder.join(text(index, "name")));
    assert_eq!(
        (
            count(&leaver.join("my"), ".pem"),
            count(&keeper.join("my"), ".pem")
        ),
        (0, 0)
    );
    let trusted = |device: &Path| count(&device.join("root"), ".pem");
    assert_eq!(trusted(&leaver) + 1, trusted(&keeper), "the authority's root");
}
