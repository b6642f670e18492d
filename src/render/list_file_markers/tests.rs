use proptest::prelude::*;

use super::*;

fn splice_samples(text: &str) -> Result<String, TableMarkerError> {
    splice_tables(Some(text), &[("A", "a\n\n"), ("B", "b\n")])
}

#[test]
fn a_new_list_has_a_heading_and_every_topics_markers() {
    let tables = [("A", "a\n\n"), ("B c", "b\n")];
    let new = splice_tables(None, &tables).unwrap();
    assert_eq!(
        new,
        "# Papers\n\nPaperwire keeps the tables between the markers below; whatever you write outside them stays as it is.\n\n\
         <!-- paperwire:begin A -->\na\n\n<!-- paperwire:end A -->\n\n\
         <!-- paperwire:begin B c -->\nb\n<!-- paperwire:end B c -->\n"
    );
    assert_eq!(splice_tables(Some(" \n"), &tables).unwrap(), new);
    assert_eq!(splice_tables(Some(&new), &tables).unwrap(), new, "nothing changes the second time");
}

#[test]
fn a_topic_of_any_name_finds_its_table_again() {
    for name in ["Image Classification", "C++ - and | more, é你", "a  b", "a > b", "<b> & \"c\"", "!"] {
        let list = splice_tables(None, &[(name, "old\n")]).unwrap();
        let new = splice_tables(Some(&list), &[(name, "new\n")]).unwrap();
        assert_eq!(new, list.replace("old\n", "new\n"), "{name}");
    }
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
        assert_eq!(splice_samples(text).as_deref(), Ok(expected));
        assert_eq!(splice_samples(expected).as_deref(), Ok(expected));
    }
}

#[test]
fn a_table_behind_an_html_line_has_a_blank_line_before_it() {
    let with_markers = |before: &str, table: &str| {
        format!("{before}<!-- paperwire:begin A -->\n{table}<!-- paperwire:end A -->\n</details>\n")
    };
    for (before, blank) in [
        ("<details>\n", "\n"),
        ("<div>\nwords\n", "\n"),
        ("words\n</div>\n", "\n"),
        ("<details>\n\n", ""),
        ("words\n", ""),
        ("<!-- a comment -->\n", ""),
        ("1 < 2\n", ""),
        ("", ""),
    ] {
        let expected = with_markers(before, &format!("{blank}## A\n\n"));
        for current in ["", "old\n", "\nold\n", "## A\n\n", "\n## A\n\n"] {
            let list = with_markers(before, current);
            let tables = [("A", "## A\n\n")];
            assert_eq!(splice_tables(Some(&list), &tables).unwrap(), expected, "{before:?} {current:?}");
            let crlf = splice_tables(Some(&list.replace('\n', "\r\n")), &tables).unwrap();
            assert_eq!(crlf, expected.replace('\n', "\r\n"), "{before:?} {current:?}");
        }
    }
}

#[test]
fn wrong_markers_are_told_by_line_with_what_would_be_right() {
    for (text, told) in [
        (
            "x",
            "there are no markers for the topic `A`; where its table is to be, add these two lines, each alone on its line and not indented:\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
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
            "line 3: `<!-- paperwire:begin B -->` is inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:begin A -->",
            "line 2: `<!-- paperwire:begin A -->` is inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:end B -->",
            "line 2: `<!-- paperwire:end B -->` is inside the table of `A`, which begins in line 1; close that one first with the line\n<!-- paperwire:end A -->",
        ),
        (
            "<!-- paperwire:begin A -->\n<!-- paperwire:end A -->\n<!-- paperwire:begin A -->\n<!-- paperwire:end A -->",
            "line 3: the topic `A` already has its table in line 1; remove one of the two with its markers",
        ),
        (
            "\n<!-- paperwire:start A -->",
            "line 2: `<!-- paperwire:start A -->` is not a marker; the only markers are `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
        (
            "<!-- paperwire:begin -->",
            "line 1: `<!-- paperwire:begin -->` is not a marker; the only markers are `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
        (
            "<!-- paperwire:begin A --> and more",
            "line 1: `<!-- paperwire:begin A --> and more` is not a marker; the only markers are `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
        ),
    ] {
        assert_eq!(splice_samples(text).unwrap_err().to_string(), told);
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
        let only = |topic| splice_tables(Some(&text), &[(topic, "new\n")]);
        assert_eq!(only("A"), Ok(text.replace("old\n", "new\n")), "{text}");
        assert_eq!(only("B").unwrap_err().topic(), Some("B"), "{text}");
        assert_eq!(
            texts_between_valid_markers(&text).iter().filter(|(topic, _)| *topic == "A").count(),
            1,
            "{text}"
        );
    }
    for crossed in [
        "<!-- paperwire:begin A -->\n<!-- paperwire:begin B -->\n<!-- paperwire:end A -->\n<!-- paperwire:end B -->\n",
        "<!-- paperwire:begin A -->\n<!-- paperwire:ende A -->\nmine\n<!-- paperwire:end A -->\n",
        "<!-- paperwire:begin A -->\n<!-- paperwire:end B -->\n<!-- paperwire:end A -->\n",
    ] {
        assert_eq!(
            splice_tables(Some(crossed), &[("A", "new\n")]).unwrap_err().topic(),
            Some("A"),
            "{crossed}"
        );
        assert_eq!(texts_between_valid_markers(crossed), []);
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
            "line 4: `<!-- paperwire:ende B -->` is not a marker; the only markers are `<!-- paperwire:begin Topic -->` and `<!-- paperwire:end Topic -->`, each alone on its line",
            "line 1: `<!-- paperwire:begin C -->` is for a topic that this list does not have; add the topic to the list in the config, or remove the two marker lines (what is between them may stay)"
        ]
    );
}

#[test]
fn a_topic_without_its_own_end_takes_no_other_with_it_however_many_there_are() {
    let good = "<!-- paperwire:begin Good -->\nold\n<!-- paperwire:end Good -->\n";
    let each = |line: &str| (0..20_000).map(|number| line.replace("ID", &number.to_string())).collect();
    for line in [
        "<!-- paperwire:begin ID -->\n",
        "<!-- paperwire:end ID -->\n",
        "<!-- paperwire:begin ID -->\n<!-- paperwire:ende ID -->\n",
        "<!-- paperwire:begin ID -->\n<!-- paperwire:end ID -->\n<!-- paperwire:begin ID -->\n",
    ] {
        let broken: String = each(line);
        let (places, faults) = scan_markers(&broken);
        assert_eq!((places.len(), faults.len() % 20_000), (0, 0), "{line}");
        for text in [format!("{broken}{good}"), format!("{good}{broken}")] {
            let written = splice_tables(Some(&text), &[("Good", "new\n")]);
            assert_eq!(written.as_deref(), Ok(&*text.replace("old\n", "new\n")), "{line}");
        }
    }
}

/// As [`places`] finds them, but from the first line again for each topic that is left out.
fn spans_by_rescanning(text: &str) -> Vec<(&str, usize)> {
    let mut left_out: Vec<&str> = Vec::new();
    'again: loop {
        let (mut found, mut open) = (Vec::new(), None);
        for (number, line) in (1..).zip(text.lines()) {
            let Some(mark) = TableMarker::parse_marker_line(line) else { continue };
            let faulty = match (mark, open) {
                (Some(TableMarker::End(topic)), Some((outer, first))) if topic == outer => {
                    found.push((outer, first));
                    open = None;
                    continue;
                }
                (_, Some((outer, _))) => outer,
                (None, None) => continue,
                (Some(mark), None) if left_out.contains(&mark.marker_topic()) => continue,
                (Some(TableMarker::Begin(topic)), None) if found.iter().all(|(known, _)| *known != topic) => {
                    open = Some((topic, number));
                    continue;
                }
                (Some(mark), None) => mark.marker_topic(),
            };
            left_out.push(faulty);
            continue 'again;
        }
        match open {
            Some((topic, _)) => left_out.push(topic),
            None => return found,
        }
    }
}

proptest! {
    #![proptest_config(crate::seeds::proptest_config(256))]

    #[test]
    fn one_look_finds_what_a_look_for_each_fault_finds(marks in prop::collection::vec((0..3_usize, 0..4_usize), 0..16)) {
        let verbs = ["begin", "end", "ende"];
        let line = |(verb, topic): (usize, usize)| format!("<!-- paperwire:{} T{topic} -->\n", verbs[verb]);
        let text: String = marks.into_iter().map(line).collect();
        let found: Vec<_> = scan_markers(&text).0.iter().map(|place| (place.topic, place.line)).collect();
        prop_assert_eq!(found, spans_by_rescanning(&text), "{}", text);
    }
}
