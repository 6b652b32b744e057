//! Causes and states as they go out: the domain's own names, moments as text.

use domain::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::instant::Instant;

/// A cause, a state or an event as JSON, its moments as everywhere else.
pub(super) fn view(thing: &impl Serialize) -> Value {
    let mut value = serde_json::to_value(thing).unwrap_or_default();
    tell_moments(&mut value);
    value
}

fn tell_moments(value: &mut Value) {
    let Value::Object(fields) = value else { return };
    for (name, field) in fields {
        match field.as_i64() {
            Some(milliseconds) if name == "until" => {
                let instant = Instant(Timestamp::from_milliseconds(milliseconds));
                *field = serde_json::to_value(instant).unwrap_or_default();
            }
            _ => tell_moments(field),
        }
    }
}
