//! What a device should hold, by the assignments.
