use super::*;

/// A table of the columns title, a and b: a line `k x y` is the row of the paper `k`, one that begins with `-` is no
/// row, and `k` may come behind `@day`.
pub(super) fn parse_table(text: &'static str) -> Option<ParsedTable<'static>> {
    (text != "none").then(|| ParsedTable {
        head: "H\n",
        columns: ["title", "a", "b"].map(str::to_owned).to_vec(),
        titles: vec!["Title", "A", "B"],
        lines: text.split('/').filter(|line| !line.is_empty()).map(sample_table_line).collect(),
        tail: "",
        has_plain_tail: true,
    })
}

fn sample_table_line(text: &'static str) -> TableLine<'static> {
    let cells: Vec<&str> = text.trim_matches('|').split('|').map(str::trim).collect();
    let key = (!text.starts_with('-')).then(|| web_page_id(cells[0]));
    TableLine { text, key, date: None, cells, is_shifted: false }
}

pub(super) fn web_page_id(name: &str) -> PaperId {
    PaperId::from_stored(name.to_owned())
}

/// How one file reads after base, edited and desired.
fn merge_texts(base: &'static str, edited: &'static str, desired: &'static str) -> String {
    merge_parsed(&[vec![parse_table(base)]], &vec![parse_table(edited)], &vec![parse_table(desired)])
}

pub(super) fn merge_parsed<'t>(
    base: &[TablePerFile<'t>; 1],
    edited: &TablePerFile<'t>,
    desired: &TablePerFile<'t>,
) -> String {
    let texts = MergeInput {
        base: if base[0][0].is_some() { base } else { &[] },
        is_base_known: base[0][0].is_some(),
        other_bases: &[],
        dismissed: &[],
        edited,
        desired,
    };
    let curated = merge_tables(&texts, &|_, edited, desired| edited.eq_ignore_ascii_case(desired));
    let text = curated.tables[0].clone().unwrap();
    text.strip_prefix("H\n").unwrap().trim_end().replace('\n', "/")
}

#[test]
fn the_worked_example_of_this_module_reads_as_it_says() {
    let base = [vec![parse_table("a | A | 9 pages/b | B | CVPR")]];
    let edited = vec![parse_table("a | A | 9 pages, *good*/d | D | mine")];
    let desired = vec![parse_table("c | C | 3 pages/a | A2 | 10 pages")];
    let deleted = deleted_rows(&base, &edited, &|_| false);
    assert_eq!(deleted.rows, [web_page_id("b")]);
    let input = MergeInput {
        base: &base,
        is_base_known: true,
        other_bases: &[],
        dismissed: &deleted.rows,
        edited: &edited,
        desired: &desired,
    };
    let merged = merge_tables(&input, &|_, _, _| false);
    assert_eq!(
        merged.tables[0].as_deref(),
        Some("H\nc | C | 3 pages\n| a | A2 | 9 pages, *good* |\nd | D | mine\n")
    );
    let conflicts: Vec<_> = merged
        .conflicts
        .iter()
        .map(|conflict| (&*conflict.column, &*conflict.edited, &*conflict.desired))
        .collect();
    assert_eq!(conflicts, [("b", "9 pages, *good*", "10 pages")]);
}

#[test]
fn each_change_of_each_side_has_its_outcome() {
    for (what, base, edited, desired, outcome) in [
        ("nobody touched it", "k | x | y", "k | x | y", "n | x | y/k | z | y", "n | x | y/k | z | y"),
        ("a cell was edited", "k | x | y", "k | mine | y", "k | x | z", "| k | mine | z |"),
        ("both changed it", "k | x | y", "k | mine | y", "k | z | y", "k | mine | y"),
        ("both changed it alike", "k | x | y", "k | z | y", "k | z | y", "k | z | y"),
        ("a row was added", "k | x | y", "k | x | y/m | 1 | 2", "k | x | y", "k | x | y/m | 1 | 2"),
        (
            "the same paper came",
            "k | x | y",
            "m | 1 | 2/k | x | y",
            "k | x | y/m | x | y",
            "m | 1 | 2/k | x | y",
        ),
        (
            "a note was added",
            "k | x | y",
            "k | x | y/- note",
            "n | x | y/k | x | y",
            "n | x | y/k | x | y/- note",
        ),
        ("a row leaves", "k | x | y/l | x | y", "k | x | y/l | x | y", "k | x | y", "k | x | y"),
        (
            "an edited row leaves",
            "k | x | y/l | x | y",
            "k | x | y/l | mine | y",
            "k | x | y",
            "k | x | y/l | mine | y",
        ),
        (
            "a row was moved",
            "a | 1 | 1/b | 1 | 1/c | 1 | 1",
            "c | 1 | 1/a | 1 | 1/b | 1 | 1",
            "n | 1 | 1/a | 1 | 1/b | 1 | 1/c | 1 | 1",
            "c | 1 | 1/n | 1 | 1/a | 1 | 1/b | 1 | 1",
        ),
        ("a row was written twice", "k | x | y", "k | x | y/k | x | y", "k | x | y", "k | x | y"),
        ("a copy was edited", "k | x | y", "k | x | y/k | mine | y", "k | x | z", "k | x | z/k | mine | y"),
        (
            "a list is taken over",
            "none",
            "K | X | other/m | 1 | 2",
            "K | x | y",
            "| K | x | other |/m | 1 | 2",
        ),
        ("nothing is there", "k | x | y", "none", "k | x | y", "k | x | y"),
        (
            "something is behind the last column",
            "k | x | y",
            "k | x | y | mine",
            "k | x | z",
            "| k | x | z | mine |",
        ),
        ("a cell was emptied", "k | x | y", "k | x | ", "k | x | y", "k | x |"),
        ("an emptied cell has news", "k | x | y", "k |  | y", "k | z | y", "k |  | y"),
        ("a row was laid out anew", "k | x | y", "|k|x|y|", "k | x | y", "|k|x|y|"),
        ("a row that was laid out anew has news", "k | x | y", "|k|x|y|", "k | x | z", "k | x | z"),
        ("a row that was laid out anew leaves", "k | x | y", "|k|x|y|", "l | x | y", "l | x | y"),
        ("a row that leaves has an empty cell more", "k | x | y", "k | x | y | ", "l | x | y", "l | x | y"),
        ("a row ends early", "k | x | y", "k | x", "k | x | z", "k | x"),
    ] {
        assert_eq!(merge_texts(base, edited, desired), outcome, "{what}");
    }
}

#[test]
fn only_what_was_there_and_is_not_any_more_was_deleted() {
    let deleted = |base: &[&'static str], edited: &'static str| {
        let base: Vec<TablePerFile<'_>> = base.iter().map(|text| vec![parse_table(text)]).collect();
        let keys = deleted_rows(&base, &vec![parse_table(edited)], &|_| false).rows;
        let names = keys.iter().map(PaperId::to_string);
        names.collect::<Vec<_>>().join(" ")
    };
    for (what, base, edited, expected) in [
        ("it was", &["a/b/c"][..], "a/c", "b"),
        ("the table is gone", &["a/b"], "none", ""),
        ("every row is gone", &["a/b"], "", "a b"),
        ("it was never written", &[], "a", ""),
        ("a new row was not written before a crash", &["a/b", "n/a/b"], "a/b", ""),
        ("a row left and another was deleted before a crash", &["a/b/c", "a/b"], "a/c", "b"),
        ("a new row was written before a crash and deleted", &["a/b", "m/n/a/b"], "n/a/b", "m"),
    ] {
        assert_eq!(deleted(base, edited), expected, "{what}");
    }
}

#[test]
fn a_row_that_was_deleted_on_its_way_to_another_file_was_deleted() {
    let base = [vec![parse_table("a/b"), parse_table("c")], vec![parse_table("n/a"), parse_table("b/c")]];
    for (edited, expected) in [
        (vec![parse_table("a"), parse_table("c")], vec!["b"]),
        (vec![parse_table("a/b"), parse_table("c")], vec![]),
        (vec![parse_table("a"), parse_table("b/c")], vec![]),
        (vec![parse_table("a"), None], vec![]),
    ] {
        let expected: Vec<PaperId> = expected.into_iter().map(web_page_id).collect();
        assert_eq!(deleted_rows(&base, &edited, &|_| false).rows, expected);
    }
}

#[test]
fn of_a_row_that_is_in_two_files_the_one_counts_that_a_person_edited() {
    let base = [
        vec![parse_table("a | 1 | 1/b | 1 | 1"), parse_table("c | 1 | 1")],
        vec![parse_table("a | 1 | 1"), parse_table("b | 1 | 1/c | 1 | 1")],
    ];
    let curated = |edited: &TablePerFile<'_>| {
        let desired = vec![parse_table("a | 1 | 1"), parse_table("b | 1 | 1/c | 1 | 1")];
        let texts = MergeInput {
            base: &base,
            is_base_known: true,
            other_bases: &[],
            dismissed: &[],
            edited,
            desired: &desired,
        };
        merge_tables(&texts, &|_, _, _| false).tables.into_iter().flatten().collect::<Vec<_>>().concat()
    };
    for (own, archive) in
        [("a | 1 | 1/b | mine | 1", "b | 1 | 1/c | 1 | 1"), ("a | 1 | 1/b | 1 | 1", "b | mine | 1/c | 1 | 1")]
    {
        assert_eq!(
            curated(&vec![parse_table(own), parse_table(archive)]),
            "H\na | 1 | 1\nH\nb | mine | 1\nc | 1 | 1\n"
        );
    }
}

#[test]
fn a_list_that_is_not_known_to_have_been_written_is_taken_over_with_what_was_about_to_be() {
    for (what, base, edited, desired, outcome) in [
        ("it was written after all", "k | x | y", "k | x | y", "k | z | y", "k | z | y"),
        ("it was not", "k | x | y/n | x | y", "k | X | y", "k | x | y/n | x | y", "k | x | y/n | x | y"),
        ("it has a text of its own", "k | x | y", "k | mine | y", "k | x | y", "k | mine | y"),
        ("it has an empty cell", "k | x | y", "k | | y", "k | x | y", "k | x | y"),
    ] {
        let base = [vec![parse_table(base)]];
        let texts = MergeInput {
            base: &base,
            is_base_known: false,
            other_bases: &[],
            dismissed: &[],
            edited: &vec![parse_table(edited)],
            desired: &vec![parse_table(desired)],
        };
        let curated = merge_tables(&texts, &|_, edited, desired| edited.eq_ignore_ascii_case(desired));
        let rows = curated.tables[0].as_deref().and_then(|text| text.strip_prefix("H\n"));
        assert_eq!(rows.map(|rows| rows.trim_end().replace('\n', "/")).as_deref(), Some(outcome), "{what}");
    }
}

#[test]
fn a_row_goes_to_the_file_that_it_is_wanted_in_with_what_a_person_wrote() {
    let base = [vec![parse_table("a | 1 | 1/b | 1 | 1"), parse_table("c | 1 | 1")]];
    let texts = MergeInput {
        base: &base,
        is_base_known: true,
        other_bases: &[],
        dismissed: &[],
        edited: &vec![parse_table("a | 1 | 1/b | mine | 1"), parse_table("c | 1 | 1")],
        desired: &vec![parse_table("n | 1 | 1/a | 1 | 1"), parse_table("b | 1 | 1/c | 1 | 1")],
    };
    let curated = merge_tables(&texts, &|_, _, _| false);
    let tables: Vec<_> = curated.tables.into_iter().flatten().collect();
    assert_eq!(tables, ["H\nn | 1 | 1\na | 1 | 1\n", "H\nb | mine | 1\nc | 1 | 1\n"]);
    assert_eq!(curated.conflicts, []);
}

#[test]
fn a_conflict_tells_both_texts_and_only_when_what_is_wanted_changes() {
    let conflicts = |base: &'static str| {
        let base = [vec![parse_table(base)]];
        let texts = MergeInput {
            base: &base,
            is_base_known: true,
            other_bases: &[],
            dismissed: &[],
            edited: &vec![parse_table("k | mine | y")],
            desired: &vec![parse_table("k | z | y")],
        };
        merge_tables(&texts, &|_, _, _| false).conflicts
    };
    let (key, column) = (web_page_id("k"), "a".to_owned());
    let conflict = CellConflict { key, column, edited: "mine".to_owned(), desired: "z".to_owned() };
    assert_eq!(conflicts("k | x | y"), [conflict]);
    assert_eq!(conflicts("k | z | y"), []);
}

/// A table with a column of a person's own behind the others.
fn table_with_own_column(text: &'static str) -> Option<ParsedTable<'static>> {
    let columns = ["title", "a", "b", "mine"].map(str::to_owned).to_vec();
    let titles = vec!["Title", "A", "B", "*Mine*"];
    parse_table(text).map(|table| ParsedTable {
        head: "Title | A | B | *Mine*\n-|-|-|-\n",
        columns,
        titles,
        ..table
    })
}

#[test]
fn a_column_of_a_persons_own_goes_with_what_is_in_it() {
    let head = "H | *Mine* |\nR | --- |\n";
    for (what, edited, desired, outcome) in [
        (
            "it is in a row that leaves",
            "a | 1 | 1/b | 1 | 1 | read",
            "c | 1 | 1/b | 1 | 1",
            "c | 1 | 1/b | 1 | 1 | read",
        ),
        ("nothing does", "a | 1 | 1 | read/b | 1 | 1", "c | 1 | 1/b | 1 | 1", "c | 1 | 1/b | 1 | 1"),
        (
            "the row has another text as well",
            "a | 1 | 1/b | 2 | 1 | read",
            "c | 1 | 1/b | 1 | 3",
            "c | 1 | 1/| b | 2 | 3 | read |",
        ),
    ] {
        let plain = |text| parse_table(text).map(|table| ParsedTable { head: "H |\nR |\n", ..table });
        let base = [vec![plain("a | 1 | 1/b | 1 | 1"), plain("c | 1 | 1")]];
        let texts = MergeInput {
            base: &base,
            is_base_known: true,
            other_bases: &[],
            dismissed: &[],
            edited: &vec![table_with_own_column(edited), plain("c | 1 | 1")],
            desired: &vec![plain("a | 1 | 1"), plain(desired)],
        };
        let curated = merge_tables(&texts, &|_, _, _| false);
        let [Some(own), Some(archive)] = &curated.tables[..] else { panic!("{what}") };
        assert!(own.starts_with("Title | A | B | *Mine*\n-|-|-|-\na"), "{what}: {own}");
        let head = if outcome.contains("read") { head } else { "H |\nR |\n" };
        assert_eq!(
            archive.strip_prefix(head).map(|rows| rows.trim_end().replace('\n', "/")).as_deref(),
            Some(outcome),
            "{what}"
        );
    }
}

/// A table without the column b.
fn table_without_column_b(text: &'static str) -> Option<ParsedTable<'static>> {
    let columns = ["title", "a"].map(str::to_owned).to_vec();
    parse_table(text).map(|table| ParsedTable {
        head: "T | A\n-|-\n",
        columns,
        titles: vec!["T", "A"],
        ..table
    })
}

/// The tables of a list that the program is known to have written.
fn merged_tables(
    base: &TablePerFile<'_>,
    edited: &TablePerFile<'_>,
    desired: &TablePerFile<'_>,
) -> Vec<Option<String>> {
    let input = MergeInput {
        base: std::slice::from_ref(base),
        is_base_known: true,
        other_bases: &[],
        dismissed: &[],
        edited,
        desired,
    };
    merge_tables(&input, &|_, _, _| false).tables
}

#[test]
fn a_column_that_is_not_desired_any_more_stays_if_a_person_wrote_into_it() {
    for (edited, outcome) in [
        ("a | 1 | 1/b | 1 | 1", "T | A\n-|-\na | 1\nb | 1\n"),
        ("a | 1 | 1/b | 1 | mine", "T | A | B |\n-|- | --- |\na | 1\nb | 1 | mine\n"),
    ] {
        let base = vec![parse_table("a | 1 | 1/b | 1 | 1")];
        let tables =
            merged_tables(&base, &vec![parse_table(edited)], &vec![table_without_column_b("a | 1/b | 1")]);
        assert_eq!(tables, [Some(outcome.to_owned())]);
    }
}

#[test]
fn a_column_that_a_person_renamed_does_not_go_along_with_what_the_program_wrote() {
    let renamed = |text| {
        let columns = ["title", "a", "mine"].map(str::to_owned).to_vec();
        parse_table(text).map(|table| ParsedTable { head: "R |\n-\n", columns, ..table })
    };
    let base = vec![parse_table("a | 1 | 1/b | 1 | 1"), parse_table("c | 1 | 1")];
    let edited = vec![renamed("a | 1 | 1/b | 1 | 1"), parse_table("c | 1 | 1")];
    let desired = vec![parse_table("a | 1 | 1"), parse_table("c | 1 | 1/b | 1 | 1")];
    let tables: Vec<_> = merged_tables(&base, &edited, &desired).into_iter().flatten().collect();
    assert_eq!(tables, ["R |\n-\na | 1 | 1\n", "H\nc | 1 | 1\nb | 1 | 1\n"]);
}

#[test]
fn columns_that_are_desired_again_come_back_to_a_table_with_a_column_of_a_persons_own() {
    let mine = |text| {
        let columns = ["title", "a", "mine"].map(str::to_owned).to_vec();
        let titles = vec!["T", "A", "Mine"];
        parse_table(text).map(|table| ParsedTable { head: "T | A | Mine\n-|-|-\n", columns, titles, ..table })
    };
    let base = vec![table_without_column_b("a | 1/b | 1")];
    let of_edited = |edited: &'static str, desired| {
        merged_tables(&base, &vec![mine(edited)], &vec![desired]).remove(0).unwrap()
    };
    let read = "a | 1/b | 1 | read";
    assert_eq!(
        of_edited(read, table_without_column_b("a | 1/b | 1")),
        "T | A | Mine\n-|-|-\na | 1\nb | 1 | read\n"
    );
    let filled = of_edited("a | 1 |/b | 1 | read", mine("a | 1 | now/b | 1 | now"));
    assert!(
        filled.ends_with("a | 1 | now\nb | 1 | read\n"),
        "an empty cell in a column that the base lacks says nothing: {filled}"
    );
    let wide = parse_table("a | 1 | 2/b | 1 | 2").map(|table| ParsedTable { head: "T|\n-|\n", ..table });
    assert_eq!(
        of_edited(read, wide),
        "| T | A | B | Mine |\n| - | - | --- | - |\na | 1 | 2\n| b | 1 | 2 | read |\n",
        "it stays behind the others"
    );
}
