//! Where papers come from. Knows addresses, wire formats and what each source asks of its visitors;
//! turns what came over the wire into a [`domain::Answer`](crate::domain::Answer), or into a
//! [`domain::Fault`](crate::domain::Fault) that says in words why it cannot be trusted. Must never
//! know SQL, lists, topics, or when it is time to ask.

pub mod arxiv;
