//! The program as its users meet it: one module per promise, all through the real binary or a room's
//! public door.
