use super::*;

fn spliced(text: &str) -> Result<String, MarkerFault> {
    splice(Some(text), &[("A", "a\n\n"), ("B", "b\n")])
}

#[test]
fn a_new_list_has_a_heading_and_every_topics_markers() {
    let tables = [("A", "a\n\n"), ("B c", "b\n")];
    let new = splice(None, &tables).unwrap();
    assert_eq!(
        new,
        "# Papers\n\nPaperwire keeps the tables between the markers below; whatever you write outside them stays as it is.\n\n\
         <!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->\n\n\
         <!-- paperwire:begin B c -->\nb\n<!-- paperwire:end B c -->\n"
    );
    assert_eq!(splice(Some(" \n"), &tables).unwrap(), new);
    assert_eq!(splice(Some(&new), &tables).unwrap(), new, "nothing changes the second time");
}

#[test]
fn every_byte_outside_the_markers_is_kept() {
    for (text, expected) in [
        (
            "x\r\n<!-- paperwire:begin B -->\nold\nold\n<!-- paperwire:end B -->\ny\t \n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
            "x\r\n<!-- paperwire:begin B -->\nb\n<!-- paperwire:end B -->\ny\t \n<!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->",
        ),
        (
            "\u{feff}<!--paperwire:begin A-->  \r\nold\r\n<!--  paperwire:end   A  -->\r\n\r\n<!-- paperwire:begin B -->\r\n```\n<!-- paperwire:end B -->\r\nend",
            "\u{feff}<!--paperwire:begin A-->  \r\na\r\n\r\n<!--  paperwire:end   A  -->\r\n\r\n<!-- paperwire:begin B -->\r\nb\r\n<!-- paperwire:end B -->\r\nend",
        ),
        (
            "```\n<!-- paperwire:begin A -->\n```\n    <!-- paperwire:end A -->\n`<!-- paperwire:end A -->`\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n<!-- paperwire:begin B -->\n<!-- paperwire:end B -->\n",
            "```\n<!-- paperwire:begin A -->\n```\n    <!-- paperwire:end A -->\n`<!-- paperwire:end A -->`\n<!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->\n<!-- paperwire:begin B -->\nb\n<!-- paperwire:end B -->\n",
        ),
    ] {
        assert_eq!(spliced(text).as_deref(), Ok(expected));
        assert_eq!(spliced(expected).as_deref(), Ok(expected));
    }
}

#[test]
fn wrong_markers_are_told_by_line_with_what_would_be_right() {
    for (text, told) in [
        (
            "x",
            "there are no markers for the topic `A`; where its table is to stand, add these two lines, each alone on its line and not indented:\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
        ),
        (
            "x\n<!-- paperwire:begin A -->\ny",
            "line 2: `<!-- paperwire:begin A -->` is never closed; below the table add the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:end A -->",
            "line 1: `<!-- paperwire:end A -->` closes nothing; above it add the line\n<!-- paperwire:begin A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n\n<!-- paperwire:begin B -->",
            "line 3: `<!-- paperwire:begin B -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:begin A -->",
            "line 2: `<!-- paperwire:begin A -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:end B -->",
            "line 2: `<!-- paperwire:end B -->` stands inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
            "line 3: the topic `A` already has its table in line 1; remove one of the two with its markers",
        ),
        (
            "\n<!-- paperwire:start A -->",
            "line 2: `<!-- paperwire:start A -->` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
        (
            "<!-- paperwire:begin -->",
            "line 1: `<!-- paperwire:begin -->` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
        (
            "<!-- paperwire:begin A --> and more",
            "line 1: `<!-- paperwire:begin A --> and more` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
    ] {
        assert_eq!(spliced(text).unwrap_err().to_string(), told);
    }
}

#[test]
fn a_topic_is_written_whatever_is_wrong_with_the_markers_of_others() {
    let good = "<!-- paperwire:begin A -->\nold\n<!-- paperwire:end A -->\n";
    for (before, after) in [
        ("", ""),
        ("<!-- paperwire:begin C -->\nmine\n<!-- paperwire:end C -->\n", ""),
        ("<!-- paperwire:begin B -->\n", ""),
        ("", "<!-- paperwire:begin B -->\n"),
        ("<!-- paperwire:end B -->\n", ""),
        ("<!-- paperwire:begin B -->\nmine\n", "<!-- paperwire:end B -->\n"),
        (
            "<!-- paperwire:begin B -->\n<!-- paperwire:end B -->\n",
            "<!-- paperwire:begin B -->\n<!-- paperwire:end B -->\n",
        ),
        ("<!-- paperwire:begin B -->\n<!-- paperwire:begin B -->\n", "<!-- paperwire:end B -->\n"),
        ("<!-- paperwire:start B -->\n", "<!-- paperwire:end B -->\n"),
        ("<!-- paperwire:begin B -->\n", "```\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n```\n"),
    ] {
        let text = format!("{before}{good}{after}");
        let only = |topic| splice(Some(&text), &[(topic, "new\n")]);
        assert_eq!(only("A"), Ok(text.replace("old\n", "new\n")), "{text}");
        assert_eq!(only("B").unwrap_err().topic(), Some("B"), "{text}");
        assert_eq!(sound_blocks(&text).iter().filter(|(topic, _)| *topic == "A").count(), 1, "{text}");
    }
    for crossed in [
        "<!-- paperwire:begin A -->\n<!-- paperwire:begin B -->\n<!-- paperwire:end A -->\n<!-- paperwire:end B -->\n",
        "<!-- paperwire:begin A -->\n<!-- paperwire:ende A -->\nmine\n<!-- paperwire:end A -->\n",
        "<!-- paperwire:begin A -->\n<!-- paperwire:end B -->\n<!-- paperwire:end A -->\n",
    ] {
        assert_eq!(splice(Some(crossed), &[("A", "new\n")]).unwrap_err().topic(), Some("A"), "{crossed}");
        assert_eq!(sound_blocks(crossed), []);
    }
}

#[test]
fn what_is_wrong_with_markers_of_no_topic_of_the_list_is_told() {
    let text = "<!-- paperwire:begin C -->\n<!-- paperwire:end C -->\n\n<!-- paperwire:ende B -->\n<!-- paperwire:begin A -->\n";
    let strays = stray_markers(text, &["A".to_owned()]);
    let told: Vec<_> = strays.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 4: `<!-- paperwire:ende B -->` is not a marker; the two there are read `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
            "line 1: `<!-- paperwire:begin C -->` is for a topic that this list does not have; add the topic to the list in the config, or remove the two marker lines (what stands between them may stay)"
        ]
    );
}
