//! arXiv as a test may have it.

pub(crate) mod page;

pub(crate) use page::Dialect;
