//! The reading of arXiv's Atom: what each part of a page may be, and damage of every kind.

use paperwire::domain::{
    ArxivId, Author, Category, EntryFlaw, FetchError, FetchErrorKind, Paper, PaperId, ResultEntry, Retry,
    Revision,
};
use paperwire::source::arxiv::atom::parse_result_page;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::support::fake_arxiv::AtomDialect;
use crate::support::fake_arxiv::page::{first_page, sample_paper};

/// A current page whose one entry has this inside.
fn page_with(inside: &str) -> Vec<u8> {
    let whole = first_page(AtomDialect::Current, 0);
    whole.replace("</feed>", &format!("<entry>{inside}</entry></feed>")).replace(">0<", ">1<").into()
}

const ID: &str = "<id>http://arxiv.org/abs/2503.20246v2</id>";
const REST: &str = "<title>T</title><summary>S</summary><updated>2025-03-26T18:00:00Z</updated>";

fn parse_single_paper(inside: &str) -> Paper {
    let answer = parse_result_page(&page_with(inside)).unwrap_or_else(|fault| panic!("{inside}: {fault}"));
    match answer.entries.into_iter().next().expect("the page has one entry") {
        ResultEntry::Complete(paper) => *paper,
        ResultEntry::Flawed { flaw, .. } => panic!("{inside}: {flaw:?}"),
    }
}

#[test]
fn a_cut_is_never_taken_for_a_whole_answer() {
    for dialect in AtomDialect::ALL {
        let whole = first_page(dialect, 1).into_bytes();
        let end = whole.trim_ascii_end().len();
        for cut in 0..end {
            let fault = parse_result_page(&whole[..cut]).expect_err("a cut answer is to be refused");
            assert!(
                matches!(fault.kind, FetchErrorKind::BrokenXml | FetchErrorKind::NotAFeed),
                "{cut}: {fault}"
            );
        }
        assert!(parse_result_page(&whole[..end]).is_ok());
    }
}

proptest! {
    #![proptest_config(crate::support::random_seeds::proptest_config(256))]

    #[test]
    fn no_damage_makes_the_reader_panic(
        dialect in prop::sample::select(&AtomDialect::ALL[..]),
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..8),
        splices in prop::collection::vec((any::<Index>(), any::<Index>(), any::<Index>()), 0..4),
    ) {
        let mut body = first_page(dialect, 3).into_bytes();
        for (at, byte) in flips {
            let at = at.index(body.len());
            body[at] = byte;
        }
        for (from, to, at) in splices {
            let (a, b) = (from.index(body.len()), to.index(body.len()));
            let piece = body[a.min(b)..a.max(b)].to_vec();
            let at = at.index(body.len());
            body.splice(at..at, piece);
        }
        if let Ok(answer) = parse_result_page(&body) {
            prop_assert!(answer.entries.len() <= 2000);
        }
    }

    #[test]
    fn no_markup_at_all_makes_the_reader_panic(
        parts in prop::collection::vec(prop::sample::select(&[
            "<feed xmlns=\"http://www.w3.org/2005/Atom\">", "</feed>", "<entry>", "</entry>", "<entry/>", "<author>",
            "</author>", "<name>", "</name>", "<id>", "</id>", "&amp;", "&#1;", "&#0;", "&x;", "&", "<![CDATA[", "]]>",
            "<!--", "-->", "<?xml version=\"1.0\"?>", "<?p?>", "<!DOCTYPE x>", "<", ">", "\"", "x", "\u{0}", "é", " ",
        ][..]), 0..40),
    ) {
        let body = parts.concat();
        let rooted = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\">{body}</feed>");
        for text in [body, rooted] {
            if let Err(fault) = parse_result_page(text.as_bytes()) {
                prop_assert!(!fault.message.is_empty() && !fault.message.contains(char::is_control));
            }
        }
    }
}

#[test]
fn an_incomplete_entry_is_set_apart_by_its_first_flaw() {
    let id = ArxivId::parse_with_version("2503.20246v2")
        .map(|(id, version)| (PaperId::from_arxiv_id(&id), Revision::Numbered(version.unwrap())))
        .ok();
    for (inside, known, flaw) in [
        (REST.to_owned(), None, EntryFlaw::NoId),
        (format!("<id>http://arxiv.org/abs/2503.20246</id>{REST}"), None, EntryFlaw::NoId),
        (format!("<id>http://example.org/abs/2503.20246v2</id>{REST}"), None, EntryFlaw::NoId),
        (ID.to_owned(), id.clone(), EntryFlaw::NoTitle),
        (format!("{ID}<title> \n </title>"), id.clone(), EntryFlaw::NoTitle),
        (format!("{ID}<title>T</title><summary/>"), id.clone(), EntryFlaw::NoAbstract),
        (format!("{ID}<title>T</title><summary>S</summary>"), id.clone(), EntryFlaw::NoDate),
        (format!("{ID}{}", REST.replace("2025-03-26T18:00:00Z", "yesterday")), id.clone(), EntryFlaw::NoDate),
        (format!("{ID}{}", REST.replace("T18:00:00Z", "")), id.clone(), EntryFlaw::NoDate),
        (format!("<x>{ID}{REST}</x>"), None, EntryFlaw::NoId),
    ] {
        let answer = parse_result_page(&page_with(&inside)).unwrap();
        assert_eq!(answer.entries, [ResultEntry::Flawed { id: known, flaw }], "{inside}");
    }
}

#[test]
fn only_what_must_be_there_must_be_there() {
    let paper = parse_single_paper(&format!("{ID}{REST}<arxiv:comment> </arxiv:comment><arxiv:doi/>"));
    assert_eq!((paper.comment, paper.doi, paper.journal_ref), (None, None, None));
    assert_eq!((paper.published, paper.primary, paper.authors.len()), (None, None, 0));
}

#[test]
fn entities_sections_and_comments_inside_a_text_are_part_of_its_line() {
    let title = "<title>A&amp;B &lt;i&gt; &#x3b1;&#945;<!-- no --> <![CDATA[<b>&amp;]]>\r\n  x&#10;y</title>";
    let paper = parse_single_paper(&format!("{ID}{title}{REST}"));
    assert_eq!(paper.title, "A&B <i> αα <b>&amp; x y");
}

#[test]
fn a_control_character_becomes_a_space() {
    let paper = parse_single_paper(&format!("{ID}<title>a\u{1}b&#2;c\u{7f}d</title>{REST}"));
    assert_eq!(paper.title, "a b c d");
}

#[test]
fn names_are_matched_by_namespace_and_not_by_prefix() {
    let bound = "xmlns:x=\"http://arxiv.org/schemas/atom\" xmlns:a=\"http://www.w3.org/2005/Atom\"";
    let foreign =
        "<comment>not arXiv's</comment><arxiv:title>not Atom's</arxiv:title><y:id xmlns:y=\"y\">no</y:id>";
    let inside = format!(
        "{foreign}{ID}{REST}<x:comment {bound}>10 pages</x:comment><a:author {bound}><a:name>Ada</a:name></a:author>\
         <z:doi xmlns:z=\"http://arxiv.org/schemas/atom\">https://doi.org/10.1/x</z:doi>"
    );
    let paper = parse_single_paper(&inside);
    assert_eq!(paper.title, "T");
    assert_eq!(paper.comment.as_deref(), Some("10 pages"));
    assert_eq!(paper.doi.as_deref(), Some("10.1/x"));
    assert_eq!(paper.authors, [Author { name: "Ada".to_owned(), affiliations: Vec::new() }]);
}

#[test]
fn an_updated_time_may_have_an_offset() {
    let paper = parse_single_paper(&format!("{ID}{}", REST.replace("18:00:00Z", "14:00:00-04:00")));
    assert_eq!(paper.updated, "2025-03-26T18:00:00Z".parse().unwrap());
}

#[test]
fn a_paper_may_have_thousands_of_authors() {
    let authors: Vec<_> = (0..3500).map(|n| format!("<author><name>A {n}</name></author>")).collect();
    let paper = parse_single_paper(&format!("{ID}{REST}{}", authors.concat()));
    assert_eq!(paper.authors.len(), 3500);
    assert_eq!(paper.authors[3499].name, "A 3499");
}

#[test]
fn a_page_of_the_largest_papers_is_read() {
    let whole = first_page(AtomDialect::Current, 200);
    let authors = "<author><name>A. Collaborator</name></author>".repeat(450);
    let large = whole.replace("</entry>", &format!("{authors}</entry>"));
    assert_eq!(parse_result_page(large.as_bytes()).map(|answer| answer.entries.len()), Ok(200));
    let long = format!("<summary>{}</summary>", "x".repeat(1920));
    let largest = first_page(AtomDialect::Current, 2000).replace("<summary>", &format!("{long}<summary>"));
    assert_eq!(parse_result_page(largest.as_bytes()).map(|answer| answer.entries.len()), Ok(2000));
}

#[test]
fn the_primary_category_is_among_all() {
    let inside = format!("{ID}{REST}<arxiv:primary_category term=\"cs.CV\"/><category term=\"cs.LG\"/>");
    let categories = parse_single_paper(&inside).categories;
    assert_eq!(categories, [Category("cs.CV".to_owned()), Category("cs.LG".to_owned())]);
}

#[test]
fn a_paper_may_be_called_error_and_an_error_is_still_an_error() {
    let error = REST.replace("<title>T<", "<title>Error<");
    assert_eq!(parse_single_paper(&format!("{ID}{error}")).title, "Error");
    let link = "<link href=\"http://arxiv.org/api/errors#x\" rel=\"alternate\"/>";
    for inside in [
        format!("<id>http://arxiv.org/api/errors#x</id>{error}"),
        format!("<id>https://arxiv.org/api/errors</id>{REST}"),
        format!("{error}{link}"),
        format!("{ID}{error}{link}"),
        error.clone(),
    ] {
        let fault = parse_result_page(&page_with(&inside)).expect_err("an error entry refuses the request");
        assert_eq!((fault.kind, fault.retry), (FetchErrorKind::Refused, Retry::Never), "{inside}");
        assert_eq!(fault.message, "arXiv refuses the request: S");
    }
}

/// What a body in the shape of one page comes to, after this change to it.
fn parse_error_after(change: impl Fn(&str) -> String) -> FetchError {
    let whole = first_page(AtomDialect::Current, 1);
    let changed = change(&whole);
    assert_ne!(changed, whole);
    parse_result_page(changed.as_bytes()).expect_err("the change is to be refused")
}

/// What is said of a page with more than fits into memory.
const IN_ALL: &str = "more than 8388608 bytes in all";

/// The beginning of an entry with as much of this as a body may have.
fn entry_filled_with(part: &str) -> String {
    format!("<entry>{}", part.repeat((16 << 20) / part.len()))
}

#[test]
fn what_is_not_one_sound_feed_is_refused_by_name() {
    use FetchErrorKind::{BrokenXml, NotAFeed};
    let swap = |from: &'static str, to: &str| {
        let to = to.to_owned();
        parse_error_after(move |xml| xml.replacen(from, &to, 1))
    };
    for (fault, kind, phrase) in [
        (parse_error_after(|_| " \r\n".to_owned()), NotAFeed, "the body is empty (3 bytes)"),
        (
            parse_error_after(|_| format!("{{\"a\":\"{}\"}}", "\u{1b}[31m".repeat(40))),
            NotAFeed,
            "no XML but \"{\"a\":\" [31m",
        ),
        (parse_error_after(|_| "<HTML><body>".to_owned()), NotAFeed, "HTML page"),
        (
            parse_error_after(|_| "<?xml version='1.0'?>\n<!DOCTYPE html><html/>".to_owned()),
            NotAFeed,
            "HTML page",
        ),
        (parse_error_after(|_| "<rss version='2.0'></rss>".to_owned()), NotAFeed, "root <rss>"),
        (swap("http://www.w3.org/2005/Atom", "urn:x"), NotAFeed, "root <feed>"),
        (swap("<entry>", "<entry><!DOCTYPE x>"), BrokenXml, "DOCTYPE"),
        (swap("</entry>", "</entri>"), BrokenXml, "expected `</entry>`, but `</entri>` was found"),
        (swap("</entry>", ""), BrokenXml, "expected `</entry>`, but `</feed>`"),
        (swap("<entry>", "<entry a='1' a='2'>"), BrokenXml, "broken attribute in <entry>"),
        (swap("<entry>", "<entry a=1>"), BrokenXml, "broken attribute in <entry>"),
        (swap("<entry>", "<entry a='<'>"), BrokenXml, "broken attribute in <entry>"),
        (swap("<entry>", "<entry><u:x/>"), BrokenXml, "prefix `u`"),
        (swap("<entry>", "<entry><!x>"), BrokenXml, "unknown markup"),
        (swap("<entry>", "<?xml version='1.0'?><entry>"), BrokenXml, "second XML declaration"),
        (parse_error_after(|xml| format!("{xml}x")), BrokenXml, "behind the end"),
        (parse_error_after(|xml| format!("{xml}&amp;")), BrokenXml, "behind the end"),
        (parse_error_after(|xml| format!("{xml}<a/>")), BrokenXml, "behind the end"),
        (parse_error_after(|xml| format!("{xml}</a>")), BrokenXml, "does not match any open tag"),
        (swap("<feed", "x<feed"), NotAFeed, "there is text before the feed"),
        (swap(":totalResults>1<", ":totalResults>many<"), BrokenXml, "totalResults is not a number"),
        (swap(":startIndex>0<", ":startIndex>-1<"), BrokenXml, "startIndex is not a number"),
        (swap(":totalResults>1<", ":totalResults><"), BrokenXml, "totalResults is not a number"),
        (
            swap("<summary>", &format!("<summary>{}", "x".repeat(64 << 10))),
            BrokenXml,
            "longer than 65536 bytes",
        ),
        (
            swap("<entry>", &entry_filled_with(&format!("<summary>{}</summary>", "x".repeat(60_000)))),
            BrokenXml,
            IN_ALL,
        ),
        (swap("<entry>", &entry_filled_with("<author><name>x</name></author>")), BrokenXml, IN_ALL),
        (
            swap("<entry>", &entry_filled_with(&format!("<link href='{}'/>", "x".repeat(60_000)))),
            BrokenXml,
            IN_ALL,
        ),
        (
            swap(
                "<entry>",
                &entry_filled_with(&format!("<arxiv:primary_category term='{}'/>", "x".repeat(60_000))),
            ),
            BrokenXml,
            IN_ALL,
        ),
        (
            swap("<entry>", &entry_filled_with("<category/>")),
            BrokenXml,
            "more than 50000 categories and links",
        ),
        (swap("<entry>", &"<entry/>".repeat(2001)), BrokenXml, "more than 2000 entries"),
        (swap("<entry>", &format!("<entry>{}", "<a>".repeat(100))), BrokenXml, "deeper than 64"),
    ] {
        assert_eq!((fault.kind, fault.retry), (kind, Retry::Later), "{fault}");
        assert!(fault.message.contains(phrase), "{phrase}: {fault}");
        assert!(!fault.message.contains(char::is_control), "{fault:?}");
    }
}

/// The titles of a page's papers, and the words for those of its entries that cannot be read.
fn titles_after(from: &str, to: &str, entries: usize) -> Vec<String> {
    let whole = first_page(AtomDialect::Current, entries);
    let (before, behind) = whole.split_at(whole.find(from).unwrap());
    let changed = [before.as_bytes(), to.as_bytes(), &behind.as_bytes()[from.len()..]].concat();
    let page = parse_result_page(&changed).unwrap_or_else(|fault| panic!("{to}: {fault}"));
    assert_eq!((page.entries.len(), page.total), (entries, entries as u64), "{to}");
    let titles = page.entries.into_iter().map(|entry| match entry {
        ResultEntry::Complete(paper) => paper.title,
        ResultEntry::Flawed { id, flaw } => {
            format!("{} {flaw:?}", id.map_or(String::new(), |id| id.0.to_string()))
        }
    });
    titles.collect()
}

#[test]
fn what_one_careless_character_breaks_is_mended_in_its_place() {
    for (text, read) in [
        ("AT&T ", "AT&T "),
        ("Q & A ", "Q & A "),
        ("p < 0.05 ", "p < 0.05 "),
        ("a<b ", "a<b "),
        ("caf&eacute;&nbsp;x ", "café x "),
        ("&alpha;&rarr;&beta; ", "α→β "),
        ("&nosuch; ", "&nosuch; "),
        ("&amp;nbsp; ", "&nbsp; "),
        ("&#xD83D;&#xDE00; ", "😀 "),
        ("&#xD83D; x ", "\u{fffd} x "),
        ("&#xDE00;x ", "\u{fffd}x "),
        ("&#xD83D;&amp; ", "\u{fffd}& "),
        ("&#0;x&#x110000; ", "\u{fffd}x\u{fffd} "),
        ("a\u{8}b ", "a b "),
    ] {
        let titles = titles_after("<title>Image", &format!("<title>{text}Image"), 3);
        let sound = sample_paper(0).title;
        assert_eq!(titles[0], format!("{read}{sound}"), "{text:?}");
        assert_eq!(titles[1..], [sample_paper(1).title, sample_paper(2).title], "{text:?}");
    }
    for attribute in ["a='&x;'", "a='?b=1&c=2'", "a='&eacute;'"] {
        let titles = titles_after("<entry>", &format!("<entry {attribute}>"), 1);
        assert_eq!(titles, [sample_paper(0).title], "{attribute}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_read_as_windows_1252_and_no_others() {
    let whole = first_page(AtomDialect::Current, 2);
    let (before, behind) = whole.split_at(whole.find("<title>Image").unwrap() + "<title>".len());
    let page =
        parse_result_page(&[before.as_bytes(), b"Caf\xe9 \x93na\xc3\xafve\x94 ", behind.as_bytes()].concat());
    let page = page.unwrap();
    let ResultEntry::Complete(paper) = &page.entries[0] else { panic!("{page:?}") };
    assert_eq!(paper.title, format!("Café “naïve” {}", sample_paper(0).title));
    assert_eq!(page.notes, ["3 bytes are not UTF-8 and read as Windows-1252"]);
}

#[test]
fn an_entry_that_is_broken_in_itself_is_set_apart_and_the_others_are_read() {
    let broken = format!("{} BrokenForm", sample_paper(0).id);
    for (from, to) in [
        ("<title>Image", "<title><i>Image"),
        ("</title>\n    <updated>", "</titel>\n    <updated>"),
        ("<entry>", "<entry a='1' a='2'>"),
        ("<entry>", "<entry><u:x/>"),
        ("<title>Image", &format!("<title>{}", "x".repeat(65 << 10))),
        ("<title>Image", &format!("<title>{}", "<a>".repeat(100))),
    ] {
        let titles = titles_after(from, to, 3);
        let expected = [broken.clone(), sample_paper(1).title, sample_paper(2).title];
        assert_eq!(titles, expected, "{}", &to[..to.len().min(40)]);
    }
    let page = first_page(AtomDialect::Current, 3);
    for whole in [
        page.replacen("<entry>", "<entry><!DOCTYPE x>", 1),
        page.replacen("</entry>", "", 1),
        page.clone() + "x",
    ] {
        parse_result_page(whole.as_bytes()).expect_err("what is broken around the entries is refused");
    }
}

#[test]
fn an_empty_feed_without_a_count_says_nothing_and_is_refused() {
    let empty = first_page(AtomDialect::Current, 0);
    assert_eq!(parse_result_page(empty.as_bytes()).map(|answer| answer.total), Ok(0));
    let fault = parse_result_page(empty.replace("totalResults", "totals").as_bytes()).unwrap_err();
    assert_eq!(fault.kind, FetchErrorKind::BrokenXml);
}

#[test]
fn what_is_around_a_sound_feed_does_no_harm() {
    let whole = first_page(AtomDialect::Current, 2);
    for around in [
        format!("\u{feff}{whole}"),
        format!("\n{whole}\n<!-- cached --><?p x?>\n"),
        whole.replace("encoding='UTF-8'", "encoding=\"utf-8\""),
        whole.replace(" encoding='UTF-8'", ""),
        whole.replace("<entry>", "<entry id=\"x\"><unknown a=\"b\"><deep>text &amp; more</deep></unknown>"),
    ] {
        assert_eq!(parse_result_page(around.as_bytes()), parse_result_page(whole.as_bytes()), "{around}");
    }
}
