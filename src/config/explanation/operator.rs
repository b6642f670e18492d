//! What a config says about the operator, in plain words.

use std::fmt;

use serde::Serialize;

use super::line::write_line;
use super::sinks_and_subscriptions::SinkExplanation;
use crate::config::OperatorConfig;
use crate::config_table::value;

/// The operator: where and when they are told what is wrong.
#[derive(Debug, Clone, Serialize)]
pub(super) struct OperatorExplanation {
    sink: String,
    after: String,
}

impl OperatorExplanation {
    pub(super) fn of(operator: &OperatorConfig) -> Self {
        Self { sink: operator.sink.clone(), after: value::format_days(operator.after) }
    }

    pub(super) fn notifies(&self, sink: &SinkExplanation) -> bool {
        self.sink == sink.name
    }
}

impl fmt::Display for OperatorExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sink, after } = self;
        write_line(
            f,
            "operator",
            format_args!("told at the sink \"{sink}\" of what has been wrong for {after}"),
        )
    }
}
