//! What arXiv, or something between it and us, has answered or might answer.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, FlushCompress};
use jiff::{SignedDuration, Timestamp};
use paperwire::domain::Paper;

use super::page::{AtomDialect, AtomPage, entry_xml};

/// One reply, for one request.
#[derive(Debug, Clone)]
pub(crate) enum ArxivReply {
    /// The page that was asked for.
    Good,
    /// Any status, headers and body.
    Status {
        code: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// The request is read, and nothing comes.
    Hang,
    /// Half a body, and then nothing comes.
    HangInBody,
    /// The connection is reset before a byte of the answer.
    ResetAtOnce,
    /// The connection is reset in the middle of the body.
    Reset,
    /// Half the XML, in a whole body.
    CutXml,
    /// Half the body that Content-Length promised.
    CutContentLength,
    /// Half of a packed body.
    CutGzip,
    /// A body that never ends.
    Endless,
    /// Some 100 KiB that unpack to 64 MiB.
    GzipBomb,
    /// A gateway's page with status 200.
    Html,
    /// arXiv's error feed, with this status.
    ErrorEntry(u16),
    TwoFeeds,
    ZeroBytes,
    BadUtf8,
    /// An entity of HTML's in the last entry's title.
    HtmlEntity,
    /// Half a character by its number, and a character that there is not, in the last entry's title.
    HalfCharacter,
    /// A bare `&` and a bare `<` in the last entry's title.
    BareMarkup,
    /// A control character in the last entry's title.
    ControlCharacter,
    /// A tag that is never closed in the first entry's title.
    BrokenEntry,
    OtherEncoding,
    Doctype,
    AttributeBomb,
    NestingBomb,
    RedirectTo(u16, String),
    EmptyPageWithTotal,
    /// No entry, and a total of zero.
    TotalZero,
    /// The page as it was thirty days before.
    StaleStamp,
    /// Half of the entries.
    ShortPage,
    /// The entries in the opposite order.
    Unsorted,
    /// The first entry twice.
    DuplicateEntry,
    /// An entry with its id alone, before the others.
    HollowEntry,
    /// An entry with its id alone, in the place of the first one.
    HollowAlone,
    /// The first entry without `updated`.
    NoDate,
    /// The first entry without an abstract.
    NoAbstract,
    /// The first entry dated ten years ahead.
    FutureDate,
    /// https where arXiv's ids have http.
    HttpsIds,
    /// The first entry's `updated` an hour later than it was.
    OtherUpdated,
    /// `Rate exceeded.` in plain text, with 429.
    BareRateExceeded,
    /// A page without the count of all results.
    NoTotal,
}

/// The bytes and the manner in which they are sent.
#[derive(Debug)]
pub(super) enum ReplyBytes {
    OnceJson {
        code: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Half of it, and then this.
    Half {
        body: Vec<u8>,
        end: ConnectionEnd,
    },
    Nothing {
        end: ConnectionEnd,
    },
    /// A body, sent again and again.
    ForEver {
        piece: Vec<u8>,
    },
    Bomb,
}

/// What follows when no more bytes come.
#[derive(Debug, Clone, Copy)]
pub(super) enum ConnectionEnd {
    Close,
    Reset,
    Hang,
}

impl ArxivReply {
    /// The reply, made for the page that was asked for. `papers` are what the page has.
    pub(super) fn into_bytes(self, mut page: AtomPage, papers: &[Paper]) -> ReplyBytes {
        match self {
            Self::Good => {}
            Self::Status { code, headers, body } => return ReplyBytes::OnceJson { code, headers, body },
            Self::Hang => return ReplyBytes::Nothing { end: ConnectionEnd::Hang },
            Self::HangInBody => {
                return ReplyBytes::Half { body: page.to_xml().into(), end: ConnectionEnd::Hang };
            }
            Self::ResetAtOnce => return ReplyBytes::Nothing { end: ConnectionEnd::Reset },
            Self::Reset => return ReplyBytes::Half { body: page.to_xml().into(), end: ConnectionEnd::Reset },
            Self::CutContentLength => {
                return ReplyBytes::Half { body: page.to_xml().into(), end: ConnectionEnd::Close };
            }
            Self::CutXml => return ok_reply(first_half(page.to_xml().into_bytes())),
            Self::CutGzip => return gzip_reply(first_half(gzip(page.to_xml().as_bytes()))),
            Self::Endless => return ReplyBytes::ForEver { piece: page.to_xml().into_bytes() },
            Self::GzipBomb => return ReplyBytes::Bomb,
            Self::Html => {
                return ok_reply("<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head></html>");
            }
            Self::ErrorEntry(code) => return error_feed(code, page.dialect),
            Self::TwoFeeds => return ok_reply(page.to_xml().repeat(2)),
            Self::ZeroBytes => return ok_reply(""),
            Self::BadUtf8 => return ok_reply(with_invalid_utf8(page.to_xml().into_bytes())),
            Self::HtmlEntity => {
                return ok_reply(with_text_in_last_title(&page.to_xml(), "&eacute;&nbsp;&nosuch;"));
            }
            Self::HalfCharacter => {
                return ok_reply(with_text_in_last_title(&page.to_xml(), "&#xD83D;&#0;&#xD83D;&#xDE00;"));
            }
            Self::BareMarkup => return ok_reply(with_text_in_last_title(&page.to_xml(), "R&D, p < 0.05 ")),
            Self::ControlCharacter => return ok_reply(with_text_in_last_title(&page.to_xml(), "\u{1}\u{8}")),
            Self::OtherEncoding => return ok_reply(page.to_xml().replacen("UTF-8", "ISO-8859-1", 1)),
            Self::Doctype => return ok_reply(with_doctype(&page.to_xml())),
            Self::AttributeBomb => return ok_reply(attribute_bomb(&page.to_xml())),
            Self::NestingBomb => return ok_reply(nesting_bomb(&page.to_xml())),
            Self::RedirectTo(code, target) => {
                return ReplyBytes::OnceJson { code, headers: vec![("Location", target)], body: Vec::new() };
            }
            Self::BareRateExceeded => {
                let headers = vec![("Content-Type", "text/plain".to_owned())];
                return ReplyBytes::OnceJson { code: 429, headers, body: b"Rate exceeded.".to_vec() };
            }
            Self::NoTotal => return ok_reply(page.to_xml().replace("totalResults", "totals")),
            Self::HttpsIds => {
                return ok_reply(
                    page.to_xml().replace("<id>http://arxiv.org/abs", "<id>https://arxiv.org/abs"),
                );
            }
            Self::EmptyPageWithTotal => page.entries.clear(),
            Self::TotalZero => {
                page.entries.clear();
                page.total = 0;
            }
            Self::StaleStamp => page.stamp -= SignedDuration::from_hours(30 * 24),
            Self::ShortPage => page.entries.truncate(page.entries.len() / 2),
            Self::Unsorted => page.entries.reverse(),
            Self::DuplicateEntry => insert_before_first_entry(&mut page, Clone::clone),
            Self::HollowEntry => insert_before_first_entry(&mut page, |first| entry_without_fields(first)),
            Self::HollowAlone => {
                if let Some(first) = page.entries.first_mut() {
                    *first = entry_without_fields(first);
                }
            }
            Self::NoDate => {
                if let Some(first) = page.entries.first_mut() {
                    *first = first.replace("updated>", "changed>");
                }
            }
            Self::NoAbstract => {
                if let Some(first) = page.entries.first_mut() {
                    *first = first.replace("summary>", "abstract>");
                }
            }
            Self::BrokenEntry => {
                if let Some(first) = page.entries.first_mut() {
                    *first = first.replacen("<title>", "<title><i>", 1);
                }
            }
            Self::FutureDate => shift_dates(&mut page, papers, SignedDuration::from_hours(10 * 365 * 24)),
            Self::OtherUpdated => shift_dates(&mut page, papers, SignedDuration::from_hours(1)),
        }
        ok_reply(page.to_xml())
    }
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A gzip stream of spaces: its head, and a piece of 1 MiB that can follow as often as one likes.
pub(super) fn gzip_bomb() -> (Vec<u8>, Vec<u8>) {
    let mut encoder = flate2::Compress::new(Compression::best(), false);
    let mut piece = vec![0; 64 << 10];
    encoder.compress(&vec![b' '; 1 << 20], &mut piece, FlushCompress::Full).unwrap();
    piece.truncate(usize::try_from(encoder.total_out()).unwrap());
    (vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], piece)
}

fn ok_reply(body: impl Into<Vec<u8>>) -> ReplyBytes {
    let headers = vec![("Content-Type", "application/atom+xml; charset=utf-8".to_owned())];
    ReplyBytes::OnceJson { code: 200, headers, body: body.into() }
}

fn gzip_reply(body: Vec<u8>) -> ReplyBytes {
    ReplyBytes::OnceJson { code: 200, headers: vec![("Content-Encoding", "gzip".to_owned())], body }
}

fn first_half(mut body: Vec<u8>) -> Vec<u8> {
    body.truncate(body.len() / 2);
    body
}

/// A lone Latin-1 letter in the middle of a title.
fn with_invalid_utf8(mut body: Vec<u8>) -> Vec<u8> {
    let title = body.windows(7).rposition(|window| window == b"<title>").expect("a page has a title");
    body[title + 7] = 0xe9;
    body
}

fn with_text_in_last_title(xml: &str, text: &str) -> String {
    let (before, title) = xml.rsplit_once("<title>").expect("a page has a title");
    format!("{before}<title>{text}{title}")
}

fn with_doctype(xml: &str) -> String {
    let doctype = "<!DOCTYPE feed [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<feed";
    xml.replacen("<feed", doctype, 1)
}

fn attribute_bomb(xml: &str) -> String {
    let attributes: Vec<_> = (0..20_000).map(|n| format!(" a{n}=\"\"")).collect();
    xml.replace("</feed>", &format!("<a{}/></feed>", attributes.concat()))
}

fn nesting_bomb(xml: &str) -> String {
    let deep = 300_000;
    xml.replace("</feed>", &format!("{}{}</feed>", "<a>".repeat(deep), "</a>".repeat(deep)))
}

/// What the first entry becomes, before it; nothing on an empty page.
fn insert_before_first_entry(page: &mut AtomPage, made: impl Fn(&String) -> String) {
    let added = page.entries.first().map(made);
    page.entries.splice(0..0, added);
}

fn entry_without_fields(entry: &str) -> String {
    let id = entry.lines().find(|line| line.contains("<id>")).expect("an entry has an id");
    format!("  <entry>\n{id}\n  </entry>\n")
}

fn shift_dates(page: &mut AtomPage, papers: &[Paper], by: SignedDuration) {
    let Some(mut paper) = papers.first().cloned() else { return };
    paper.updated += by;
    page.entries[0] = entry_xml(&paper, page.dialect);
}

/// Before November 2025 an error came with http addresses (and status 200).
fn error_feed(code: u16, dialect: AtomDialect) -> ReplyBytes {
    let scheme = if dialect == AtomDialect::Current { "https" } else { "http" };
    let address = format!("{scheme}://arxiv.org/api/errors#incorrect_id_format_for_abc");
    let stamp: Timestamp = "2025-03-26T17:59:59Z".parse().unwrap();
    let entry = format!(
        "<entry>\n<id>{address}</id>\n<title>Error</title>\n<summary>incorrect id format for abc</summary>\n\
         <updated>{stamp}</updated>\n<link href=\"{address}\" rel=\"alternate\" type=\"text/html\"/>\n\
         <author><name>arXiv api core</name></author>\n</entry>\n"
    );
    let (query, entries) = ("abc".to_owned(), vec![entry]);
    let page = AtomPage { dialect, stamp, query, total: 1, start: 0, max_results: 1, entries };
    ReplyBytes::OnceJson { code, headers: Vec::new(), body: page.to_xml().into() }
}
