//! ms-mdm
