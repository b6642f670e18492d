//! Finding papers of the history: by words, and narrowed to what a reader cares for.

use anyhow::Result;
use rusqlite::params;

use super::connection::StoreReader;
use super::paper_row::{PAPER, read_paper};
use super::statement::{query_all_rows, query_first_row};
use super::text_index::{
    CODE_FACET, ROW_MASK, category_facet_word, index_rowid, strip_index_marker_chars, topic_facet_word,
};
use crate::domain::PaperId;
use crate::store::records::{SearchHit, SearchQuery};

/// Fewer letters begin every other word.
const BEGINNING_BYTES_MIN: usize = 2;

/// Words that one may be on its way to.
const WORDS_GUESSED: u32 = 12;

impl StoreReader {
    /// The papers that have all these words in title, abstract or authors, newest first.
    pub fn search_papers_by_words(&self, words: &[String], papers_max: u32) -> Result<Vec<SearchHit>> {
        self.search_papers(&SearchQuery { words: words.to_vec(), ..SearchQuery::default() }, papers_max)
    }

    /// The papers that are sought, newest first.
    pub fn search_papers(&self, sought: &SearchQuery, papers_max: u32) -> Result<Vec<SearchHit>> {
        let named = self.index_rowid_of_named_paper(&sought.words)?;
        let words = if named.is_some() { &[] } else { sought.words.as_slice() };
        let Some(expression) = self.fts_match_expression(sought, words)? else { return Ok(Vec::new()) };
        let least = sought.since.map_or(0, |since| index_rowid(0, since)).max(named.unwrap_or(0));
        let most = sought.until.map_or(i64::MAX, |until| index_rowid(0, until));
        let most = most.min(sought.cursor.unwrap_or(i64::MAX)).min(named.map_or(i64::MAX, |named| named + 1));
        let from = self.matching_rowids_sql(!expression.is_empty());
        let sql = format!(
            "SELECT f.place, (SELECT json_group_array(t.name) FROM sightings s JOIN topics t ON t.id = s.topic
                              WHERE s.paper = p.id), {PAPER}
             FROM ({from} ORDER BY place DESC LIMIT ?4) f
             CROSS JOIN papers p ON p.id = f.place & {ROW_MASK} ORDER BY f.place DESC",
        );
        Ok(query_all_rows(&self.db, &sql, params![expression, least, most, papers_max], |row| {
            let topics = serde_json::from_str(row.get_ref(1)?.as_str()?).unwrap_or_default();
            Ok(SearchHit { cursor: row.get(0)?, paper: read_paper(row, 2)?, topics })
        })?)
    }

    /// The statement for the places of the papers that are sought, by words or by date alone.
    fn matching_rowids_sql(&self, by_words: bool) -> String {
        let places_in = |schema: &str| {
            if by_words {
                format!(
                    "SELECT rowid AS place FROM {schema}.papers_text
                 WHERE papers_text MATCH ?1 AND rowid >= ?2 AND rowid < ?3"
                )
            } else {
                format!(
                    "SELECT text_rowid AS place FROM {schema}.text_rowids
                 WHERE ?1 = '' AND text_rowid >= ?2 AND text_rowid < ?3"
                )
            }
        };
        if !self.has_memory_index {
            return places_in("main");
        }
        format!(
            "SELECT place FROM ({}) WHERE place & {ROW_MASK} NOT IN (SELECT paper FROM unindexed) UNION ALL {}",
            places_in("main"),
            places_in("temp")
        )
    }

    /// The place of the paper that these words name, if they do and the history has it.
    fn index_rowid_of_named_paper(&self, words: &[String]) -> Result<Option<i64>> {
        let Some(id) = PaperId::from_link(&words.join(" ")) else { return Ok(None) };
        let schemas: &[&str] = if self.has_memory_index { &["temp", "main"] } else { &["main"] };
        for schema in schemas {
            let sql = format!(
                "SELECT f.text_rowid FROM paper_keys k JOIN {schema}.text_rowids f ON f.paper = k.paper WHERE k.key = ?1"
            );
            if let Some(place) = query_first_row(&self.db, &sql, [id.as_str()], |row| row.get(0))? {
                return Ok(Some(place));
            }
        }
        Ok(None)
    }

    /// What the index is asked for; empty where that is nothing, none where it cannot be found.
    fn fts_match_expression(&self, sought: &SearchQuery, words: &[String]) -> Result<Option<String>> {
        let words = words.iter().flat_map(|words| words.split_whitespace());
        let mut words: Vec<String> = words.map(|word| strip_index_marker_chars(word).into_owned()).collect();
        let unfinished = words.pop_if(|word| sought.is_last_word_prefix && has_letters(word));
        let words: Vec<String> = words.iter().map(|word| quote_fts_word(word)).collect();
        let mut parts = Vec::new();
        if !words.is_empty() {
            // Without AND between them, for then one that is nothing but signs is passed over.
            parts.push(format!("({})", words.join(" ")));
        }
        if let Some(word) = unfinished {
            parts.push(self.fts_prefix_expression(&word)?);
        }
        if let Some(topic) = &sought.topic {
            let Some(topic) = self.topic_id(topic)? else { return Ok(None) };
            parts.push(quote_fts_word(&topic_facet_word(topic)));
        }
        parts.extend(
            sought.category.as_deref().map(|category| quote_fts_word(&category_facet_word(category))),
        );
        parts.extend(sought.with_code.then(|| quote_fts_word(CODE_FACET)));
        Ok(Some(parts.join(" AND ")))
    }

    /// A word that may go on: as it is, and as the most common words that begin with it. The index could be asked
    /// for every word that begins so, but it gathers all their papers before it gives the first, and it knows stems,
    /// which may be shorter than what is typed already.
    fn fts_prefix_expression(&self, word: &str) -> Result<String> {
        let mut ways = vec![quote_fts_word(word)];
        let beginning = word.to_lowercase();
        if beginning.len() >= BEGINNING_BYTES_MIN {
            let sql = "SELECT word FROM words WHERE word >= ?1 AND word < ?1 || char(0x10ffff)
                 ORDER BY papers DESC, word LIMIT ?2";
            let words: Vec<String> =
                query_all_rows(&self.db, sql, params![beginning, WORDS_GUESSED], |row| row.get(0))?;
            ways.extend(words.iter().map(|word| quote_fts_word(word)));
        }
        Ok(format!("({})", ways.join(" OR ")))
    }

    /// A topic's row.
    pub(super) fn topic_id(&self, name: &str) -> Result<Option<i64>> {
        Ok(query_first_row(&self.db, "SELECT id FROM topics WHERE name = ?1", [name], |row| row.get(0))?)
    }
}

fn has_letters(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// A word as a quoted phrase, so that nothing in it is taken for the query language's own signs.
fn quote_fts_word(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Abstract, ArxivId, Author, Category, DatabaseUrl, MetadataOrigin, Paper, Revision,
        TopicBackfillPhase, Version, detect_change,
    };
    use crate::store::{KnownPaper, PaperWithDetectedChange, PollRecord, Store, TextIndex};

    fn paper(number: u32, day: &str, title: &str, abstract_: &str, categories: &[&str]) -> Paper {
        Paper {
            id: PaperId::from_arxiv_id(&format!("2503.{number:05}").parse::<ArxivId>().unwrap()),
            revision: Revision::FIRST,
            title: title.to_owned(),
            abstract_: Abstract(abstract_.to_owned()),
            authors: vec![Author { name: "Ada Lovelace".to_owned(), affiliations: vec![] }],
            primary: None,
            categories: categories.iter().map(|category| Category((*category).to_owned())).collect(),
            published: None,
            updated: format!("{day}T12:00:00Z").parse().unwrap(),
            comment: None,
            journal_ref: None,
            doi: None,
            later_article: None,
            links: vec![],
        }
    }

    fn record_topic_papers(store: &mut Store, topic: &str, papers: Vec<Paper>) {
        let topic = store.ensure_topic(topic).unwrap();
        let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
        let known = store.known_papers(&topic, None, &ids).unwrap();
        let shown = |(paper, known): (Paper, KnownPaper)| {
            let finding =
                detect_change(&paper, known.recorded.as_ref(), known.sighting, TopicBackfillPhase::Backfill);
            PaperWithDetectedChange { paper, known, finding }
        };
        let shown = papers.into_iter().zip(known).map(shown).collect();
        let now = "2025-03-30T00:00:00Z".parse().unwrap();
        let (sources, is_paged) = (vec![], false);
        let poll = PollRecord {
            now,
            origin: MetadataOrigin::Source,
            papers: shown,
            sources,
            is_paged,
            watermark_update: None,
        };
        store.record_papers(&topic, &poll).unwrap();
    }

    fn search_result_ids(store_url: &DatabaseUrl, sought: &SearchQuery) -> Vec<String> {
        TextIndex::open(store_url).unwrap().index_all_changed_papers().unwrap();
        let found = StoreReader::open(store_url).unwrap().unwrap().search_papers(sought, 10).unwrap();
        found.into_iter().map(|found| found.paper.id.as_str()[11..].to_owned()).collect()
    }

    #[test]
    fn a_search_is_narrowed_by_topic_category_date_and_code_and_answers_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let store_url = DatabaseUrl::Sqlite(folder.path().join("paperwire.db"));
        let mut store = Store::open(&store_url).unwrap();
        let nets = paper(1, "2025-03-03", "Nets of birds", "Code: github.com/a/b", &["cs.CV", "cs.LG"]);
        let songs = paper(2, "2025-03-01", "Songs of birds", "No code.", &["q-bio.PE"]);
        let field = paper(3, "2025-03-02", "A field", "Birds again, by classification.", &["hep-ex"]);
        record_topic_papers(&mut store, "Birds", vec![nets.clone(), songs.clone(), field]);
        record_topic_papers(&mut store, "Songs", vec![songs]);
        let words = |text: &str| SearchQuery { words: vec![text.to_owned()], ..SearchQuery::default() };
        let day = |day: &str| Some(format!("{day}T00:00:00Z").parse().unwrap());
        for (sought, expected) in [
            (SearchQuery::default(), &["00001", "00003", "00002"][..]),
            (words("bird"), &["00001", "00003", "00002"]),
            (words("bird -"), &["00001", "00003", "00002"]),
            (words("-"), &[]),
            (words("\"bird OR NEAR( *"), &[]),
            (words("lovelace song"), &["00002"]),
            (words("so"), &[]),
            (SearchQuery { is_last_word_prefix: true, ..words("so") }, &["00002"]),
            (SearchQuery { is_last_word_prefix: true, ..words("lovelac") }, &["00001", "00003", "00002"]),
            (SearchQuery { is_last_word_prefix: true, ..words("classifica") }, &["00003"]),
            (SearchQuery { is_last_word_prefix: true, ..words("birds -") }, &["00001", "00003", "00002"]),
            (SearchQuery { topic: Some("Songs".to_owned()), ..words("birds") }, &["00002"]),
            (SearchQuery { topic: Some("Nobody's".to_owned()), ..words("birds") }, &[]),
            (SearchQuery { category: Some("CS.cv".to_owned()), ..SearchQuery::default() }, &["00001"]),
            (SearchQuery { category: Some("cs".to_owned()), ..SearchQuery::default() }, &["00001"]),
            (SearchQuery { category: Some("hep-ex".to_owned()), ..SearchQuery::default() }, &["00003"]),
            (SearchQuery { with_code: true, ..words("birds") }, &["00001"]),
            (SearchQuery { since: day("2025-03-02"), ..words("birds") }, &["00001", "00003"]),
            (SearchQuery { until: day("2025-03-03"), ..SearchQuery::default() }, &["00003", "00002"]),
            (words("\u{e000}code0"), &[]),
            (words("bird\0"), &["00001", "00003", "00002"]),
            (words("\0"), &[]),
            (SearchQuery { is_last_word_prefix: true, ..words("bi\0") }, &[]),
        ] {
            assert_eq!(search_result_ids(&store_url, &sought), expected, "{sought:?}");
        }
        // A later version has another date, and no code any more.
        let nets = Paper {
            revision: Revision::Numbered(Version::new(2).unwrap()),
            abstract_: Abstract("Gone.".to_owned()),
            updated: "2025-02-01T12:00:00Z".parse().unwrap(),
            ..nets
        };
        record_topic_papers(&mut store, "Birds", vec![nets]);
        assert_eq!(search_result_ids(&store_url, &words("birds")), ["00003", "00002", "00001"]);
        assert!(
            search_result_ids(&store_url, &SearchQuery { with_code: true, ..SearchQuery::default() })
                .is_empty()
        );
    }

    #[test]
    fn the_next_page_begins_where_the_one_before_ended() {
        let folder = tempfile::tempdir().unwrap();
        let store_url = DatabaseUrl::Sqlite(folder.path().join("paperwire.db"));
        let mut store = Store::open(&store_url).unwrap();
        let papers = (0..7).map(|n| paper(n, "2025-03-01", "Birds", "", &[])).collect();
        record_topic_papers(&mut store, "Birds", papers);
        TextIndex::open(&store_url).unwrap().index_all_changed_papers().unwrap();
        let reader = StoreReader::open(&store_url).unwrap().unwrap();
        let mut sought = SearchQuery { words: vec!["bird".to_owned()], ..SearchQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = reader.search_papers(&sought, 3).unwrap();
            let Some(last) = page.last() else { break };
            sought.cursor = Some(last.cursor);
            seen.extend(page.iter().map(|found| found.paper.id.as_str()[11..].to_owned()));
        }
        assert_eq!(seen, ["00006", "00005", "00004", "00003", "00002", "00001", "00000"]);
    }
}
