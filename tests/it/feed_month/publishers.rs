//! The twelve publishers of the month, each with one or two of the troubles that readers of feeds complain of, and what each
//! answers at any time. What is wrong with an answer is what the program has to say of it.

use super::feed_writers::{WrittenItem, atom, json_with_one_id, rdf, rss};
use super::simulated_works::PublishedWork;
use crate::feeds::fake_server::{FakeFeedServer, FeedReply};
use crate::support::random_month_of_papers::{DAYS, RandomNumbers};

/// One publisher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Publisher {
    /// Each request brings other guids.
    RotatingGuids,
    /// All items have the id 0, and are there for two days.
    OneGuid,
    /// Titles are edited, and addresses are another scheme's then.
    EditedTitles,
    /// Moves to another address for good; that one fails once; then the old one is gone.
    Moved,
    /// Says "not modified" to whoever has had an answer.
    Unmodified,
    /// Gives half a feed the tag of the whole one, and items are there for two days.
    LyingTag,
    /// Has nothing on a week-end, and on another day what is of that day.
    RestsOnWeekends,
    /// Is in another encoding than it says.
    LyingEncoding,
    /// An article comes again under other names when it gets its issue.
    EarlyView,
    /// Some answers never end, or not where they should.
    Endless,
    /// Addresses are made for each request.
    Volatile,
    /// A journal with articles of preprints, and a correction of each.
    Journal,
}

/// How long items are in a feed.
const SHOWN_DAYS: i64 = 9;

/// The day of four on which there is half a feed.
const CUT_DAY: i64 = 2;

/// When its feed moves, when the new address fails once, and when the old one is gone.
const MOVES: i64 = 10;
const FAILS_ONCE: i64 = 15;
const IS_GONE: i64 = 20;

/// Whether half of a feed has the tag of the whole one.
fn is_cut(day: i64) -> bool {
    day % 4 == CUT_DAY
}

/// The month begins on a Saturday.
fn is_weekend(day: i64) -> bool {
    day.rem_euclid(7) < 2
}

impl Publisher {
    pub(super) const ALL: [Self; 12] = [
        Self::RotatingGuids,
        Self::OneGuid,
        Self::EditedTitles,
        Self::Moved,
        Self::Unmodified,
        Self::LyingTag,
        Self::RestsOnWeekends,
        Self::LyingEncoding,
        Self::EarlyView,
        Self::Endless,
        Self::Volatile,
        Self::Journal,
    ];

    /// The name of its source.
    pub(super) fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    pub(super) fn has_dois(self) -> bool {
        matches!(self, Self::EarlyView | Self::Journal)
    }

    /// The day on which it publishes what would be due on a day, so that its troubles meet it.
    pub(super) fn next_open_day(self, day: i64) -> i64 {
        let first = day.max(0);
        match self {
            Self::RestsOnWeekends if is_weekend(first) => first + 2 - first % 7,
            Self::LyingTag => day.min(DAYS - 4) / 4 * 4 + CUT_DAY,
            Self::RestsOnWeekends | Self::OneGuid => first,
            _ => day,
        }
    }

    fn shown_days(self) -> i64 {
        match self {
            Self::RestsOnWeekends => 1,
            Self::OneGuid | Self::LyingTag => 2,
            _ => SHOWN_DAYS,
        }
    }

    fn path(self) -> String {
        format!("/{}", self.name())
    }

    /// Where its feed is by the configuration.
    pub(super) fn url(self, server: &FakeFeedServer) -> String {
        server.url(&self.path())
    }

    /// Lets the server answer for it.
    pub(super) fn answer(
        self,
        server: &FakeFeedServer,
        works: &[PublishedWork],
        day: i64,
        random: &mut RandomNumbers,
    ) {
        let mut shown = self.works_on(works, day);
        shown.sort_by_key(|work| std::cmp::Reverse(work.day));
        let items: Vec<WrittenItem> =
            shown.iter().flat_map(|work| self.items_of(work, day, random)).collect();
        if self == Self::Moved && day >= MOVES {
            self.answer_after_move(server, &items, day);
        } else {
            server.reply_at(&self.path(), self.reply(&items, day));
        }
    }

    /// The works that are in its feed.
    pub(super) fn works_on(self, works: &[PublishedWork], day: i64) -> Vec<&PublishedWork> {
        let is_shown = |work: &&PublishedWork| {
            work.publisher == self && (0..self.shown_days()).contains(&(day - work.day))
        };
        works.iter().filter(is_shown).collect()
    }

    fn answer_after_move(self, server: &FakeFeedServer, items: &[WrittenItem], day: i64) {
        let new = format!("{}/new", self.path());
        let old = match day {
            IS_GONE.. => FeedReply::status(404, "", "gone"),
            _ => FeedReply::redirect(301, &server.url(&new)),
        };
        server.reply_at(&self.path(), old);
        let reply = if day == FAILS_ONCE {
            FeedReply::status(500, "", "")
        } else {
            FeedReply::status(200, "", &rss("", items))
        };
        server.reply_at(&new, reply);
    }

    fn reply(self, items: &[WrittenItem], day: i64) -> FeedReply {
        let good = |body: String| FeedReply::status(200, "", &body);
        match self {
            Self::RotatingGuids => match day {
                7 => FeedReply::status(500, "", ""),
                8 => FeedReply::status(
                    200,
                    "content-type: text/html\r\n",
                    "<html><title>Log in</title></html>",
                ),
                _ => good(rss("", items)),
            },
            Self::OneGuid => good(json_with_one_id("0", items)),
            Self::EditedTitles => good(atom(items)),
            Self::Unmodified => FeedReply::UnmodifiedForever("\"first\"".to_owned(), rss("", items).into()),
            Self::LyingTag => {
                // On the day after the half one it has the same tag.
                let tag = format!("\"day-{}\"", day - i64::from(is_cut(day - 1)));
                let mut body = rss("", items).into_bytes();
                body.truncate(if is_cut(day) { body.len() * 2 / 3 } else { body.len() });
                FeedReply::TaggedBody(tag, body)
            }
            Self::RestsOnWeekends => good(rdf(if is_weekend(day) { &[] } else { items })),
            Self::LyingEncoding => encoded(items, day),
            Self::EarlyView | Self::Moved | Self::Volatile => good(rss("", items)),
            Self::Journal => good(rdf(&[items, &corrections(items)].concat())),
            Self::Endless => match day {
                11 => FeedReply::Endless,
                24 => FeedReply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n<feed>".to_vec()),
                27 => FeedReply::Bytes(
                    format!("HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n{}", atom(items)).into(),
                ),
                _ => good(atom(items)),
            },
        }
    }

    /// What the program has to say of its answer.
    pub(super) fn fault(self, day: i64, works: usize) -> Option<&'static str> {
        match (self, day) {
            (Self::RotatingGuids, 8) => Some("Log in"),
            (Self::OneGuid, _) if works > 1 => Some("items share a guid with others and are not known by it"),
            (Self::Moved, 10..=12 | 16..=18) => Some("it has moved permanently to http://127.0.0.1:"),
            (Self::RotatingGuids, 7) | (Self::Moved, FAILS_ONCE) => Some("500 Internal Server Error"),
            (Self::LyingTag, _) if is_cut(day) => Some("cut off"),
            (Self::LyingEncoding, day) if works > 0 && day % 4 == 1 => Some("are read as windows-1252"),
            (Self::LyingEncoding, day) if works > 0 && day % 4 == 2 => {
                Some("it is said to be windows-1252, and is UTF-8")
            }
            (Self::Endless, 11) => Some("larger than 15 MiB, unpacked"),
            (Self::Endless, 24) => Some("larger than 15 MiB"),
            (Self::Endless, 27) => Some("the answer broke off"),
            _ => None,
        }
    }

    /// A work as it is in the feed; early and with its issue for a day.
    fn items_of(self, published: &PublishedWork, day: i64, random: &mut RandomNumbers) -> Vec<WrittenItem> {
        let PublishedWork { work, day: first_day, doi, preprint, .. } = published;
        let surname = work.surname();
        let page = format!("http://{}.example.org/papers/{surname}", self.name());
        let https = page.replace("http:", "https:");
        let age = day - first_day;
        let item = WrittenItem {
            guid: Some(format!("urn:{surname}")),
            link: page.clone(),
            title: work.title(),
            author: work.author(),
            text: work.abstract_(),
            date: published.date(),
            doi: doi.clone(),
            identifier: preprint.as_ref().map(|preprint| format!("arXiv:{preprint}")),
            volume: None,
        };
        let mut token = || format!("{:024}", random.number_below(i64::MAX));
        match self {
            Self::RotatingGuids => vec![WrittenItem { guid: Some(token()), ..item }],
            Self::EditedTitles if age >= 4 => {
                vec![WrittenItem { title: format!("{}, revised", work.title()), link: https, ..item }]
            }
            Self::EditedTitles if age >= 2 => {
                vec![WrittenItem { title: work.title().replace("naïve", "the naive"), ..item }]
            }
            Self::Moved => {
                let link = if day >= MOVES { https } else { page };
                vec![WrittenItem { guid: Some(link.clone()), link, ..item }]
            }
            Self::Volatile if first_day % 2 == 0 => {
                vec![WrittenItem {
                    guid: None,
                    link: format!("{page}?db=1&v={}&utm_source=rss", token()),
                    ..item
                }]
            }
            Self::Volatile => vec![WrittenItem { link: format!("{page}?session={}", token()), ..item }],
            Self::EarlyView => {
                let early = WrittenItem { guid: doi.clone(), link: format!("{page}?af=R"), ..item.clone() };
                let issue = WrittenItem {
                    guid: Some(format!("issue-7-{surname}")),
                    link: format!("{https}/issue/7"),
                    volume: Some(7),
                    ..item
                };
                match age {
                    0..4 => vec![early],
                    4 => vec![issue, early],
                    _ => vec![issue],
                }
            }
            _ => vec![item],
        }
    }
}

/// What a journal has that is no paper: a correction of each article.
fn corrections(items: &[WrittenItem]) -> Vec<WrittenItem> {
    let corrected = items.iter().map(|item| WrittenItem {
        title: format!("Author Correction: {}", item.title),
        link: format!("{}/correction", item.link),
        doi: item.doi.as_ref().map(|doi| format!("{doi}-correction")),
        identifier: None,
        ..item.clone()
    });
    corrected.collect()
}

fn encoded(items: &[WrittenItem], day: i64) -> FeedReply {
    let utf_8 = |declaration, lines: &str| FeedReply::status(200, lines, &rss(declaration, items));
    match day % 4 {
        0 => utf_8("<?xml version=\"1.0\" encoding=\"utf-8\"?>", ""),
        1 => {
            let text = rss("<?xml version=\"1.0\" encoding=\"utf-8\"?>", items);
            let latin = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            FeedReply::Says(200, String::new(), latin)
        }
        2 => utf_8("", "content-type: application/rss+xml; charset=iso-8859-1\r\n"),
        _ => utf_8("<?xml version=\"1.0\" encoding=\"utf-16\"?>", ""),
    }
}
