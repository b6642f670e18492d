//! The address of a paper's code, found in its abstract or its comment.

/// GitHub's own host, and the one under which it serves the pages of a repository.
const GITHUB: &str = "github.com";
const GITHUB_PAGES: &str = ".github.io";

/// First parts of a path that are parts of a site and nobody's repositories.
const NOT_OWNERS: &str = "about apps blog collections contact docs enterprise enterprises explore features login
    marketplace notifications orgs organizations papers pricing search settings site sponsors stars topics users";

/// First parts of a path behind which the owner is, on the hosts other than GitHub: Hugging Face's
/// `datasets/<owner>/<name>`.
const SHELVES: [&str; 2] = ["datasets", "spaces"];

/// The first repository on GitHub, page of one, or repository on one of the other hosts (`gitlab.com`,
/// `huggingface.co`) that the abstract names, else the comment: its address, cut after the repository,
/// with `http://` before it if the text has no scheme.
pub fn find_code_url(abstract_: &str, comment: Option<&str>, other_hosts: &[String]) -> Option<String> {
    first_code_url(abstract_, other_hosts).or_else(|| first_code_url(comment?, other_hosts))
}

/// Every address has a host before its first slash, so only slashes are looked at.
fn first_code_url(text: &str, other_hosts: &[String]) -> Option<String> {
    text.match_indices('/').find_map(|(slash, _)| {
        let host = &text[host_start(text, slash)..slash];
        let kind = CodeHostPathForm::classify_code_host(host, other_hosts)?;
        let scheme = scheme_before_host(&text[..slash - host.len()])?;
        let path = kind.repository_path_in_code_link(&text[slash..])?;
        Some(format!("{scheme}{host}{path}"))
    })
}

fn host_start(text: &str, slash: usize) -> usize {
    let is_host_byte = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    slash - text.as_bytes()[..slash].iter().rev().take_while(|b| is_host_byte(b)).count()
}

/// The scheme that `before` ends with, as it is written there; `http://` where there is none. `None`
/// where the host is a part of something longer, such as another site's path or a mail address.
fn scheme_before_host(before: &str) -> Option<&str> {
    let written = ["https://", "http://"].iter().find_map(|scheme| {
        let start = before.len().checked_sub(scheme.len())?;
        before.get(start..).filter(|end| end.eq_ignore_ascii_case(scheme))
    });
    match written {
        Some(written) => Some(written),
        None if before.ends_with(['/', '@']) => None,
        None => Some("http://"),
    }
}

/// What a host's paths look like.
enum CodeHostPathForm {
    /// `/<owner>/<repository>`
    GitHub,
    /// `/<page>`, the owner being a part of the host.
    Pages,
    /// As GitHub's, perhaps behind a shelf.
    Other,
}

impl CodeHostPathForm {
    fn classify_code_host(host: &str, other_hosts: &[String]) -> Option<Self> {
        let bare = host.get(..4).filter(|www| www.eq_ignore_ascii_case("www.")).map_or(host, |_| &host[4..]);
        if bare.eq_ignore_ascii_case(GITHUB) {
            return Some(Self::GitHub);
        }
        if other_hosts.iter().any(|other| other.eq_ignore_ascii_case(bare)) {
            return Some(Self::Other);
        }
        let owner_bytes = host.len().checked_sub(GITHUB_PAGES.len())?;
        let is_pages = host.as_bytes()[owner_bytes..].eq_ignore_ascii_case(GITHUB_PAGES.as_bytes());
        (is_pages && owner_bytes > 0 && !host[..owner_bytes].contains('.')).then_some(Self::Pages)
    }

    /// The path up to and with the repository; `None` where it does not reach so far.
    fn repository_path_in_code_link(&self, text: &str) -> Option<String> {
        let (first, rest) = take_code_link_segment(text)?;
        match self {
            Self::Pages => Some(format!("/{}", trim_sentence_punctuation(&first)?)),
            Self::Other if SHELVES.contains(&first.as_str()) => {
                let (owner, rest) = take_code_link_segment(rest)?;
                let (name, _) = take_code_link_segment(rest)?;
                Some(format!("/{first}/{owner}/{}", trim_sentence_punctuation(&name)?))
            }
            Self::GitHub | Self::Other => {
                let (name, _) = take_code_link_segment(rest)?;
                let is_owner = !NOT_OWNERS.split_whitespace().any(|not| first.eq_ignore_ascii_case(not));
                is_owner.then_some(format!("/{first}/{}", trim_sentence_punctuation(&name)?))
            }
        }
    }
}

/// The part of a path behind a slash, LaTeX's `\_` and `{\_}` taken for what they print, and what
/// follows it; `None` where no part follows.
fn take_code_link_segment(text: &str) -> Option<(String, &str)> {
    let mut rest = text.strip_prefix('/')?;
    let mut part = String::new();
    loop {
        let latex = ["{\\_}", "\\_"].iter().find_map(|latex| rest.strip_prefix(latex));
        if let Some(after) = latex {
            part.push('_');
            rest = after;
        } else if let Some(c) = rest.chars().next().filter(|c| is_github_name_char(*c)) {
            part.push(c);
            rest = &rest[1..];
        } else {
            break;
        }
    }
    (!part.is_empty()).then_some((part, rest))
}

/// What GitHub allows in the name of a repository.
fn is_github_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// A repository's name without the punctuation of the sentence around it.
fn trim_sentence_punctuation(part: &str) -> Option<&str> {
    Some(part.trim_end_matches(['.', '-'])).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_code_link(text: &str) -> Option<String> {
        let others = ["gitlab.com", "huggingface.co", "anonymous.4open.science"].map(str::to_owned);
        find_code_url(text, None, &others)
    }

    #[test]
    fn a_repository_is_found_in_whatever_dress_it_comes() {
        for (text, link) in [
            ("Code: https://github.com/ada/engine.", "https://github.com/ada/engine"),
            ("(http://github.com/ada/engine/)", "http://github.com/ada/engine"),
            ("at github.com/ada/engine, and", "http://github.com/ada/engine"),
            ("Code:github.com/ada/engine;", "http://github.com/ada/engine"),
            ("www.github.com/ada/engine", "http://www.github.com/ada/engine"),
            ("https://GitHub.com/Ada/Engine!", "https://GitHub.com/Ada/Engine"),
            ("\\url{https://github.com/ada/engine}.", "https://github.com/ada/engine"),
            ("\\href{https://github.com/ada/engine}{here}", "https://github.com/ada/engine"),
            ("\\texttt{github.com/ada/engine}", "http://github.com/ada/engine"),
            ("\\textcolor{blue}{https://github.com/ada/my\\_engine}", "https://github.com/ada/my_engine"),
            ("https://github.com/ada/my{\\_}engine", "https://github.com/ada/my_engine"),
            ("https://github.com/ada/engine.git.", "https://github.com/ada/engine.git"),
            ("https://github.com/ada/engine/tree/main/sub", "https://github.com/ada/engine"),
            ("https://github.com/ada/engine?tab=readme", "https://github.com/ada/engine"),
            ("https://github.com/ada/engine#usage", "https://github.com/ada/engine"),
            ("[https://github.com/ada/engine]", "https://github.com/ada/engine"),
            ("<https://github.com/ada/engine>", "https://github.com/ada/engine"),
            ("“https://github.com/ada/engine”。", "https://github.com/ada/engine"),
            ("models.Our code:https://github.com/ada/engine", "https://github.com/ada/engine"),
            ("https://ada.github.io/engine/", "https://ada.github.io/engine"),
            ("ada.github.io/engine.", "http://ada.github.io/engine"),
            ("https://ada.github.io/engine/index.html", "https://ada.github.io/engine"),
            ("https://github.com/ada, https://github.com/bob/mill", "https://github.com/bob/mill"),
            ("https://github.com/ada/ada.github.io", "https://github.com/ada/ada.github.io"),
            ("https://gitlab.com/ada/engine/-/tree/main", "https://gitlab.com/ada/engine"),
            ("https://huggingface.co/ada/engine", "https://huggingface.co/ada/engine"),
            ("https://huggingface.co/datasets/ada/cards.", "https://huggingface.co/datasets/ada/cards"),
            (
                "https://anonymous.4open.science/r/engine-E72F/",
                "https://anonymous.4open.science/r/engine-E72F",
            ),
        ] {
            assert_eq!(find_code_link(text).as_deref(), Some(link), "{text}");
        }
    }

    #[test]
    fn what_names_no_repository_is_no_link() {
        for text in [
            "",
            "Code on GitHub.",
            "https://github.com/ada",
            "https://github.com/ada/.",
            "https://github.com/ada/...",
            "https://github.com//engine",
            "https://ada.github.io.",
            "https://ada.github.io/",
            "https://ada.github.io/#engine",
            "https://www.example.org/ada.github.io/engine",
            "https://example.org/github.com/ada/engine",
            "https://notgithub.com/ada/engine",
            "https://gist.github.com/ada/0123456789abcdef",
            "git@github.com:ada/engine",
            "https://github.com/orgs/ada/repositories",
            "https://github.com/topics/engine",
            "https://huggingface.co/papers/2503.20246",
            "https://huggingface.co/datasets/ada",
            "https://bitbucket.org/ada/engine",
            "https:///ada/engine",
        ] {
            assert_eq!(find_code_link(text), None, "{text}");
        }
    }

    #[test]
    fn the_abstract_comes_before_the_comment() {
        let comment = Some("Code: github.com/ada/comment");
        assert_eq!(
            find_code_url("https://github.com/ada/abstract", comment, &[]).as_deref(),
            Some("https://github.com/ada/abstract")
        );
        assert_eq!(
            find_code_url("None yet.", comment, &[]).as_deref(),
            Some("http://github.com/ada/comment")
        );
        assert_eq!(find_code_url("https://gitlab.com/ada/engine", None, &[]), None);
    }
}
