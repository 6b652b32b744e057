//! DevInfo and DevDetail: what the device tells of itself.

use crate::syncml::{CmdId, Command, Item, Verb};

/// The nodes of `./DevInfo`, which open each session in a Replace.
pub const DEV_ID: &str = "./DevInfo/DevId";
pub const MANUFACTURER: &str = "./DevInfo/Man";
pub const MODEL: &str = "./DevInfo/Mod";
pub const DM_VERSION: &str = "./DevInfo/DmV";
pub const LANGUAGE: &str = "./DevInfo/Lang";

/// The version of Windows, `10.0.19043.2364`.
pub const SOFTWARE_VERSION: &str = "./DevDetail/SwV";
/// The device's name.
pub const DEVICE_NAME: &str = "./DevDetail/Ext/Microsoft/DeviceName";
/// The edition in words.
pub const OS_PLATFORM: &str = "./DevDetail/Ext/Microsoft/OSPlatform";

/// What the Replace of the first message says, unproven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DevInfo {
    pub dev_id: Option<String>,
    pub manufacturer: Option<String>,
    pub model: Option<String>,
    pub dm_version: Option<String>,
    /// `en-US`
    pub language: Option<String>,
}

impl DevInfo {
    /// Reads every Replace of a message; items of other nodes are left out. Samples write `DevID` as well as
    /// `DevId`, so case doesn't count.
    pub fn of(commands: &[Command]) -> Self {
        let mut info = Self::default();
        for command in commands {
            if let Command::Operation(operation) = command
                && operation.verb == Verb::Replace
            {
                operation.items.iter().for_each(|item| info.take(item));
            }
        }
        info
    }

    fn take(&mut self, item: &Item) {
        let (Some(uri), Some(value)) = (item.source.as_deref(), item.text()) else {
            return;
        };
        let fields = [
            (DEV_ID, &mut self.dev_id),
            (MANUFACTURER, &mut self.manufacturer),
            (MODEL, &mut self.model),
            (DM_VERSION, &mut self.dm_version),
            (LANGUAGE, &mut self.language),
        ];
        for (node, field) in fields {
            if uri.eq_ignore_ascii_case(node) {
                *field = Some(value.trim().to_owned());
            }
        }
    }
}

/// Asks for the version, the name and the edition.
pub fn ask_details(cmd_id: CmdId) -> Command {
    Command::get(cmd_id, [SOFTWARE_VERSION, DEVICE_NAME, OS_PLATFORM])
}
