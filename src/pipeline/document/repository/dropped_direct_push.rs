//! Rows that went from the base with a push of ours that somebody dropped, which nobody deleted.

use anyhow::Result;

use super::repository_list_settings::PublishMode;
use super::repository_sync_state::RepositorySync;
use super::tables_of_files::{are_most_present, papers_by_topic};
use crate::list::git::BranchHead;
use crate::pipeline::document::merge::files_without_dismissed_rows;
use crate::store::{Dismissal, FileTexts, GeneratedFiles};

impl RepositorySync<'_> {
    /// Of rows that are gone from a base to which the program pushes, those are not deleted that went with the push: somebody
    /// set the branch back, or pushed an old clone over it. If most of what was pushed is there, they amended the push, and
    /// what is gone they deleted. Whether there are such rows; they are not known as written any more.
    pub(super) async fn forget_rows_of_dropped_pushes(
        &mut self,
        gone: &[Dismissal],
        base: &BranchHead,
        files: &FileTexts,
    ) -> Result<bool> {
        let list = self.target.list.name;
        let PublishMode::Direct = self.target.mode else { return Ok(false) };
        let pushed = self.store.push_history(list, &mut self.session.text_cache)?.merged.into_iter().next();
        let Some(pushed) = pushed.filter(|_| !gone.is_empty()) else { return Ok(false) };
        let parted = self.session.repository.find_merge_base_with_branch(base, &pushed).await?;
        if parted.as_ref() == Some(&pushed) {
            return Ok(false);
        }
        let before = match &parted {
            Some(parted) => self.load_list_files_at_commit(parted).await?.existing_files(),
            None => FileTexts::new(),
        };
        let (before, there) = (papers_by_topic(&before), papers_by_topic(files));
        let known = self.store.recorded_generated_files(list, &mut self.session.text_cache)?;
        let pushed = papers_by_topic(&known.written);
        if are_most_present(pushed.difference(&before), &there) {
            return Ok(false);
        }
        let is_dropped = |row: &&Dismissal| !before.contains(&(row.topic.as_str(), row.paper.clone()));
        let dropped: Vec<&Dismissal> = gone.iter().filter(is_dropped).collect();
        if dropped.is_empty() {
            return Ok(false);
        }
        let written = files_without_dismissed_rows(self.store, &known.written, &dropped)?;
        let intended = files_without_dismissed_rows(self.store, &known.intended, &dropped)?;
        self.store.replace_generated_files(list, &GeneratedFiles { written, intended })?;
        Ok(true)
    }
}
