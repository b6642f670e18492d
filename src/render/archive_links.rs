//! What leads from a list to its archive and back.

use super::list_file_markers::ARCHIVE_LINKS;
use super::safe_url::path_to_link_target;
use crate::domain::ArchivePattern;

/// A new archive file, without tables. `file` is its path from the folder of the list whose own file has the name
/// `own`, which it leads back to, and `label` is what links to it say.
pub fn empty_archive_file(file: &str, label: &str, own: &str) -> String {
    let back = "../".repeat(file.matches('/').count());
    format!("# Papers, {label}\n\nOlder rows of [the list]({back}{}).\n", path_to_link_target(own))
}

/// The line below a table that leads to its archive, with the line that parts it from what follows; nothing where
/// there is no archive. The files come newest first.
pub fn archive_links<'a>(pattern: &ArchivePattern, files: impl Iterator<Item = &'a str>) -> String {
    let links: Vec<String> = files
        .map(|file| format!("[{}]({})", pattern.archive_file_label(file), path_to_link_target(file)))
        .collect();
    if links.is_empty() { String::new() } else { format!("{ARCHIVE_LINKS}{}\n\n", links.join(", ")) }
}

#[cfg(test)]
mod tests {
    use comrak::nodes::NodeValue;
    use comrak::{Arena, Options, parse_document};

    use super::*;

    /// Each link of a page: its label and its target.
    fn markdown_link_labels_and_urls(page: &str) -> Vec<(String, String)> {
        let arena = Arena::new();
        let root = parse_document(&arena, page, &Options::default());
        let links = root.descendants().filter_map(|node| {
            let NodeValue::Link(link) = &node.data.borrow().value else { return None };
            let texts =
                node.descendants().filter_map(|node| node.data.borrow().value.text().map(str::to_owned));
            Some((texts.collect::<String>(), link.url.clone()))
        });
        links.collect()
    }

    #[test]
    fn every_link_leads_there_and_says_of_when_it_is() {
        for (pattern, label, target) in [
            ("archive/{year}-{month}.md", "2025-03", "archive/2025-03.md"),
            ("{year}.md", "2025", "2025.md"),
            ("old papers/{year}/{month}/list.md", "2025/03/list", "old%20papers/2025/03/list.md"),
            ("a (b)/{year} & more.md", "2025 & more", "a%20%28b%29/2025%20%26%20more.md"),
            ("x:y/größe #1 100%25/{year}?.md", "2025?", "x%3Ay/gr%C3%B6%C3%9Fe%20%231%20100%2525/2025%3F.md"),
        ] {
            let pattern: ArchivePattern = pattern.parse().unwrap();
            let file = pattern.file_path(2025, 3, 1);
            let line = archive_links(&pattern, [&*file, "x.md"].into_iter());
            assert_eq!(
                markdown_link_labels_and_urls(&line)[0],
                (label.to_owned(), target.to_owned()),
                "{line}"
            );
            assert_eq!(markdown_link_labels_and_urls(&line).len(), 2, "{line}");
        }
        let usual: ArchivePattern = "archive/{year}-{month}.md".parse().unwrap();
        let files = ["archive/2025-03-2.md", "archive/2025-03.md"];
        assert_eq!(
            archive_links(&usual, files.into_iter()),
            "Older papers: [2025-03-2](archive/2025-03-2.md), [2025-03](archive/2025-03.md)\n\n"
        );
        assert_eq!(archive_links(&usual, std::iter::empty()), "");
    }

    #[test]
    fn an_archive_file_leads_back_to_its_list() {
        assert_eq!(
            empty_archive_file("archive/2025.md", "2025", "README.md"),
            "# Papers, 2025\n\nOlder rows of [the list](../README.md).\n"
        );
        let page = empty_archive_file("old papers/2025/03/list.md", "2025/03/list", "my list (1).md");
        assert_eq!(
            markdown_link_labels_and_urls(&page),
            [("the list".to_owned(), "../../../my%20list%20%281%29.md".to_owned())]
        );
    }
}
