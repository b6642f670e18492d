//! Whatever names a paper of arXiv's: an address there or at a service that shows its papers, a DOI, a citation, a link
//! in Markdown. The one reader of them all; what it does not know for certain is no paper. And the one writer of arXiv's
//! own addresses.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::text_hygiene::{is_invisible, is_joiner};
use super::{Version, WebScheme};

/// Where arXiv and its mirrors keep a paper, before its identifier in an address.
const AT_ARXIV: &[&str] = &[
    "abs", "pdf", "html", "format", "src", "ps", "dvi", "e-print", "eprint", "other", "tb", "cits", "bibtex",
];

/// Hosts, each with their subdomains, and what is before an identifier in their addresses.
const SITES: [(&str, &[&str]); 11] = [
    ("arxiv.org", AT_ARXIV),
    ("xxx.lanl.gov", AT_ARXIV),
    ("ar5iv.org", AT_ARXIV),
    ("alphaxiv.org", &["abs", "pdf", "html", "overview", "resources"]),
    ("huggingface.co", &["papers"]),
    ("hf.co", &["papers"]),
    ("semanticscholar.org", &["arxiv"]),
    ("scirate.com", &["arxiv"]),
    ("arxiv-vanity.com", &["papers"]),
    ("papers.cool", &["arxiv"]),
    ("ui.adsabs.harvard.edu", &[]),
];

/// What arXiv's DOIs begin with, before a point: <https://info.arxiv.org/help/doi.html>. People write other marks there.
const DOI: &str = "10.48550/arxiv";

/// The archives of before April 2007, whose names are a part of the identifiers. None has come since:
/// <https://info.arxiv.org/help/arxiv_identifier.html>, <https://arxiv.org/archive/>.
const ARCHIVES: [&str; 36] = [
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn", "chem-ph",
    "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex", "hep-lat", "hep-ph",
    "hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th", "patt-sol", "physics", "plasm-ph",
    "q-alg", "q-bio", "q-fin", "quant-ph", "solv-int", "stat", "supr-con",
];

/// arXiv's page of a work, of its latest version if none is given: `http://arxiv.org/abs/2503.20246v1`.
pub(super) fn arxiv_abs_page_url(scheme: WebScheme, id: &str, version: Option<Version>) -> String {
    arxiv_url(scheme, "abs", id, version)
}

/// The PDF of a work: `https://arxiv.org/pdf/2503.20246v1`.
pub(super) fn pdf_url(scheme: WebScheme, id: &str, version: Option<Version>) -> String {
    arxiv_url(scheme, "pdf", id, version)
}

fn arxiv_url(scheme: WebScheme, form: &str, id: &str, version: Option<Version>) -> String {
    let mut url = [scheme.name(), "://arxiv.org/", form, "/", id].concat();
    if let Some(version) = version {
        let _ = write!(url, "{version}");
    }
    url
}

/// The identifier that a text names, as arXiv writes it, and the digits of the version behind it.
pub(super) fn parse_arxiv_identifier(text: &str) -> Option<(String, Option<String>)> {
    if let Some(found) = arxiv_id_from_usual_url(text) {
        return Some(found);
    }
    let text = unwrap_link_markup(text);
    let text = percent_decode(text.split(['?', '#']).next().unwrap_or_default().trim_end());
    if let Some(cited) =
        ["oai:arxiv.org:", "arxiv:"].iter().find_map(|prefix| strip_prefix_ignore_case(&text, prefix))
    {
        return arxiv_id_from_path_segments(&[cited.trim_start()]);
    }
    if let Some(id) = arxiv_id_from_doi(&text) {
        return arxiv_id_from_path_segments(&[id]);
    }
    let schemes = ["https://", "http://", "//"];
    let behind_scheme = schemes.iter().find_map(|scheme| strip_prefix_ignore_case(&text, scheme));
    let address = behind_scheme.unwrap_or(&text);
    let at_host = address
        .split_once('/')
        .and_then(|(host, path)| arxiv_id_from_url_path(&host.to_ascii_lowercase(), path));
    if at_host.is_some() || behind_scheme.is_some() {
        return at_host;
    }
    arxiv_id_from_path_segments(&[&text])
}

/// The identifier in `http://arxiv.org/abs/2503.20246v1`, which is what nearly every text is.
fn arxiv_id_from_usual_url(text: &str) -> Option<(String, Option<String>)> {
    let path = text.strip_prefix("http").map(|text| text.strip_prefix('s').unwrap_or(text))?;
    let name = path.strip_prefix("://arxiv.org/abs/")?;
    let (id, digits) = name.split_once('v').map_or((name, None), |(id, digits)| (id, Some(digits)));
    (has_new_arxiv_id_form(id) && digits.is_none_or(is_digits))
        .then(|| (id.to_owned(), digits.map(str::to_owned)))
}

/// An address without what is wrapped around it: a link's text, an autolink's brackets; and a citation without the
/// category that arXiv writes behind it (`arXiv:2503.20246 [cs.CV]`).
fn unwrap_link_markup(text: &str) -> &str {
    let text = text.trim().trim_matches('*');
    let linked = if text.starts_with(['[', '!']) { text.rsplit_once("](") } else { None };
    let text =
        linked.map_or(text, |(_, address)| address.trim_start().split([')', ' ']).next().unwrap_or_default());
    let text = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let behind_text = text.contains('[').then(|| text.find(" [")).flatten();
    text[..behind_text.unwrap_or(text.len())].trim()
}

/// A text with its percent-encoded characters as they are; bytes that are no text stay encoded.
pub(super) fn percent_decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let hex = part.get(..2).filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        bytes.extend_from_slice(&part.as_bytes()[if byte.is_some() { 2 } else { 0 }..]);
    }
    let mut decoded = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(decoded, "%{byte:02X}");
        }
    }
    Cow::Owned(decoded)
}

/// What is behind a prefix, in whichever case that is written.
fn strip_prefix_ignore_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The identifier in a DOI of arXiv's, with a resolver before it or without.
fn arxiv_id_from_doi(text: &str) -> Option<&str> {
    let bare = ["doi:", "info:doi/"]
        .iter()
        .find_map(|prefix| strip_prefix_ignore_case(text, prefix))
        .unwrap_or(text);
    strip_prefix_ignore_case(bare.trim_start(), DOI)?.strip_prefix(['.', ':', '/'])
}

/// The identifier in a path of one of the known hosts.
fn arxiv_id_from_url_path(host: &str, path: &str) -> Option<(String, Option<String>)> {
    let host = match host.split_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    // A point behind a host says that it is whole: <https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2>.
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_at = |site: &str| host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
    if is_at("doi.org") || is_at("hdl.handle.net") {
        return arxiv_id_from_path_segments(&[arxiv_id_from_doi(path.trim_matches('/'))?]);
    }
    let (site, before) = SITES.iter().find(|(site, _)| is_at(site))?;
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let has_language = *site == "alphaxiv.org" && parts.first().is_some_and(|part| is_language_code(part));
    let parts = &parts[usize::from(has_language)..];
    let is_before = |part: &&str| before.iter().any(|known| part.eq_ignore_ascii_case(known));
    let cited = parts.iter().position(|part| strip_prefix_ignore_case(part, "arxiv:").is_some());
    match (cited, parts.first()) {
        (Some(at), _) => {
            let mut parts = parts[at..].to_vec();
            parts[0] = &parts[0]["arxiv:".len()..];
            arxiv_id_from_path_segments(&parts)
        }
        (None, Some(part)) if is_before(part) => arxiv_id_from_path_segments(&parts[1..]),
        (None, Some(_)) if before.is_empty() => {
            arxiv_id_from_path_segments(&[&parts.iter().find_map(|part| arxiv_id_from_bibcode(part))?])
        }
        (None, first) => arxiv_id_from_path_segments(&[first.filter(|_| before == &AT_ARXIV)?]),
    }
}

/// The identifier in a bibcode of a preprint: `2025arXiv250320246X`; an identifier with four digits after its point keeps
/// the point: `2010arXiv1001.1234T`.
/// Source: <https://ui.adsabs.harvard.edu/help/actions/bibcode>.
fn arxiv_id_from_bibcode(bibcode: &str) -> Option<String> {
    let (year, rest) = bibcode.split_once("arXiv")?;
    let (id, initial) = rest.split_at_checked(9)?;
    let is_bibcode = year.len() == 4 && is_digits(year) && initial.len() == 1;
    let (month, number) = id.split_once('.').or_else(|| id.split_at_checked(4))?;
    (is_bibcode && month.len() == 4 && is_digits(month) && is_digits(number))
        .then(|| format!("{month}.{number}"))
}

/// What alphaXiv has before some of its paths: `zh`, `zh-CN`.
fn is_language_code(part: &str) -> bool {
    let (language, region) = part.split_once('-').unwrap_or((part, "XX"));
    [language, region].iter().all(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// The identifier that a path begins with: one part, or two of the old form.
fn arxiv_id_from_path_segments(parts: &[&str]) -> Option<(String, Option<String>)> {
    let one = parts.first()?;
    let two = || Some(format!("{one}/{}", parts.get(1)?));
    arxiv_id_from_text(one).or_else(|| arxiv_id_from_text(&two()?))
}

fn arxiv_id_from_text(text: &str) -> Option<(String, Option<String>)> {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || is_invisible(c) || is_joiner(c));
    let suffixes = [".pdf", ".ps.gz", ".ps", ".html"];
    let has = |suffix: &&str| {
        text.len()
            .checked_sub(suffix.len())
            .and_then(|at| strip_prefix_ignore_case(text.get(at..)?, suffix))
            .is_some()
    };
    let text =
        &text[..text.len() - suffixes.iter().find(|suffix| has(suffix)).map_or(0, |suffix| suffix.len())];
    let (id, version) = match text.rsplit_once(['v', 'V']) {
        Some((id, digits)) if is_digits(digits) => (id, Some(digits.to_owned())),
        Some(_) | None => (text, None),
    };
    let id = if has_new_arxiv_id_form(id) { id.to_owned() } else { parse_old_arxiv_id(id)? };
    Some((id, version))
}

/// `0704.0001` to `1412.9999` and `1501.00001` on: year and month, a point, four or five digits.
fn has_new_arxiv_id_form(id: &str) -> bool {
    matches!(id.split_once('.'), Some((month, number))
        if month.len() == 4 && is_digits(month) && matches!(number.len(), 4 | 5) && is_digits(number))
}

/// `hep-ex/0307015`: an archive and seven digits. A subject class behind the archive (`math.GT/0309136`) leads to the same
/// work, and arXiv itself leaves it out.
fn parse_old_arxiv_id(id: &str) -> Option<String> {
    let (archive, number) = id.split_once('/')?;
    let (archive, class) = archive.split_once('.').unwrap_or((archive, "XX"));
    let archive = ARCHIVES.iter().find(|known| known.eq_ignore_ascii_case(archive))?;
    let is_class = !class.is_empty() && class.chars().all(|c| c.is_ascii_alphabetic() || c == '-');
    (is_class && number.len() == 7 && is_digits(number)).then(|| format!("{archive}/{number}"))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::domain::{ArxivId, PaperId, Version};

    /// Every form, `ID` for the identifier.
    const FORMS: [&str; 57] = [
        "ID",
        " ID ",
        "arXiv:ID",
        "ARXIV: ID",
        "arXiv:ID [cs.CV]",
        "oai:arXiv.org:ID",
        "http://arxiv.org/abs/ID",
        "https://arxiv.org/abs/ID/",
        "//arxiv.org/abs/ID",
        "arxiv.org/abs/ID",
        "HTTPS://WWW.ArXiv.ORG:443/abs/ID",
        "https://arxiv.org//abs//ID",
        "https://arxiv.org/abs/arXiv:ID",
        "https://arxiv.org/abs/ID?context=cs&x=1#a",
        "https://arxiv.org./abs/ID",
        "https://arxiv.org/abs/ID%20",
        "https://arxiv.org/abs/ID%c2%a0/",
        "https://arxiv.org/abs/ID\u{200b}",
        "https://arxiv.org/pdf/ID.pdf%E2%80%8D",
        "https://arxiv.org/pdf/ID",
        "https://arxiv.org/pdf/ID.pdf",
        "https://arxiv.org/PDF/ID.PDF",
        "https://arxiv.org/html/ID#S1",
        "https://arxiv.org/html/ID/x1.png",
        "https://arxiv.org/format/ID",
        "https://arxiv.org/src/ID/anc/a.txt",
        "https://arxiv.org/ps/ID.ps.gz",
        "https://arxiv.org/e-print/ID",
        "https://export.arxiv.org/abs/ID",
        "https://browse.arxiv.org/pdf/ID",
        "http://de.arxiv.org/abs/ID",
        "http://xxx.lanl.gov/abs/ID",
        "https://ar5iv.org/html/ID",
        "https://ar5iv.labs.arxiv.org/html/ID",
        "10.48550/arXiv.ID",
        "doi:10.48550/arxiv.ID",
        "https://doi.org/10.48550/arXiv.ID",
        "http://dx.doi.org/10.48550/ARXIV.ID",
        "https://www.doi.org/10.48550%2FarXiv.ID",
        "https://doi.org/10.48550/arXiv:ID",
        "https://doi.org/10.48550/arxiv/ID",
        "https://doi.org/10.48550/arXiv.ID%20",
        "https://hdl.handle.net/10.48550/arXiv.ID",
        "https://huggingface.co/papers/ID",
        "https://hf.co/papers/ID",
        "https://www.alphaxiv.org/abs/ID",
        "https://alphaxiv.org/zh/overview/ID",
        "https://alphaxiv.org/zh-CN/overview/ID",
        "https://api.semanticscholar.org/arXiv:ID",
        "https://api.semanticscholar.org/graph/v1/paper/ARXIV:ID?fields=a",
        "https://scirate.com/arxiv/ID",
        "https://www.arxiv-vanity.com/papers/ID/",
        "https://ui.adsabs.harvard.edu/abs/arXiv:ID/abstract",
        "https://arxiv.org/bibtex/ID",
        "<https://arxiv.org/abs/ID>",
        "[A (b) title](https://arxiv.org/abs/ID \"x\")",
        "**[T](https://arxiv.org/abs/ID)**",
    ];

    fn read(text: &str) -> Option<(String, Option<u32>)> {
        let (id, version) = ArxivId::parse_with_version(text).ok()?;
        Some((id.to_string(), version.map(Version::version_number)))
    }

    #[test]
    fn a_bibcode_names_its_preprint() {
        let at = |bibcode: &str| read(&format!("https://ui.adsabs.harvard.edu/abs/{bibcode}/abstract"));
        assert_eq!(at("2025arXiv250320246X"), Some(("2503.20246".to_owned(), None)));
        assert_eq!(at("2010arXiv1001.1234T"), Some(("1001.1234".to_owned(), None)));
        for other in ["2025ApJ...123..456X", "2025arXiv250320246", "arXiv250320246X", "2025arXiv2503x0246X"] {
            assert_eq!(at(other), None, "{other}");
        }
    }

    proptest! {
        #![proptest_config(crate::seeds::proptest_config(64))]

        #[test]
        fn any_form_of_any_identifier_reads_back_as_it(
            id in "[0-9]{4}\\.[0-9]{4,5}|(hep-ex|cs|math|astro-ph|q-bio|cond-mat)/[0-9]{7}",
            version in prop::option::of(1..99_u32),
        ) {
            let written = version.map_or(id.clone(), |version| format!("{id}v{version}"));
            for form in FORMS {
                let text = form.replace("ID", &written);
                prop_assert_eq!(read(&text), Some((id.clone(), version)), "{}", text);
                let encoded = form.replace("ID", &written.replace('/', "%2F"));
                prop_assert_eq!(read(&encoded), Some((id.clone(), version)), "{}", encoded);
                prop_assert_eq!(PaperId::from_link(&text).unwrap().to_string(), format!("arxiv:{}", id));
            }
        }

        #[test]
        fn no_text_is_too_strange(text in "[\\]\\[()<>%/:?# a-zA-Z0-9.é*-]{0,60}") {
            let _ = ArxivId::parse_with_version(&text);
        }
    }

    #[test]
    fn a_subject_class_and_capitals_are_no_part_of_an_identifier() {
        for (text, id, version) in [
            ("math.GT/0309136", "math/0309136", None),
            ("https://arxiv.org/abs/cs.CV/0501001v2", "cs/0501001", Some(2)),
            ("HEP-EX/0307015V3", "hep-ex/0307015", Some(3)),
            ("https://arxiv.org/abs/cond-mat.mtrl-sci/0607501", "cond-mat/0607501", None),
            ("https://ar5iv.org/2503.20246", "2503.20246", None),
        ] {
            assert_eq!(read(text), Some((id.to_owned(), version)), "{text}");
        }
    }

    #[test]
    fn what_is_no_identifier_is_none() {
        for text in [
            "",
            "v1",
            "2503.20246v0",
            "2503.2024612",
            "25031.2024",
            "hep-ex/030701",
            "HEP/0307015",
            "papers/0307015",
            "https://arxiv.org/list/cs.CV/recent",
            "https://arxiv.org/a/li_f_1",
            "https://arxiv.org/list/hep-ex/0307",
            "https://arxiv.org/abs",
            "https://arxiv.org/api/errors#x",
            "https://arxiv.org/user/2503.20246",
            "https://info.arxiv.org/help/2503.20246",
            "https://evil.example/abs/2503.20246v1",
            "https://arxiv.org.evil.example/abs/2503.20246",
            "https://notarxiv.org/abs/2503.20246",
            "ftp://arxiv.org/abs/2503.20246",
            "https://x@arxiv.org/abs/2503.20246",
            "https://github.com/ada/2503.20246",
            "https://github.com/ada/x?arxiv=2503.20246",
            "https://doi.org/10.1000/arXiv.2503.20246",
            "https://doi.org/10.1109/5.771073",
            "10.48550/x.2503.20246",
            "https://huggingface.co/ada/2503.20246",
            "https://huggingface.co/ab/papers/2503.20246",
            "https://paperswithcode.com/paper/2503.20246",
            "https://openreview.net/forum?id=2503.20246",
            "https://www.semanticscholar.org/paper/2503.20246",
            "2503.20246v99999999999",
            "2503.20246 and more",
            "https://arxiv.org/abs/2503.20246%20and%20more",
            "https://arxiv.org/abs/2503.20246%E9",
            "https://arxiv.org/abs/2503.20246%+9",
            "https://arxiv.org../abs/2503.20246",
            "https://alphaxiv.org/ada-lo/overview/2503.20246",
            "10.48550/arXivx2503.20246",
            "a paper like arXiv:2503.20246",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
