//! The address of the history, as `state` writes it.

use std::path::Path;

use crate::config_table::config_file_paths::parse_file_path;
use crate::config_table::diagnostic::InvalidValue;
use crate::domain::DatabaseUrl;

/// How the address of a SQLite file begins. A path alone is one, too.
const SQLITE_PREFIX: &str = "sqlite:";

const UNDERSTOOD: &str =
    "the history is a SQLite file: write its path, as in papers/paperwire.db or sqlite:papers/paperwire.db";

/// An address; a path in it starts at this folder. The file need not be there. What has a password in it is not shown.
pub(super) fn parse_store_url(text: &str, folder: &Path) -> Result<DatabaseUrl, InvalidValue> {
    if let Some((scheme, _)) = text.split_once("://") {
        let is_postgres = ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
        let message = if is_postgres {
            "is a PostgreSQL database, which this paperwire cannot use yet"
        } else {
            "is an address that this paperwire does not know"
        };
        return Err(InvalidValue::error_hiding_value(message, UNDERSTOOD));
    }
    parse_file_path(text.strip_prefix(SQLITE_PREFIX).unwrap_or(text), folder).map(DatabaseUrl::Sqlite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_sqlite_file_with_its_prefix_and_without() {
        for (text, file) in [
            ("papers/a.db", "conf/papers/a.db"),
            ("sqlite:papers/a.db", "conf/papers/a.db"),
            ("sqlite:/srv/a.db", "/srv/a.db"),
            ("./sqlite:a.db", "conf/./sqlite:a.db"),
        ] {
            let parsed = parse_store_url(text, Path::new("conf")).unwrap();
            assert_eq!(parsed, DatabaseUrl::Sqlite(file.into()), "{text}");
        }
        for text in ["", "sqlite:", "sqlite:~/a.db", "sqlite:a/", "sqlite:///srv/a.db", "mysql://host/db"] {
            assert!(parse_store_url(text, Path::new("conf")).is_err(), "{text:?}");
        }
    }
}
