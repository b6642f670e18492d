//! Finding papers of the history: by words, and narrowed to what a reader cares for.

use anyhow::Result;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::Reader;
use super::row::{PAPER, paper};
use super::text_index::{CODE_FACET, ROW_BITS, category_facet, place, plain, topic_facet};
use crate::domain::{ArxivId, Paper, PaperId};

/// Fewer letters begin every other word.
const BEGINNING_BYTES_MIN: usize = 2;

/// Words that one may be on its way to.
const WORDS_GUESSED: u32 = 12;

/// What is looked for; all of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sought {
    /// Words of title, abstract or authors, apart from white space; or what names a paper.
    pub words: Vec<String>,
    /// Whether the last word may be only the beginning of one.
    pub last_is_unfinished: bool,
    /// A topic that has seen the paper.
    pub topic: Option<String>,
    /// A category of the paper (`cs.CV`), or an archive (`cs`).
    pub category: Option<String>,
    /// The paper's date is at or after this.
    pub since: Option<Timestamp>,
    /// The paper's date is before this.
    pub until: Option<Timestamp>,
    /// Whether it must have code.
    pub with_code: bool,
    /// It stands behind this place: where an earlier page of the answer ended.
    pub behind: Option<i64>,
}

/// A paper that was found, with the topics that have seen it.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its place among all papers by date.
    pub place: i64,
    /// The paper.
    pub paper: Paper,
    /// The names of the topics that have seen it.
    pub topics: Vec<String>,
}

impl Reader {
    /// The papers that have all these words in title, abstract or authors, newest first.
    pub fn search(&self, words: &[String], papers_max: u32) -> Result<Vec<Found>> {
        self.find(&Sought { words: words.to_vec(), ..Sought::default() }, papers_max)
    }

    /// The papers that are sought, newest first.
    pub fn find(&self, sought: &Sought, papers_max: u32) -> Result<Vec<Found>> {
        let named = self.named(&sought.words)?;
        let words = if named.is_some() { &[] } else { sought.words.as_slice() };
        let Some(expression) = self.expression(sought, words)? else { return Ok(Vec::new()) };
        let least = sought.since.map_or(0, |since| place(0, since)).max(named.unwrap_or(0));
        let most = sought.until.map_or(i64::MAX, |until| place(0, until));
        let most = most.min(sought.behind.unwrap_or(i64::MAX)).min(named.map_or(i64::MAX, |named| named + 1));
        let by_words = "papers_text WHERE papers_text MATCH ?1 AND rowid >= ?2 AND rowid < ?3
                        ORDER BY rowid DESC LIMIT ?4";
        let by_date = "places WHERE ?1 = '' AND place >= ?2 AND place < ?3 ORDER BY place DESC LIMIT ?4";
        let (place, from) = if expression.is_empty() { ("place", by_date) } else { ("rowid", by_words) };
        let sql = format!(
            "SELECT f.place, (SELECT json_group_array(t.name) FROM sightings s JOIN topics t ON t.id = s.topic
                              WHERE s.paper = p.id), {PAPER}
             FROM (SELECT {place} AS place FROM {from}) f
             CROSS JOIN papers p ON p.id = f.place & {row_mask} ORDER BY f.place DESC",
            row_mask = (1_i64 << ROW_BITS) - 1,
        );
        let mut find = self.db.prepare_cached(&sql)?;
        let found = find.query_map(params![expression, least, most, papers_max], |row| {
            let topics = serde_json::from_str(row.get_ref(1)?.as_str()?).unwrap_or_default();
            Ok(Found { place: row.get(0)?, paper: paper(row, 2)?, topics })
        })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    /// The place of the paper that these words name, if they do and the history has it.
    fn named(&self, words: &[String]) -> Result<Option<i64>> {
        let Ok((id, _)) = ArxivId::split(&words.join(" ")) else { return Ok(None) };
        let mut find = self.db.prepare_cached(
            "SELECT f.place FROM places f JOIN papers p ON p.id = f.paper WHERE p.paper_id = ?1",
        )?;
        Ok(find.query_row([PaperId::arxiv(&id).as_str()], |row| row.get(0)).optional()?)
    }

    /// What the index is asked for; empty where that is nothing, none where it cannot be found.
    fn expression(&self, sought: &Sought, words: &[String]) -> Result<Option<String>> {
        let words = words.iter().flat_map(|words| words.split_whitespace());
        let mut words: Vec<String> = words.map(|word| plain(word).into_owned()).collect();
        let unfinished = words.pop_if(|word| sought.last_is_unfinished && has_letters(word));
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let mut parts = Vec::new();
        if !words.is_empty() {
            // Without AND between them, for then one that is nothing but signs is passed over.
            parts.push(format!("({})", words.join(" ")));
        }
        if let Some(word) = unfinished {
            parts.push(self.begun(&word)?);
        }
        if let Some(topic) = &sought.topic {
            let Some(topic) = self.topic_id(topic)? else { return Ok(None) };
            parts.push(quoted(&topic_facet(topic)));
        }
        parts.extend(sought.category.as_deref().map(|category| quoted(&category_facet(category))));
        parts.extend(sought.with_code.then(|| quoted(CODE_FACET)));
        Ok(Some(parts.join(" AND ")))
    }

    /// A word that may go on: as it is, and as the most common words that begin with it. The index could be asked
    /// for every word that begins so, but it gathers all their papers before it gives the first, and it knows stems,
    /// which may be shorter than what is typed already.
    fn begun(&self, word: &str) -> Result<String> {
        let mut ways = vec![quoted(word)];
        let beginning = word.to_lowercase();
        if beginning.len() >= BEGINNING_BYTES_MIN {
            let mut find = self.db.prepare_cached(
                "SELECT word FROM words WHERE word >= ?1 AND word < ?1 || char(0x10ffff)
                 ORDER BY papers DESC, word LIMIT ?2",
            )?;
            let words = find.query_map(params![beginning, WORDS_GUESSED], |row| row.get::<_, String>(0))?;
            for word in words {
                ways.push(quoted(&word?));
            }
        }
        Ok(format!("({})", ways.join(" OR ")))
    }

    /// A topic's row.
    pub(super) fn topic_id(&self, name: &str) -> Result<Option<i64>> {
        let mut find = self.db.prepare_cached("SELECT id FROM topics WHERE name = ?1")?;
        Ok(find.query_row([name], |row| row.get(0)).optional()?)
    }
}

fn has_letters(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// A word as a quoted phrase, so that nothing in it is taken for the query language's own signs.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Abstract, Author, Category, Contact, Origin, Version, judge};
    use crate::store::{Known, PollRecord, Shown, Store, TextIndex};

    fn paper(number: u32, day: &str, title: &str, abstract_: &str, categories: &[&str]) -> Paper {
        Paper {
            id: PaperId::arxiv(&format!("2503.{number:05}").parse::<ArxivId>().unwrap()),
            version: Version::FIRST,
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
            links: vec![],
        }
    }

    fn record(store: &mut Store, topic: &str, papers: Vec<Paper>) {
        let topic = store.topic(topic).unwrap();
        let ids: Vec<_> = papers.iter().map(|paper| paper.id.clone()).collect();
        let known = store.known_each(&topic, &ids).unwrap();
        let shown = |(paper, known): (Paper, Known)| {
            let finding = judge(&paper, known.recorded.as_ref(), known.sighting, Contact::First);
            Shown { paper, known, finding }
        };
        let shown = papers.into_iter().zip(known).map(shown).collect();
        let now = "2025-03-30T00:00:00Z".parse().unwrap();
        store.record(&topic, &PollRecord { now, origin: Origin::Source, shown, reached: None }).unwrap();
    }

    fn found(file: &std::path::Path, sought: &Sought) -> Vec<String> {
        TextIndex::open(file).unwrap().catch_up().unwrap();
        let found = Reader::open(file).unwrap().unwrap().find(sought, 10).unwrap();
        found.into_iter().map(|found| found.paper.id.as_str()[11..].to_owned()).collect()
    }

    #[test]
    fn a_search_is_narrowed_by_topic_category_date_and_code_and_answers_newest_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let mut store = Store::open(&file).unwrap();
        let nets = paper(1, "2025-03-03", "Nets of birds", "Code: github.com/a/b", &["cs.CV", "cs.LG"]);
        let songs = paper(2, "2025-03-01", "Songs of birds", "No code.", &["q-bio.PE"]);
        let field = paper(3, "2025-03-02", "A field", "Birds again, by classification.", &["hep-ex"]);
        record(&mut store, "Birds", vec![nets.clone(), songs.clone(), field]);
        record(&mut store, "Songs", vec![songs]);
        let words = |text: &str| Sought { words: vec![text.to_owned()], ..Sought::default() };
        let day = |day: &str| Some(format!("{day}T00:00:00Z").parse().unwrap());
        for (sought, expected) in [
            (Sought::default(), &["00001", "00003", "00002"][..]),
            (words("bird"), &["00001", "00003", "00002"]),
            (words("bird -"), &["00001", "00003", "00002"]),
            (words("-"), &[]),
            (words("\"bird OR NEAR( *"), &[]),
            (words("lovelace song"), &["00002"]),
            (words("so"), &[]),
            (Sought { last_is_unfinished: true, ..words("so") }, &["00002"]),
            (Sought { last_is_unfinished: true, ..words("lovelac") }, &["00001", "00003", "00002"]),
            (Sought { last_is_unfinished: true, ..words("classifica") }, &["00003"]),
            (Sought { last_is_unfinished: true, ..words("birds -") }, &["00001", "00003", "00002"]),
            (Sought { topic: Some("Songs".to_owned()), ..words("birds") }, &["00002"]),
            (Sought { topic: Some("Nobody's".to_owned()), ..words("birds") }, &[]),
            (Sought { category: Some("CS.cv".to_owned()), ..Sought::default() }, &["00001"]),
            (Sought { category: Some("cs".to_owned()), ..Sought::default() }, &["00001"]),
            (Sought { category: Some("hep-ex".to_owned()), ..Sought::default() }, &["00003"]),
            (Sought { with_code: true, ..words("birds") }, &["00001"]),
            (Sought { since: day("2025-03-02"), ..words("birds") }, &["00001", "00003"]),
            (Sought { until: day("2025-03-03"), ..Sought::default() }, &["00003", "00002"]),
            (words("\u{e000}code0"), &[]),
            (words("bird\0"), &["00001", "00003", "00002"]),
            (words("\0"), &[]),
            (Sought { last_is_unfinished: true, ..words("bi\0") }, &[]),
        ] {
            assert_eq!(found(&file, &sought), expected, "{sought:?}");
        }
        // A later version has another date, and no code any more.
        let nets = Paper {
            version: Version::new(2).unwrap(),
            abstract_: Abstract("Gone.".to_owned()),
            updated: "2025-02-01T12:00:00Z".parse().unwrap(),
            ..nets
        };
        record(&mut store, "Birds", vec![nets]);
        assert_eq!(found(&file, &words("birds")), ["00003", "00002", "00001"]);
        assert!(found(&file, &Sought { with_code: true, ..Sought::default() }).is_empty());
    }

    #[test]
    fn the_next_page_begins_where_the_one_before_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paperwire.db");
        let mut store = Store::open(&file).unwrap();
        let papers = (0..7).map(|n| paper(n, "2025-03-01", "Birds", "", &[])).collect();
        record(&mut store, "Birds", papers);
        TextIndex::open(&file).unwrap().catch_up().unwrap();
        let reader = Reader::open(&file).unwrap().unwrap();
        let mut sought = Sought { words: vec!["bird".to_owned()], ..Sought::default() };
        let mut seen = Vec::new();
        loop {
            let page = reader.find(&sought, 3).unwrap();
            let Some(last) = page.last() else { break };
            sought.behind = Some(last.place);
            seen.extend(page.iter().map(|found| found.paper.id.as_str()[11..].to_owned()));
        }
        assert_eq!(seen, ["00006", "00005", "00004", "00003", "00002", "00001", "00000"]);
    }
}
