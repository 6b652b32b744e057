//! The same rollout with devices that reach NDES without the proxy: the same truth, from the devices' words alone.

use super::ordinary::roll_out;

#[tokio::test]
async fn the_direct_route_comes_to_the_same_end_by_the_devices_words_alone() {
    let rollout = Box::pin(roll_out("direct")).await;
    assert_eq!(rollout.unknown["items"].as_array().map(Vec::len), Some(0));
    for step in &rollout.steps {
        let what = step["what"].as_str().expect("a step");
        assert!(
            !matches!(what, "forwarded" | "answered" | "outcome_unknown"),
            "the proxy saw nothing: {step}"
        );
    }
    let used = rollout.ledger["used"].as_u64().expect("a number");
    assert!(
        used >= rollout.issued as u64,
        "{used} used, {} issued",
        rollout.issued
    );
}
