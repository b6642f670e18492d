//! The configuration's own file, for the commands that change it.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::usage_error::UsageError;
use crate::config::{Config, ConfigEdit};
use crate::{list, regular_file};

/// A configuration's file and its text.
#[derive(Debug)]
pub(super) struct EditableConfigFile {
    path: PathBuf,
    text: String,
}

impl EditableConfigFile {
    /// Reads the file that a configuration came from. An error if there is none.
    pub(super) fn open(config: &Config) -> Result<Self> {
        let Some(path) = &config.file else {
            let words = "there is no configuration to write into: make a file paperwire.toml, or name one with --config";
            return Err(UsageError(words.to_owned()).into());
        };
        let text = list::read_list_file(path)?.with_context(|| format!("{} is gone", path.display()))?;
        Ok(Self { path: path.clone(), text })
    }

    /// Changes the text, and writes it if it is a configuration then; the file's path.
    pub(super) fn edit_and_save(self, change: impl FnOnce(&mut ConfigEdit) -> Result<()>) -> Result<PathBuf> {
        let mut edit = ConfigEdit::new(&self.text)?;
        change(&mut edit)?;
        let (text, _) = edit.finish(&self.path).context("nothing is written, because it would be wrong")?;
        if list::read_list_file(&self.path)?.as_ref() != Some(&self.text) {
            bail!("{} was changed meanwhile: nothing is written, try again", self.path.display());
        }
        require_writable_config_file(&self.path)?;
        list::replace_file(Path::new(&self.path), &text)?;
        Ok(self.path)
    }
}

/// A file is replaced by another, which its own mode would not forbid: whoever made it read-only does not want it changed.
fn require_writable_config_file(path: &Path) -> Result<()> {
    let refused = || {
        format!("{} is read-only: nothing is written; make it writable, or change it by hand", path.display())
    };
    let is_read_only = std::fs::metadata(path).is_ok_and(|found| found.permissions().readonly());
    if is_read_only {
        bail!(refused());
    }
    regular_file::open_regular_file_with(OpenOptions::new().write(true), path).with_context(refused)?;
    Ok(())
}
