//! The arXiv API: how its answers are read.

pub mod atom;
mod draft;
mod element;
mod opening;
mod page;
mod text;
