//! Windows' configuration service providers: the nodes of the device's tree that this product reads and sets.

pub mod certificates;
pub mod device;
pub mod dmclient;
pub mod inventory;
pub mod scep;
