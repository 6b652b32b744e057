//! scep
