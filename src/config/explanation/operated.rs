//! What a config says about the operator, in plain words.

use std::fmt;

use serde::Serialize;

use super::line;
use super::telling::Reached;
use crate::config::{Operator, value};

/// The operator: where and when they are told what is wrong.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Operated {
    sink: String,
    after: String,
}

impl Operated {
    pub(super) fn of(operator: &Operator) -> Self {
        Self { sink: operator.sink.clone(), after: value::shown_days(operator.after) }
    }

    pub(super) fn is_told_at(&self, sink: &Reached) -> bool {
        self.sink == sink.name
    }
}

impl fmt::Display for Operated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sink, after } = self;
        line(f, "operator", format_args!("told at the sink \"{sink}\" of what has been wrong for {after}"))
    }
}
