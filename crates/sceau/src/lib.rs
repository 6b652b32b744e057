//! Sceau.
