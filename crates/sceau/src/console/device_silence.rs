//! What a device's page says of its silence.

use domain::device::Device;

use super::{moment, page::Page};
use crate::actions::device_silence::Story;

/// That a device is silent and leaves, or that it came back after it had left.
pub(super) struct SilenceWords {
    /// The sentences; none of a device that is heard of.
    pub(super) words: Vec<String>,
}

impl SilenceWords {
    pub(super) fn of(page: &Page, device: &Device, story: &Story) -> Self {
        let said = |key: &str, values: &[(&str, &str)]| page.language.sentence(key, values);
        let told = story.told.and_then(|(told_at, leaves_at)| {
            let values = [
                ("seen", moment::day(device.last_seen_at)),
                ("told", moment::day(told_at)),
                ("leaves", moment::day(leaves_at)),
            ];
            let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
            said("device-silence-told", &values)
        });
        let returned = story.returned_at.and_then(|at| {
            let at = format!("{} UTC", moment::minute(at));
            said("device-silence-returned", &[("at", at.as_str())])
        });
        let advice = returned.as_ref().map(|_| page.t("device-silence-enrol"));
        Self {
            words: [told, returned, advice].into_iter().flatten().collect(),
        }
    }
}
