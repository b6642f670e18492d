//! All titles of the history, for whoever looks for one that is like another.

use anyhow::Result;

use super::connection::StoreReader;
use crate::domain::{PaperId, TitleKey};
use crate::store::records::PaperDatabaseRowId;

impl StoreReader {
    /// Gives all titles, each with the paper that has or had it.
    pub fn read_all_titles(&self, mut take: impl FnMut(TitleKey, PaperDatabaseRowId)) -> Result<()> {
        let mut titles = self.db.prepare_cached("SELECT title, paper FROM paper_titles")?;
        let mut rows = titles.query([])?;
        while let Some(row) = rows.next()? {
            take(TitleKey::from_stored(row.get(0)?), PaperDatabaseRowId(row.get(1)?));
        }
        Ok(())
    }

    /// The identity and the title of the paper of a row.
    pub fn paper_id_and_title(&self, row: PaperDatabaseRowId) -> Result<(PaperId, String)> {
        let mut find = self.db.prepare_cached("SELECT paper_id, title FROM papers WHERE id = ?1")?;
        Ok(find.query_row([row.0], |row| Ok((PaperId::from_stored(row.get(0)?), row.get(1)?)))?)
    }
}
