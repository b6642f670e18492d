//! A full-text index in memory of the papers that the history's own lacks, for one who may not write to the history.

use anyhow::Result;

use super::connection::StoreReader;
use super::statement::query_first_row;
use super::text_index::index_papers_in_memory;

/// The tables that an index in memory has of its own. They hide those of the same names in the history.
const TABLES: [&str; 2] = ["papers_text", "text_rowids"];

impl StoreReader {
    /// How many papers are not found by their words yet.
    pub fn unindexed_paper_count(&self) -> Result<u64> {
        Ok(self.db.query_row("SELECT count(*) FROM unindexed", [], |row| row.get(0))?)
    }

    /// Indexes in memory what the history's own index lacks, so that this reader finds every paper although nothing can be
    /// written.
    pub fn index_unindexed_in_memory(&mut self) -> Result<()> {
        self.db.pragma_update(None, "temp_store", "memory")?;
        // The papers are in the history, where a table in memory cannot refer to.
        self.db.pragma_update(None, "foreign_keys", false)?;
        for table in TABLES {
            let sql = "SELECT sql FROM main.sqlite_schema WHERE name = ?1";
            let statement: Option<String> = query_first_row(&self.db, sql, [table], |row| row.get(0))?;
            let here = format!(" temp.{table} ");
            self.db.execute_batch(&statement.unwrap_or_default().replacen(
                &format!(" {table} "),
                &here,
                1,
            ))?;
        }
        index_papers_in_memory(&self.db)?;
        self.has_memory_index = true;
        Ok(())
    }
}
