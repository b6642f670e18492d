//! The keys by which an item is known again. Feeds change their guids, their links and their titles, but hardly ever all at
//! once: an item is known if any of its keys is.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use jiff::civil::Date;
use reqwest::Url;

use crate::domain::{ArxivId, Doi};

/// One key of an item.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemKey {
    /// arXiv's identifier, without version.
    Arxiv(ArxivId),
    /// The DOI of the work.
    Doi(Doi),
    /// The feed's own identifier, if it is the only one of its kind in the feed.
    Guid(String),
    /// The address without what changes from day to day: scheme, fragment, tracking.
    Link(String),
    /// The title in lower case without punctuation, and the day.
    TitleOnDay {
        /// `role of e coli in co2`
        title: String,
        /// In UTC.
        day: Option<Date>,
    },
}

/// What keys are made of.
#[derive(Debug)]
pub(super) struct ItemKeyInputs {
    pub(super) arxiv: Option<ArxivId>,
    pub(super) doi: Option<Doi>,
    pub(super) guid: Option<String>,
    pub(super) link: Option<String>,
    pub(super) title: String,
    pub(super) day: Option<Date>,
}

/// Parameters of a query that say where a reader came from, and not where the page is.
const TRACKING: [&str; 13] = [
    "af", "rss", "dgcid", "fbclid", "gclid", "mc_cid", "mc_eid", "ref_src", "ncid", "cmpid", "feed",
    "_hsenc", "_hsmi",
];

/// From here on a `v` is a token that is made for each request, and no name of a video.
const TOKEN_CHARS: usize = 20;

/// More titles than one work has in one feed.
const WORK_TITLES_MAX: usize = 3;

impl ItemKeyInputs {
    pub(super) fn guid_key(guid: &str) -> String {
        // An address that is a guid may move to https, and keeps its fragment: one page may have many items.
        ["https://", "http://"].iter().find_map(|scheme| guid.strip_prefix(scheme)).unwrap_or(guid).to_owned()
    }
}

/// The keys of each item, in order of trust. A guid, a link or a title that different items of this feed share is nobody's
/// key. `home` is the feed's own page.
pub(super) fn assign_item_keys(
    items: Vec<ItemKeyInputs>,
    home: Option<&str>,
    notes: &mut Vec<String>,
) -> Vec<Vec<ItemKey>> {
    let dois = UnsharedItemKeys::from_dois(&items);
    add_note_on_shared_keys(dois.count_keys_shared_by_items(), "DOI", notes);
    let guids = UnsharedItemKeys::from_keyed_items(&items, |item| item.guid.as_deref());
    let links = UnsharedItemKeys::from_keyed_items(&items, |item| item.link.as_deref());
    let titles = UnsharedItemKeys::from_keyed_items(&items, |item| Some(&item.title));
    add_note_on_shared_keys(guids.count_keys_shared_by_items(), "guid", notes);
    add_note_on_shared_keys(links.count_keys_shared_by_items(), "link", notes);
    let (guids, links, titles) = (guids.flags, links.flags, titles.flags);
    let home = home.and_then(canonical_link);
    let mut keys = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        let is_home = home.is_some() && item.link == home && item.guid.is_some();
        let mut of_item = Vec::with_capacity(4);
        of_item.extend(item.arxiv.map(ItemKey::Arxiv));
        of_item.extend(item.doi.filter(|_| dois.flags[at]).map(ItemKey::Doi));
        of_item.extend(item.guid.filter(|_| guids[at]).map(ItemKey::Guid));
        of_item.extend(item.link.filter(|_| links[at] && !is_home).map(ItemKey::Link));
        if !item.title.is_empty() && titles[at] {
            of_item.push(ItemKey::TitleOnDay { title: item.title, day: item.day });
        }
        keys.push(of_item);
    }
    keys
}

fn add_note_on_shared_keys(count: usize, what: &str, notes: &mut Vec<String>) {
    if count > 0 {
        notes.push(format!("{count} items share a {what} with others and are not known by it"));
    }
}

/// For each item whether a key of it is its own.
struct UnsharedItemKeys {
    flags: Vec<bool>,
}

impl UnsharedItemKeys {
    fn from_keyed_items(items: &[ItemKeyInputs], key_of: impl Fn(&ItemKeyInputs) -> Option<&str>) -> Self {
        let mut first_with: HashMap<&str, usize> = HashMap::with_capacity(items.len());
        // For each item the first one with its key, and for that whether different items have it.
        let mut firsts = Vec::with_capacity(items.len());
        let mut is_shared = vec![false; items.len()];
        for (at, item) in items.iter().enumerate() {
            let first = key_of(item).map_or(at, |key| *first_with.entry(key).or_insert(at));
            is_shared[first] |= first != at && are_different_items(&items[first], item);
            firsts.push(first);
        }
        Self { flags: firsts.into_iter().map(|first| !is_shared[first]).collect() }
    }

    /// A work may be there in several versions. But a DOI that is on works of three titles is the journal's, and none of theirs.
    fn from_dois(items: &[ItemKeyInputs]) -> Self {
        let mut titles: HashMap<&Doi, Vec<&str>> = HashMap::with_capacity(items.len());
        for (doi, title) in items.iter().filter_map(|item| Some((item.doi.as_ref()?, item.title.as_str()))) {
            let of_doi = titles.entry(doi).or_default();
            if of_doi.len() < WORK_TITLES_MAX && !of_doi.contains(&title) {
                of_doi.push(title);
            }
        }
        let is_own =
            |item: &ItemKeyInputs| item.doi.as_ref().is_none_or(|doi| titles[doi].len() < WORK_TITLES_MAX);
        Self { flags: items.iter().map(is_own).collect() }
    }

    fn count_keys_shared_by_items(&self) -> usize {
        self.flags.iter().filter(|is_own| !**is_own).count()
    }
}

/// Whether two items that share a key are not one item that is there twice.
fn are_different_items(one: &ItemKeyInputs, other: &ItemKeyInputs) -> bool {
    fn are_known_and_different<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
        one.zip(other).is_some_and(|(one, other)| one != other)
    }
    if one.title == other.title && one.link == other.link {
        return are_known_and_different(one.doi.as_ref(), other.doi.as_ref())
            || are_known_and_different(one.arxiv.as_ref(), other.arxiv.as_ref());
    }
    one.title != other.title || are_known_and_different(one.link.as_ref(), other.link.as_ref())
}

/// An address as a key, see [`link_key`].
pub(super) fn canonical_link(address: &str) -> Option<String> {
    link_key(&Url::parse(address.trim()).ok()?)
}

/// An address as a key: host, path and what of the query leads to the page.
pub(super) fn link_key(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    let host = url.host_str()?;
    let path = url.path();
    let path = path.find(";jsessionid=").map_or(path, |at| &path[..at]);
    let mut link = String::with_capacity(url.as_str().len());
    link.push_str(host);
    if let Some(port) = url.port() {
        let _ = write!(link, ":{port}");
    }
    link.push_str(path);
    let mut separator = '?';
    for pair in url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking_parameter(pair))
    {
        link.push(separator);
        link.push_str(pair);
        separator = '&';
    }
    Some(link)
}

fn is_tracking_parameter(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_")
        || TRACKING.contains(&name.as_str())
        || (matches!(name.as_str(), "source" | "from" | "cmp" | "partner")
            && value.to_ascii_lowercase().contains("rss"))
        || (name == "v" && value.len() >= TOKEN_CHARS)
}

/// A title as a key: letters and digits in lower case.
pub(super) fn title_key(title: &str) -> String {
    let mut key = String::with_capacity(title.len());
    for word in title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        if word.is_ascii() {
            let start = key.len();
            key.push_str(word);
            key[start..].make_ascii_lowercase();
        } else {
            key.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
    // A title of punctuation alone is still a title.
    if key.is_empty() { title.trim().to_owned() } else { key }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arxiv(id) => write!(f, "arxiv:{id}"),
            Self::Doi(doi) => write!(f, "doi:{}", doi.lower_case_doi_without_version()),
            Self::Guid(guid) => write!(f, "guid:{guid}"),
            Self::Link(link) => write!(f, "link:{link}"),
            Self::TitleOnDay { title, day: Some(day) } => write!(f, "title:{day}:{title}"),
            Self::TitleOnDay { title, day: None } => write!(f, "title::{title}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_whatever_is_added_to_it() {
        for (address, key) in [
            ("https://e.org/a?id=1&utm_source=rss&af=R", "e.org/a?id=1"),
            ("http://E.org/a?rss=1#top", "e.org/a"),
            (
                "https://www.sciencedirect.com/science/article/pii/S1?dgcid=rss_sd_all",
                "www.sciencedirect.com/science/article/pii/S1",
            ),
            ("https://kns.cnki.net/d?dbcode=C&v=3uoqIhG8C44YLTlOAiTRKgchrJ08w1e7", "kns.cnki.net/d?dbcode=C"),
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "www.youtube.com/watch?v=dQw4w9WgXcQ"),
            ("https://e.org:8080/a;jsessionid=77?x", "e.org:8080/a?x"),
            ("https://e.org", "e.org/"),
        ] {
            assert_eq!(canonical_link(address).as_deref(), Some(key), "{address}");
        }
        for address in ["", "a/b", "mailto:ada@e.org", "javascript:alert(1)", "http://"] {
            assert_eq!(canonical_link(address), None, "{address}");
        }
    }

    fn sample_key_inputs(guid: &str, link: &str, title: &str) -> ItemKeyInputs {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ItemKeyInputs {
            arxiv: None,
            doi: None,
            guid: text(guid),
            link: text(link),
            title: title.to_owned(),
            day: None,
        }
    }

    fn assigned_item_keys_text(items: Vec<ItemKeyInputs>) -> Vec<String> {
        let keys = assign_item_keys(items, Some("https://e.org/"), &mut Vec::new());
        keys.iter().map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn what_different_items_share_is_nobodys_key() {
        assert_eq!(
            assigned_item_keys_text(vec![
                sample_key_inputs("g", "e.org/1", "one"),
                sample_key_inputs("g", "e.org/2", "two")
            ]),
            ["link:e.org/1 title::one", "link:e.org/2 title::two"]
        );
        assert_eq!(
            assigned_item_keys_text(vec![
                sample_key_inputs("1", "e.org/x", "one"),
                sample_key_inputs("2", "e.org/x", "two")
            ]),
            ["guid:1 title::one", "guid:2 title::two"]
        );
        assert_eq!(
            assigned_item_keys_text(vec![
                sample_key_inputs("1", "e.org/", "open thread"),
                sample_key_inputs("2", "e.org/2", "open thread")
            ]),
            ["guid:1", "guid:2 link:e.org/2"]
        );
    }

    #[test]
    fn an_item_that_is_there_twice_keeps_its_keys() {
        let twice = vec![sample_key_inputs("g", "e.org/1", "one"), sample_key_inputs("g", "e.org/1", "one")];
        assert_eq!(assigned_item_keys_text(twice), ["guid:g link:e.org/1 title::one"; 2]);
    }
}
