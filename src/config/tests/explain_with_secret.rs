//! A configuration's explanation, as tests want it.

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt as _;

use crate::config::{ConfigExplanation, ConfigText, ExplanationContext, parse_config_text};

/// The explanation and its text, with the folder of the configuration as `conf`. There is a secret in this file of it.
pub(in crate::config) fn explain_with_secret(
    file: &str,
    secret: &str,
    body: &str,
) -> (ConfigExplanation, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(file);
    write(&file, secret).unwrap();
    set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let text = ConfigText::new("paperwire.toml".into(), body.into());
    let config = parse_config_text(&text, Some(&folder.path().join("paperwire.toml"))).unwrap();
    let now = "2025-03-28T09:30:00Z".parse().unwrap();
    let facts = ExplanationContext { user_agent: "paperwire", state_exists: true, lists: &[] };
    let explanation = ConfigExplanation::explain_config(&config, now, facts);
    let shown = explanation.to_string().replace(folder.path().to_str().unwrap(), "conf");
    (explanation, shown)
}
