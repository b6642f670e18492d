//! Where papers come from: asked over the wire, and their answers read into papers or refused by name.
//! Knows addresses, XML, feed formats and what each source asks of those who ask it; must never know
//! what was seen before, or what becomes of a paper.

pub mod arxiv;
