//! The section of a sink with `kind = "maildir"`.

use std::path::PathBuf;

use crate::config_table::config_file_paths;
use crate::config_table::diagnostic::{Diagnostics, InvalidValue};
use crate::config_table::toml_table::ConfigTable;
use crate::sink::config_schema::{SinkConfigContext, SinkConfigKeys};
use crate::sink::mail_address::{MailAddress, parse_mail_address, read_recipients};

/// The keys of `kind = "maildir"`.
pub(crate) const SCHEMA: SinkConfigKeys =
    SinkConfigKeys { kind: "maildir", keys: &["path", "from", "to"], secrets: &[] };

/// Whom a Maildir's mail is from, where the file does not say.
const MAILDIR_FROM: &str = "paperwire@localhost";

/// Whom a Maildir's mail is to, where the file does not say.
const MAILDIR_TO: &str = "reader@localhost";

/// A folder of mail, for who has no server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaildirConfig {
    /// The folder.
    pub path: PathBuf,
    /// The sender.
    pub from: MailAddress,
    /// Whom the mails are to; at least one.
    pub to: Vec<MailAddress>,
}

impl MaildirConfig {
    pub(crate) fn read(
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) -> Option<Self> {
        let right = "the folder that the mail is put into, as in path = \"papers/mail\"";
        let path = section.required_value(
            "path",
            right,
            |text| config_file_paths::parse_folder_path(text, context.folder),
            mistakes,
        );
        let from = section.value_or_default("from", MAILDIR_FROM, parse_mail_address, mistakes);
        let to = read_recipients(section, mistakes)
            .or_else(|| parse_mail_address(MAILDIR_TO).ok().map(|reader| vec![reader]));
        let maildir = Self { path: path?, from: from?, to: to? };
        maildir.report_reserved_folder(section, context, mistakes);
        Some(maildir)
    }

    fn report_reserved_folder(
        &self,
        section: &ConfigTable,
        context: &SinkConfigContext,
        mistakes: &mut Diagnostics,
    ) {
        let folder = config_file_paths::canonical_file_path(&self.path);
        if let Some((what, _)) = context.reserved_files.iter().find(|(_, taken)| *taken == folder) {
            let wrong = InvalidValue::new(format!("is {what}"), "a folder of its own");
            section.report_invalid("path", wrong, mistakes);
        }
    }
}
