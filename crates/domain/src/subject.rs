//! Subjects: X.500 strings with variables, as Windows reads them.
