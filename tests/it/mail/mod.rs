//! A digest as mail, read back by a MIME parser: whole, small enough, the same each time, and deaf to what
//! a hostile title says. The messages are left in `target/tmp/mails`, where `tests/rigs/mail.sh` looks at
//! them with outside tools.

#![expect(clippy::unwrap_used, reason = "clippy allows it in test functions, but not in what they share")]

mod digest_papers;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use mailparse::{MailHeaderMap as _, ParsedMail};
use paperwire::domain::{Digest, DigestPaper, DigestSection, News, Revision, Version};
use paperwire::render::mail::{self, MailMessage, MailRenderSettings, UnsubscribeLink};
use proptest::prelude::*;

/// What a message may weigh.
const BYTES_MAX: usize = 90_000;

#[test]
fn a_digest_of_any_size_is_sent_whole_in_mails_that_can_be_read_whole() {
    for (count, most) in [(1, 1), (7, 1), (60, 2), (500, 18)] {
        let digest = digest_of(digest_papers::digest_papers(count));
        let mails =
            mail::render_digest_mails(&digest, &mail_render_settings(), &to_strings(&["ada@example.org"]))
                .unwrap();
        assert!(mails.len() <= most, "{count} papers in {} mails", mails.len());
        let read: Vec<_> = mails.iter().map(parse_mail).collect();
        let whole = |part: fn(&DecodedMail) -> &str| read.iter().map(part).collect::<String>();
        let (text, html) = (whole(|read| &read.text), whole(|read| &read.html));
        for told in digest.sections.iter().flat_map(|section| &section.papers) {
            let address = format!(
                "https://arxiv.org/abs/{}{}",
                told.paper.id.as_arxiv_id().unwrap(),
                told.paper.revision
            );
            let line = format!("  {address}\n");
            assert_eq!(text.matches(&line).count(), 1, "{address} stands once in the text");
            assert_eq!(html.matches(&format!("<a href=\"{address}\"")).count(), 1, "{address} in the HTML");
        }
        let sizes: Vec<_> = mails.iter().map(|mail| mail.bytes.len()).collect();
        let (least, heaviest) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
        assert!(*least * 3 > *heaviest * 2, "the parts are balanced: {sizes:?}");
        save_mails(&format!("{count}"), &mails);
    }
}

#[test]
fn five_hundred_papers_with_the_longest_abstracts_still_fit_their_mails() {
    let mut long = digest_of(digest_papers::digest_papers(500));
    for told in &mut long.sections[0].papers {
        let text = told.paper.abstract_.0.repeat(40);
        told.paper.abstract_.0 = text.chars().take(3_500).collect();
    }
    let mails =
        mail::render_digest_mails(&long, &mail_render_settings(), &to_strings(&["ada@example.org"])).unwrap();
    let told: usize = mails.iter().map(|mail| parse_mail(mail).html.matches("Read on</a>").count()).sum();
    assert_eq!(told, 500, "each is cut, with a link to the rest");
}

#[test]
fn a_digest_without_papers_says_so_in_one_line() {
    let mut quiet = digest_of(vec![]);
    quiet.sections.clear();
    let mails = mail::render_digest_mails(&quiet, &mail_render_settings(), &to_strings(&["ada@example.org"]))
        .unwrap();
    let read = parse_mail(&mails[0]);
    assert_eq!(read.header("Subject"), "lab: no new papers (26 March 2025)");
    assert!(read.text.contains("\nNothing new on your topics since the last digest.\n"), "{}", read.text);
    assert_eq!(mails.len(), 1);
    save_mails("0", &mails);
    let named = mail::render_digest_mails(
        &digest_of(vec![]),
        &mail_render_settings(),
        &to_strings(&["ada@example.org"]),
    )
    .unwrap();
    assert!(
        parse_mail(&named[0]).text.contains("\nNothing new on Image Classification since the last digest.\n")
    );
}

#[test]
fn each_recipient_gets_each_part_under_headers_that_name_it() {
    let digest = digest_of(digest_papers::digest_papers(120));
    let recipients = to_strings(&["Ada Lovelace <ada@example.org>", "bob@example.org"]);
    let mails = mail::render_digest_mails(&digest, &mail_render_settings(), &recipients).unwrap();
    let parts = mails.len() / 2;
    assert!(parts > 1);
    let ids: HashSet<_> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
    assert_eq!(ids.len(), mails.len(), "no two messages share an id");
    for (at, mail) in mails.iter().enumerate() {
        let (number, read) = (at % parts + 1, parse_mail(mail));
        assert_eq!(mail.recipient, ["ada@example.org", "bob@example.org"][at / parts]);
        assert_eq!((mail.part.number as usize, mail.part.of as usize), (number, parts));
        assert!(read.header("Subject").ends_with(&format!("(26 March 2025, {number} of {parts})")));
        assert!(read.text.contains(&format!("\nPart {number} of {parts}\n")));
        assert_eq!(read.text.contains("Continued in part"), number < parts);
        let first = (number > 1).then(|| mails[at / parts * parts].message_id.clone());
        assert_eq!(read.headers.get_first_value("In-Reply-To"), first);
        assert_eq!(read.headers.get_first_value("References"), first);
        for (name, value) in [
            ("From", "Paperwire <papers@example.org>"),
            ("Message-ID", mail.message_id.as_str()),
            ("Date", "Wed, 26 Mar 2025 08:00:00 +0100"),
            ("List-Unsubscribe", "<https://example.org/leave>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ("Auto-Submitted", "auto-generated"),
            ("Precedence", "bulk"),
            ("MIME-Version", "1.0"),
        ] {
            assert_eq!(read.header(name), value);
        }
        assert!(mail.message_id.ends_with("@example.org>"));
        assert!(read.header("List-Id").starts_with("\"lab\" <lab."));
    }
    assert_eq!(parse_mail(&mails[0]).header("To"), "\"Ada Lovelace\" <ada@example.org>");
}

#[test]
fn the_same_digest_gives_the_same_bytes_and_another_one_other_ids() {
    let (one, to_ada) = (digest_of(digest_papers::digest_papers(7)), to_strings(&["ada@example.org"]));
    let mails = mail::render_digest_mails(&one, &mail_render_settings(), &to_ada).unwrap();
    assert_eq!(mails, mail::render_digest_mails(&one, &mail_render_settings(), &to_ada).unwrap());
    let id = |digest: &Digest, settings: &MailRenderSettings| {
        mail::render_digest_mails(digest, settings, &to_ada).unwrap()[0].message_id.clone()
    };
    let others = [
        id(&Digest { number: 8, ..one.clone() }, &mail_render_settings()),
        id(&Digest { subscription: "lab 2".into(), ..one.clone() }, &mail_render_settings()),
        id(&one, &MailRenderSettings { store_id: "another".into(), ..mail_render_settings() }),
    ];
    assert!(others.iter().all(|other| *other != mails[0].message_id));
    let moved = MailRenderSettings { list: None, unsubscribe: None, ..mail_render_settings() };
    assert_eq!(id(&one, &moved), mails[0].message_id, "what is said around it does not change who it is");
}

#[test]
fn one_click_is_promised_only_where_an_https_address_answers_it() {
    let with = |unsubscribe| {
        let settings = MailRenderSettings { unsubscribe, ..mail_render_settings() };
        parse_mail(
            &mail::render_digest_mails(
                &digest_of(digest_papers::digest_papers(1)),
                &settings,
                &to_strings(&["ada@example.org"]),
            )
            .unwrap()[0],
        )
    };
    let by_mail = with(Some(UnsubscribeLink::Mailto("mailto:leave@example.org".into())));
    assert_eq!(by_mail.header("List-Unsubscribe"), "<mailto:leave@example.org>");
    assert_eq!(by_mail.headers.get_first_value("List-Unsubscribe-Post"), None);
    assert!(by_mail.text.contains("Unsubscribe:\nmailto:leave@example.org\n"));
    let by_web = with(Some(UnsubscribeLink::Https("https://example.org/leave".into())));
    assert_eq!(by_web.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let none = with(None);
    assert_eq!(none.headers.get_first_value("List-Unsubscribe"), None);
    assert!(!none.html.contains("Unsubscribe"));
}

#[test]
fn a_setting_that_no_mail_can_carry_is_named_without_showing_an_address() {
    let error_text = |settings: &MailRenderSettings, recipients: &[&str]| {
        let digest = digest_of(digest_papers::digest_papers(1));
        mail::render_digest_mails(&digest, settings, &to_strings(recipients)).unwrap_err().to_string()
    };
    let told = |change: fn(&mut MailRenderSettings), recipients: &[&str]| {
        let mut settings = mail_render_settings();
        change(&mut settings);
        let words = error_text(&settings, recipients);
        assert!(!words.contains("secret"), "{words}");
        words
    };
    let fine = &["ada@example.org"];
    assert!(
        told(|_| (), &["ada@example.org", "secret\r\nBcc: x@y.z"]).starts_with("recipient 2 of 2 is not")
    );
    assert!(told(|s| s.from = "secret".into(), fine).starts_with("`from` is not a mail address"));
    for list in
        ["http://secret.example", "https://secret.example/ x", "https://secret.example/\r\nX: y", "secret"]
    {
        let mut settings = mail_render_settings();
        settings.list = Some(list.into());
        let words = error_text(&settings, fine);
        assert!(words.starts_with("`list` is no address to link to") && !words.contains("secret"));
    }
    for way in ["secret@example.org", "mailto:secret", "mailto:secret@example.org>, <https://x.y"] {
        let settings = MailRenderSettings {
            unsubscribe: Some(UnsubscribeLink::Mailto(way.into())),
            ..mail_render_settings()
        };
        assert!(error_text(&settings, fine).starts_with("`unsubscribe` is no address"));
    }
}

#[test]
fn several_topics_are_listed_first_and_a_replacement_shows_its_version() {
    let mut several = digest_of(digest_papers::digest_papers(9));
    let mut rest = several.sections[0].papers.split_off(5);
    rest[3].news = News::Replacement;
    rest[3].paper.revision = Revision::Numbered(Version::new(4).unwrap());
    rest[0].also_in = vec!["Image Classification".into()];
    several.sections.push(DigestSection { topic: "Graph Learning".into(), papers: rest });
    let mails =
        mail::render_digest_mails(&several, &mail_render_settings(), &to_strings(&["ada@example.org"]))
            .unwrap();
    let read = parse_mail(&mails[0]);
    let subject = "Image Classification and Graph Learning: 8 new papers, 1 replaced (26 March 2025)";
    assert_eq!(read.header("Subject"), subject);
    assert!(
        read.text.contains("  Image Classification   5 new\n  Graph Learning         3 new, 1 replaced\n")
    );
    assert!(read.text.contains("\n  Now version 4 · "), "{}", read.text);
    assert!(read.text.contains("\n  Also in Image Classification\n"));
    save_mails("topics", &mails);
}

#[test]
fn a_published_preprint_is_shown_with_its_journal() {
    let mut digest = digest_of(digest_papers::digest_papers(4));
    let papers = &mut digest.sections[0].papers;
    papers[2].news = News::Published;
    papers[2].paper.doi = Some("10.1000/a(b)".into());
    papers[2].paper.journal_ref = Some("J. of <b>Nets</b>\r\nBcc: x@y.z & {{ 7*7 }} 12".into());
    papers[3].news = News::Published;
    papers[3].paper.doi = Some("10.1000/c".into());
    papers[3].paper.journal_ref = None;
    let mails =
        mail::render_digest_mails(&digest, &mail_render_settings(), &to_strings(&["ada@example.org"]))
            .unwrap();
    let read = parse_mail(&mails[0]);
    let subject = "Image Classification: 2 new papers, 2 published (26 March 2025)";
    assert_eq!(read.header("Subject"), subject);
    assert!(read.text.contains("\n-- Published -"), "{}", read.text);
    let label = "\n  Published in J. of < b>Nets< /b> Bcc: x@y.z & {{ 7*7 }} 12 · ";
    assert!(
        read.text.contains(label) && read.text.contains("\n  Published in a journal · "),
        "{}",
        read.text
    );
    for doi in ["10.1000/a%28b%29", "10.1000/c"] {
        assert_eq!(read.text.matches(&format!("\n  https://doi.org/{doi}\n")).count(), 1, "{}", read.text);
        let button =
            format!("<a class=\"k\" href=\"https://doi.org/{doi}\" style=\"color:#3a4a5c\">Journal</a>");
        assert_eq!(read.html.matches(&button).count(), 1, "{}", read.html);
    }
    let shown = "Published in J. of &lt;b&gt;Nets&lt;/b&gt; Bcc: x@y.z &amp; {{ 7*7 }} 12</b> &middot;";
    assert_eq!(read.html.matches(shown).count(), 1, "{}", read.html);
    assert_eq!(read.headers.get_first_value("Bcc"), None);
    save_mails("published", &mails);
}

#[test]
fn a_test_message_says_that_it_is_one() {
    let composed = "2025-03-26T08:00:00+01:00[Europe/Berlin]".parse().unwrap();
    let mails = mail::render_test_message(
        "lab",
        &composed,
        &mail_render_settings(),
        &to_strings(&["ada@example.org"]),
    )
    .unwrap();
    let read = parse_mail(&mails[0]);
    assert_eq!(read.header("Subject"), "A test message from Paperwire (lab)");
    assert!(read.text.contains("This is a test.") && read.html.contains("This is a test."));
    save_mails("test", &mails);
}

#[test]
fn a_title_cannot_leave_its_place() {
    let mut hostile = digest_of(digest_papers::digest_papers(3));
    let title = "</h4><script>alert(1)</script>\r\nBcc: x@y.z\r\n\r\n\u{202e}<img src=x onerror=y> {{ 7*7 }} &amp; \"'";
    for told in &mut hostile.sections[0].papers {
        told.paper.title = title.into();
    }
    hostile.sections[0].topic = "=?utf-8?B?QQ==?=\r\nBcc: x@y.z".into();
    let read = parse_mail(
        &mail::render_digest_mails(&hostile, &mail_render_settings(), &to_strings(&["ada@example.org"]))
            .unwrap()[0],
    );
    assert_eq!(read.headers.get_first_value("Bcc"), None);
    assert!(
        read.header("Subject").starts_with("= ?utf-8?B?QQ== ?= Bcc: x@y.z: "),
        "{}",
        read.header("Subject")
    );
    let shown = "&lt;/h4&gt;&lt;script&gt;alert(1)&lt;/script&gt; Bcc: x@y.z &lt;img src=x onerror=y&gt; \
                 {{ 7*7 }} &amp;amp; &quot;&#x27;</a>";
    assert_eq!(read.html.matches(shown).count(), 3, "{}", read.html);
    assert!(!read.html.contains("<script") && !read.html.contains("<img") && !read.html.contains('\u{202e}'));
}

proptest! {
    #![proptest_config(crate::support::random_seeds::proptest_config(12))]

    #[test]
    fn whatever_the_strings_are_each_mail_is_whole(words in prop::collection::vec(hostile_text(), 8), count in 0..6usize) {
        let mut digest = digest_of(digest_papers::digest_papers(count));
        digest.subscription = words[0].clone();
        digest.sections[0].topic = words[1].clone();
        for told in &mut digest.sections[0].papers {
            told.paper.title = words[2].clone();
            told.paper.abstract_.0 = words[3].repeat(20);
            told.paper.comment = Some(words[4].clone());
            told.paper.authors.iter_mut().for_each(|author| author.name = words[5].clone());
            told.code_link = Some(words[6].clone());
            told.news = News::Published;
            told.paper.journal_ref = Some(words[6].clone());
            told.paper.doi = Some(format!("10.1000/{}", words[7]));
            told.also_in = vec![words[7].clone(); 9];
        }
        let settings = MailRenderSettings { from: format!("\"{}\" <papers@example.org>", words[7].replace(['"', '\\'], "")), ..mail_render_settings() };
        for mail in mail::render_digest_mails(&digest, &settings, &to_strings(&["ada@example.org"])).unwrap() {
            let read = parse_mail(&mail);
            prop_assert_eq!(read.headers.get_all_headers("Bcc").len(), 0);
            prop_assert_eq!(read.html.matches("<h4").count(), read.html.matches("</h4>").count());
            prop_assert!(!read.html.contains("<script") && !read.html.contains("javascript:\""));
        }
    }
}

fn hostile_text() -> impl Strategy<Value = String> {
    let known = vec![
        "\r\nBcc: x@y.z\r\n\r\n",
        "=?utf-8?Q?=0D=0ABcc:_x?=",
        "<script>alert(1)</script>",
        "\u{202e}\u{2066}",
        "{% raw %}",
        "&amp;&#39;\"'`",
        "字字字字",
        "👩\u{200d}🔬",
        "\u{0}\u{7f}\u{85}\u{2028}",
        "https://x.org/<a>\"b",
        "javascript:alert(1)",
        ".\r\n.\r\n",
        "From x",
        "--=_",
        "$\\ell_2$ a < b",
        "\u{fffd}\u{ffff}",
        " ",
        "",
    ];
    let piece = prop_oneof![
        prop::sample::select(known).prop_map(str::to_owned),
        any::<String>(),
        (prop::sample::select(&["x", "字", "𝔘", "&", "=", "\u{301}"][..]), 1..900usize)
            .prop_map(|(c, n)| c.repeat(n)),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A message as a mail program reads it.
struct DecodedMail {
    headers: Vec<mailparse::MailHeader<'static>>,
    text: String,
    html: String,
}

impl DecodedMail {
    fn header(&self, name: &str) -> String {
        let all = self.headers.get_all_values(name);
        assert_eq!(all.len(), 1, "{name} stands once");
        all[0].clone()
    }
}

/// Reads a message, and refuses one that breaks what every message promises.
fn parse_mail(mail: &MailMessage) -> DecodedMail {
    assert!(mail.bytes.len() <= BYTES_MAX, "{} bytes", mail.bytes.len());
    assert!(mail.bytes.is_ascii() && mail.bytes.ends_with(b"\r\n"));
    let raw = String::from_utf8(mail.bytes.clone()).unwrap();
    assert_eq!(raw.matches('\n').count(), raw.matches("\r\n").count(), "each line ends in CRLF");
    assert_eq!(raw.matches('\r').count(), raw.matches("\r\n").count());
    let (head, body) = raw.split_once("\r\n\r\n").unwrap();
    assert!(head.len() < 8_000, "the headers keep to their share");
    assert!(head.lines().all(|line| line.len() <= 998));
    assert!(body.lines().all(|line| line.len() <= 76));
    for line in head.lines().filter(|line| line.starts_with("List-") || line.starts_with("Message-ID")) {
        assert!(!line.contains("=?"), "{line}");
    }
    let parsed = mailparse::parse_mail(Vec::leak(mail.bytes.clone())).unwrap();
    assert_eq!(parsed.ctype.mimetype, "multipart/alternative");
    assert_eq!(parsed.subparts.len(), 2);
    let part = |at: usize, mimetype: &str| {
        let part: &ParsedMail<'_> = &parsed.subparts[at];
        assert_eq!((part.ctype.mimetype.as_str(), part.ctype.charset.as_str()), (mimetype, "utf-8"));
        assert_eq!(part.headers.get_first_value("Content-Transfer-Encoding").unwrap(), "quoted-printable");
        part.get_body().unwrap().replace("\r\n", "\n")
    };
    let (text, html) = (part(0, "text/plain"), part(1, "text/html"));
    for line in text.lines().filter(|line| !line.contains("://") && !line.contains("mailto:")) {
        assert!(unicode_width::UnicodeWidthStr::width(line) <= 76, "{line}");
    }
    DecodedMail { headers: parsed.headers, text, html }
}

/// Leaves messages where the rigs look for them.
fn save_mails(name: &str, mails: &[MailMessage]) {
    let folder = saved_mails_folder();
    std::fs::create_dir_all(&folder).unwrap();
    for mail in mails {
        std::fs::write(folder.join(format!("{name}-{:02}.eml", mail.part.number)), &mail.bytes).unwrap();
    }
}

fn saved_mails_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("mails")
}

fn digest_of(papers: Vec<DigestPaper>) -> Digest {
    Digest {
        subscription: "lab".into(),
        number: 7,
        composed: "2025-03-26T07:00:00Z".parse().unwrap(),
        zone: TimeZone::get("Europe/Berlin").unwrap(),
        late: None,
        sections: vec![DigestSection { topic: "Image Classification".into(), papers }],
    }
}

fn mail_render_settings() -> MailRenderSettings {
    MailRenderSettings {
        from: "Paperwire <papers@example.org>".into(),
        list: Some("https://example.org/list".into()),
        unsubscribe: Some(UnsubscribeLink::Https("https://example.org/leave".into())),
        store_id: "8f14e45f".into(),
    }
}

fn to_strings(recipients: &[&str]) -> Vec<String> {
    recipients.iter().map(|&recipient| recipient.to_owned()).collect()
}
