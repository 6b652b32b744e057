//! ndes
