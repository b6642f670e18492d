//! The title and the body of a pull request: what is ours, between two marks that nobody sees, and what people made of it.

use crate::domain::Fingerprint;
use crate::domain::pull_request_plan::ProposedContentFingerprints;
use crate::list::forge::PullRequest;
use crate::render::pull_request::{self, ProposedTopicChanges};

/// Begins our part of the body, and says which title went with it.
const BEGIN_MARK: &str = "<!-- paperwire title=";

/// Ends our part, and says what the list has in it: a person who closes the pull request has seen that.
const CONTENT_MARK: &str = "<!-- paperwire content=";

const MARK_END: &str = " -->";

/// The most that any forge takes, in bytes: GitHub's 65,536 characters.
const BODY_BYTES_MAX: usize = 65_536;

/// Our part of the body of a pull request that changes so much and has this title.
pub(super) fn own_pull_request_body(
    title: &str,
    changes: &[ProposedTopicChanges],
    content: &ProposedContentFingerprints,
) -> String {
    let body = pull_request::pull_request_body(changes);
    let title = title_mark(title);
    format!("{BEGIN_MARK}{title}{MARK_END}\n{body}\n{CONTENT_MARK}{content}{MARK_END}\n")
}

/// The content that a body was written for.
pub(super) fn parse_content_mark(body: &str) -> Option<ProposedContentFingerprints> {
    let (_, rest) = body.split_once(CONTENT_MARK)?;
    let (content, _) = rest.split_once(MARK_END)?;
    content.parse().ok()
}

/// The title that a pull request should have: the configured one, or a person's. Before all of ours was written once, the
/// title of one that a person opened is theirs.
pub(super) fn desired_title<'t>(pull: &'t PullRequest, configured: &'t str) -> &'t str {
    let written = split_at_own_part(&pull.body).and_then(|parts| parts.title);
    if written.is_some_and(|written| written == title_mark(&pull.title)) { configured } else { &pull.title }
}

/// The body that a pull request should have: our part in its place, and around it what people wrote. If they took all of our
/// part away it stays away; one that they opened themselves gets it below their words, once.
pub(super) fn desired_body(current: &str, own: &str, is_introduced: bool) -> String {
    let current = current.replace("\r\n", "\n");
    let desired = match split_at_own_part(&current) {
        Some(parts) => format!("{}{}{}", parts.before, own.trim_end(), parts.after),
        None if is_introduced => current.clone(),
        None if current.trim().is_empty() => own.to_owned(),
        None => format!("{}\n\n{own}", current.trim_end()),
    };
    if desired.len() > BODY_BYTES_MAX { current } else { desired }
}

/// Whether two bodies are the same; a forge may have changed line ends, or white space at the end.
pub(super) fn is_same_pull_request_body(current: &str, body: &str) -> bool {
    current.trim_end().lines().map(str::trim_end).eq(body.trim_end().lines().map(str::trim_end))
}

/// A body, at our part.
struct BodyParts<'b> {
    before: &'b str,
    /// The mark of the title that was written with it, if it is still there.
    title: Option<&'b str>,
    after: &'b str,
}

/// None if our part is not there. Without its first mark it begins with the body.
fn split_at_own_part(body: &str) -> Option<BodyParts<'_>> {
    let (ours, rest) = body.split_once(CONTENT_MARK)?;
    let (_, after) = rest.split_once(MARK_END)?;
    let Some((before, marked)) = ours.split_once(BEGIN_MARK) else {
        return Some(BodyParts { before: "", title: None, after });
    };
    Some(BodyParts { before, title: marked.split_once(MARK_END).map(|(title, _)| title), after })
}

/// By what a title is known again.
fn title_mark(title: &str) -> String {
    let [a, b, c, d, ..] = Fingerprint::of_text(title.trim()).to_stored_bytes();
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::forge::{ForgePullRequestState, PullRequestBranches};

    fn own(title: &str, words: &str) -> String {
        format!("{BEGIN_MARK}{}{MARK_END}\n{words}\n{CONTENT_MARK}1{MARK_END}\n", title_mark(title))
    }

    fn pull_request(title: &str, body: &str) -> PullRequest {
        PullRequest {
            number: 1,
            url: String::new(),
            branches: PullRequestBranches { head: "paperwire/list".to_owned(), base: "main".to_owned() },
            state: ForgePullRequestState::Open,
            head_sha: String::new(),
            title: title.to_owned(),
            body: body.to_owned(),
            labels: vec![],
            draft: false,
        }
    }

    #[test]
    fn our_part_is_replaced_and_what_people_wrote_around_it_stays() {
        let (old, new) = (own("T", "one"), own("T", "two"));
        for (current, is_introduced, expected) in [
            (old.clone(), true, new.clone()),
            (format!("@ada, please\n\n{old}\nMine.\n"), true, format!("@ada, please\n\n{new}\nMine.\n")),
            (format!("Above.\r\n{}", old.replace('\n', "\r\n")), true, format!("Above.\n{new}")),
            ("All mine.".to_owned(), true, "All mine.".to_owned()),
            ("All mine.".to_owned(), false, format!("All mine.\n\n{new}")),
            (String::new(), false, new.clone()),
            (format!("{}{old}", "x".repeat(65_500)), true, format!("{}{old}", "x".repeat(65_500))),
        ] {
            let desired = desired_body(&current, &new, is_introduced);
            assert!(is_same_pull_request_body(&desired, &expected), "{current:.80}: {desired:.200}");
            assert_eq!(desired_body(&desired, &new, true), desired, "a second time nothing changes");
        }
    }

    #[test]
    fn a_title_is_ours_until_a_person_writes_another() {
        let body = own("3 papers", "one");
        for (title, body, expected) in [
            ("3 papers", body.as_str(), "4 papers"),
            ("My title", &body, "My title"),
            ("3 papers", "All mine.", "3 papers"),
            ("3 papers", "", "3 papers"),
        ] {
            assert_eq!(desired_title(&pull_request(title, body), "4 papers"), expected, "{title}: {body}");
        }
    }
}
