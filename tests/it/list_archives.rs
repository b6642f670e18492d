//! Archives: rows that leave a list are in the file of their month, and nothing is lost.

use std::path::Path;

use paperwire::domain::{DatabaseUrl, Paper};
use paperwire::store::Store;

use crate::support::fake_arxiv::FakeArxiv;
use crate::support::sample_papers::{newest_first, next_version, sample_papers, versioned_id};
use crate::support::test_env::{LATER, NEXT_DAY, NOW, TestEnv};

/// An environment whose list keeps so many rows and archives the others by month.
fn archiving_env(fake: &FakeArxiv, rows: u32) -> TestEnv {
    TestEnv::with_arxiv(fake).with_rows(rows).with_list("archive = \"archive/{year}-{month}.md\"\n")
}

/// Every paper's row over all files of the list: its address and the file that it is in.
pub(crate) fn rows_of_all_files(env: &TestEnv) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        env.list_rows().into_iter().map(|row| (row, "README.md".to_owned())).collect();
    let archive = std::fs::read_dir(env.path("archive")).into_iter().flatten();
    for file in archive {
        let name = file.unwrap().file_name().into_string().unwrap();
        let text = std::fs::read_to_string(env.path("archive").join(&name)).unwrap();
        all.extend(crate::support::test_env::rows_of_list(&text).into_iter().map(|row| (row, name.clone())));
    }
    all.sort();
    all
}

/// Papers of consecutive days from the first on, newest first.
pub(crate) fn daily_papers(count: usize, first: &str) -> Vec<Paper> {
    let first: jiff::Timestamp = first.parse().unwrap();
    let day = |number: usize| jiff::SignedDuration::from_hours(24 * i64::try_from(number).unwrap());
    let papers = sample_papers(count).into_iter().enumerate();
    newest_first(papers.map(|(number, paper)| Paper { updated: first + day(number), ..paper }).collect())
}

#[test]
fn rows_that_leave_a_list_go_to_the_archive_of_their_month_and_nowhere_else() {
    let papers = daily_papers(60, "2025-01-20T12:00:00Z");
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = archiving_env(&fake, 10);
    let answer = env.run_once_without_failure(NOW);
    assert_eq!((answer.only_list().rows, answer.only_list().archives.len()), (10, 3), "{answer:?}");
    let month = |paper: &Paper| format!("{}.md", &paper.updated.to_string()[..7]);
    let expected = |papers: &[Paper]| {
        let file =
            |(place, paper): (usize, &Paper)| if place < 10 { "README.md".to_owned() } else { month(paper) };
        let mut all: Vec<_> = papers
            .iter()
            .enumerate()
            .map(|(place, paper)| (versioned_id(paper), file((place, paper))))
            .collect();
        all.sort();
        all
    };
    assert_eq!(rows_of_all_files(&env), expected(&papers));
    let list = env.list_text();
    assert!(
        list.contains("\n\nOlder papers: [2025-03](archive/2025-03.md), [2025-02](archive/2025-02.md), [2025-01](archive/2025-01.md)\n\n<!-- paperwire:end"),
        "{list}"
    );
    let archive = std::fs::read_to_string(env.path("archive/2025-02.md")).unwrap();
    assert!(
        archive.starts_with("# Papers, 2025-02\n\nOlder rows of [the list](../README.md).\n"),
        "{archive}"
    );
    assert!(!env.run_once_without_failure(LATER).only_list().changed);

    let edited = archive.replacen("| None |", "| best paper |", 1);
    let deleted = edited.lines().find(|line| line.contains("/abs/") && !line.contains("best paper")).unwrap();
    let gone = crate::support::test_env::rows_of_list(deleted)[0].clone();
    std::fs::write(env.path("archive/2025-02.md"), edited.replace(&format!("{deleted}\n"), "")).unwrap();
    let mut newer = papers.clone();
    newer[30] = Paper { updated: "2025-03-26T12:00:00Z".parse().unwrap(), ..next_version(&papers[30], 0) };
    let newer = newest_first(newer);
    fake.set_papers(newer.clone());
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    let kept: Vec<_> = expected(&newer).into_iter().filter(|(row, _)| *row != gone).collect();
    assert_eq!(rows_of_all_files(&env), kept, "a paper with a new version comes back to the list");
    assert!(std::fs::read_to_string(env.path("archive/2025-02.md")).unwrap().contains("| best paper |"));

    let env = env.with_rows(20);
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(env.list_rows().len(), 20);
    assert_eq!(rows_of_all_files(&env).len(), 59);
}

#[test]
fn a_list_that_would_be_too_long_for_github_is_shortened_and_says_so() {
    let long = paperwire::domain::Abstract("word ".repeat(3000).trim().to_owned());
    let papers: Vec<_> = daily_papers(60, "2025-01-20T12:00:00Z")
        .into_iter()
        .map(|paper| Paper { abstract_: long.clone(), ..paper })
        .collect();
    let fake = FakeArxiv::serve_papers(papers);
    let env = archiving_env(&fake, 100);
    let answer = env.run_once_without_failure(NOW);
    let [note] = &answer.only_list().notes[..] else { panic!("{answer:?}") };
    assert!(note.starts_with("shortened to ") && note.contains("512000 bytes"), "{note}");
    assert_eq!(rows_of_all_files(&env).len(), 60);
    let mut files = vec![env.path("README.md")];
    files.extend(std::fs::read_dir(env.path("archive")).unwrap().map(|file| file.unwrap().path()));
    let bytes: Vec<u64> = files.iter().map(|file| file.metadata().unwrap().len()).collect();
    assert!(bytes.iter().all(|bytes| *bytes <= 512_000) && bytes[0] > 400_000, "{bytes:?}");
    let later = env.run_once_without_failure(LATER);
    assert_eq!((later.only_list().changed, &later.only_list().notes), (false, &answer.only_list().notes));

    let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    db.execute_batch("DELETE FROM generated_files; DELETE FROM checkpoints; DELETE FROM archive_volumes")
        .unwrap();
    let measured = env.run_once_without_failure(NEXT_DAY);
    assert_eq!(
        (measured.only_list().changed, &measured.only_list().notes),
        (false, &answer.only_list().notes)
    );
}

/// A list of three papers whose archive has three more; the newest of these was edited by hand.
fn edited_in_the_archive(fake: &FakeArxiv) -> (TestEnv, Paper) {
    let papers = daily_papers(6, "2025-03-10T12:00:00Z");
    fake.set_papers(papers.clone());
    let env = archiving_env(fake, 3);
    env.run_once_without_failure(NOW);
    let row = file_text(&env.path("archive/2025-03.md"));
    let row = row.lines().find(|line| line.contains(&versioned_id(&papers[3]))).unwrap().to_owned();
    replace_in_file(&env.path("archive/2025-03.md"), &row, &row.replacen("**[", "**[Read this: ", 1));
    env.run_once_without_failure(LATER);
    (env, papers[3].clone())
}

pub(crate) fn file_text(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

pub(crate) fn replace_in_file(file: &Path, from: &str, to: &str) {
    let before = file_text(file);
    assert_eq!(before.matches(from).count(), 1, "{from} in {before}");
    std::fs::write(file, before.replace(from, to)).unwrap();
}

#[test]
fn a_row_that_is_between_two_files_when_the_second_cannot_be_written_keeps_what_a_person_wrote() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let (env, moved) = edited_in_the_archive(&fake);
    let env = env.with_rows(4);
    let in_the_way = env.path(".README.md.paperwire-new");
    std::fs::create_dir(&in_the_way).unwrap();
    let failed = env.run_program(&["--now", NEXT_DAY, "once"]);
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    assert!(
        !file_text(&env.path("archive/2025-03.md")).contains(&versioned_id(&moved)),
        "it has left the archive"
    );
    std::fs::remove_dir(&in_the_way).unwrap();
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(env.list_rows().len(), 4);
    let row = env.list_text();
    let row = row.lines().find(|line| line.contains(&versioned_id(&moved))).unwrap();
    assert!(row.starts_with("| **[Read this: "), "{row}");
    assert_eq!(rows_of_all_files(&env).len(), 6);
    assert!(!env.run_once_without_failure("2025-03-28T21:00:00Z").only_list().changed);
}

/// The line of a file that is a paper's row.
pub(crate) fn row_of_paper(file: &Path, paper: &Paper) -> String {
    let text = file_text(file);
    text.lines()
        .find(|line| line.contains(&versioned_id(paper)))
        .unwrap_or_else(|| panic!("{text}"))
        .to_owned()
}

#[test]
fn what_a_person_writes_while_the_other_file_waits_is_not_overwritten() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let (env, moved) = edited_in_the_archive(&fake);
    let env = env.with_rows(4);
    let in_the_way = env.path(".README.md.paperwire-new");
    std::fs::create_dir(&in_the_way).unwrap();
    env.run_program(&["--now", NEXT_DAY, "once"]);
    let list = env.path("README.md");
    replace_in_file(&list, "# Papers\n", "# Papers that I read\n");
    env.run_program(&["--now", NEXT_DAY, "once"]);
    assert_eq!(env.list_rows().len(), 3);
    std::fs::remove_dir(&in_the_way).unwrap();
    replace_in_file(&list, "\n| --- |", "\n| ... |");
    let broken = env.run_once(NEXT_DAY);
    assert!(broken.only_list().reason.as_ref().unwrap().contains("is no table of papers"), "{broken:?}");
    replace_in_file(&list, "\n| ... |", "\n| --- |");
    let taken_out = env.list_rows()[1].clone();
    let deleted = env.list_text().lines().find(|line| line.contains(&taken_out)).unwrap().to_owned();
    replace_in_file(&list, &format!("{deleted}\n"), "");
    let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert!(env.list_text().starts_with("# Papers that I read\n"));
    assert!(row_of_paper(&list, &moved).starts_with("| **[Read this: "), "{}", env.list_text());
    assert_eq!(answer.only_list().dismissed.len(), 1, "{answer:?}");
    assert!(!rows_of_all_files(&env).iter().any(|(row, _)| *row == taken_out));
    assert_eq!((env.list_rows().len(), rows_of_all_files(&env).len()), (4, 5));
    assert_eq!(env.list_rows()[2], versioned_id(&moved), "it stands where its date puts it");
    assert!(!env.run_once_without_failure("2025-03-28T21:00:00Z").only_list().changed);
}

#[test]
fn a_row_on_its_way_into_an_archive_file_that_a_person_changes_meanwhile_keeps_what_they_wrote() {
    let papers = daily_papers(6, "2025-03-10T12:00:00Z");
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = archiving_env(&fake, 3);
    env.run_once_without_failure(NOW);
    let (list, archive) = (env.path("README.md"), env.path("archive/2025-03.md"));
    let row = row_of_paper(&list, &papers[2]);
    replace_in_file(&list, &row, &row.replacen("**[", "**[Read this: ", 1));
    let env = env.with_rows(2);
    let in_the_way = env.path("archive/.2025-03.md.paperwire-new");
    std::fs::create_dir(&in_the_way).unwrap();
    env.run_program(&["--now", NEXT_DAY, "once"]);
    std::fs::remove_dir(&in_the_way).unwrap();
    replace_in_file(&archive, "# Papers, 2025-03\n", "# March\n");
    replace_in_file(&archive, &format!("{}\n", row_of_paper(&archive, &papers[4])), "");
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert!(file_text(&archive).starts_with("# March\n"));
    assert!(row_of_paper(&archive, &papers[2]).starts_with("| **[Read this: "), "{}", file_text(&archive));
    assert_eq!((env.list_rows().len(), rows_of_all_files(&env).len()), (2, 5));
    assert!(!env.run_once_without_failure("2025-03-28T21:00:00Z").only_list().changed);
}

#[test]
fn what_a_person_does_to_a_row_before_it_is_moved_is_done_to_it_where_it_goes() {
    for (rows, what) in [(4, "edited in the archive"), (2, "deleted from the list")] {
        let papers = daily_papers(6, "2025-03-10T12:00:00Z");
        let fake = FakeArxiv::serve_papers(papers.clone());
        let env = archiving_env(&fake, 3);
        env.run_once_without_failure(NOW);
        let env = env.with_rows(rows);
        let in_the_way = env.path("archive/.2025-03.md.paperwire-new");
        std::fs::create_dir(&in_the_way).unwrap();
        env.run_program(&["--now", NEXT_DAY, "once"]);
        std::fs::remove_dir(&in_the_way).unwrap();
        let (list, archive) = (env.path("README.md"), env.path("archive/2025-03.md"));
        if rows == 4 {
            let row = row_of_paper(&archive, &papers[3]);
            replace_in_file(&archive, &row, &row.replacen("**[", "**[Read this: ", 1));
        } else {
            replace_in_file(&list, &format!("{}\n", row_of_paper(&list, &papers[2])), "");
        }
        let answer = env.run_once_without_failure("2025-03-28T20:00:00Z");
        let all = rows_of_all_files(&env);
        if rows == 4 {
            assert!(
                row_of_paper(&list, &papers[3]).starts_with("| **[Read this: "),
                "{what}: {}",
                env.list_text()
            );
            assert_eq!(all.len(), 6, "{what}: {all:?}");
        } else {
            assert_eq!(answer.only_list().dismissed.len(), 1, "{what}: {answer:?}");
            assert!(
                all.len() == 5 && !all.iter().any(|(row, _)| *row == versioned_id(&papers[2])),
                "{what}: {all:?}"
            );
        }
        assert_eq!(env.list_rows().len(), rows as usize, "{what}");
        assert!(!env.run_once_without_failure("2025-03-28T21:00:00Z").only_list().changed, "{what}");
    }
}

#[test]
fn an_unchanged_list_has_a_checkpoint_and_any_change_is_noticed() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let (env, _) = edited_in_the_archive(&fake);
    let left = || {
        Store::open(&DatabaseUrl::Sqlite(env.path("paperwire.db")))
            .unwrap()
            .find_list_checkpoint("README.md")
            .unwrap()
    };
    let before = left().expect("a list with edits by hand is left as well");
    assert_eq!((before.rows, before.file_fingerprints.len()), (3, 2));
    assert!(!env.run_once_without_failure(NEXT_DAY).only_list().changed);
    assert_eq!(left().as_ref(), Some(&before));
    std::fs::remove_file(env.path("archive/2025-03.md")).unwrap();
    assert_eq!(
        env.run_once_without_failure("2025-03-28T20:00:00Z").only_list().archives,
        ["archive/2025-03.md"]
    );
    assert_eq!(rows_of_all_files(&env).len(), 6, "a file that was lost is written again");
}

#[test]
fn a_topic_that_loses_its_last_row_in_a_file_that_it_shares_leaves_an_empty_table_there() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let papers = daily_papers(6, "2025-03-10T12:00:00Z");
    let (ours, theirs) = (papers[..3].to_vec(), papers[3..].to_vec());
    fake.set_papers_of("all:a", ours.clone());
    fake.set_papers_of("all:b", theirs.clone());
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "all:a"), ("B", "all:b")])
        .with_rows(2)
        .with_list("archive = \"archive/{year}.md\"\n");
    env.run_once_without_failure(NOW);
    let archive = env.path("archive/2025.md");
    let row = |paper: &Paper| {
        let text = file_text(&archive);
        text.lines().find(|line| line.contains(&versioned_id(paper))).map(|line| format!("{line}\n"))
    };
    assert!(row(&ours[2]).is_some());
    replace_in_file(&archive, &row(&theirs[2]).unwrap(), "");
    let answer = env.run_once_without_failure(LATER);
    assert_eq!((answer.only_list().dismissed.len(), &answer.only_list().reason), (1, &None), "{answer:?}");
    assert!(row(&ours[2]).is_some() && row(&theirs[2]).is_none());
    assert_eq!(
        env.list_text().matches("archive/2025.md").count(),
        1,
        "only the topic that has rows there leads to it"
    );

    let more = Paper { updated: "2025-03-26T12:00:00Z".parse().unwrap(), ..sample_papers(7)[6].clone() };
    fake.set_papers_of("all:b", newest_first([vec![more], theirs.clone()].concat()));
    env.run_once_without_failure(NEXT_DAY);
    assert!(row(&theirs[1]).is_some() && row(&theirs[2]).is_none(), "{}", file_text(&archive));
    assert_eq!(rows_of_all_files(&env).len(), 6);
}

#[test]
fn a_list_that_a_person_made_shorter_keeps_all_rows_that_fit_then() {
    let long = paperwire::domain::Abstract("word ".repeat(3000).trim().to_owned());
    let papers: Vec<_> = daily_papers(60, "2025-01-20T12:00:00Z")
        .into_iter()
        .map(|paper| Paper { abstract_: long.clone(), ..paper })
        .collect();
    let fake = FakeArxiv::serve_papers(papers[30..].to_vec());
    let env = archiving_env(&fake, 60);
    env.run_once_without_failure(NOW);
    assert_eq!(env.list_rows().len(), 30);
    let folded = format!("<details><summary>Show</summary><p>{}</p></details>", long.0);
    env.write_list(&env.list_text().replace(&folded, "mine"));
    fake.set_papers(papers.clone());
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!((answer.only_list().rows, &answer.only_list().notes), (60, &vec![]), "{answer:?}");
    assert_eq!(env.list_text().matches("| mine |").count(), 30);
}

#[test]
fn a_year_of_several_topics_goes_to_as_many_files_as_it_needs() {
    let long = paperwire::domain::Abstract("word ".repeat(3000).trim().to_owned());
    let papers: Vec<_> = daily_papers(80, "2025-01-05T12:00:00Z")
        .into_iter()
        .map(|paper| Paper { abstract_: long.clone(), ..paper })
        .collect();
    let fake = FakeArxiv::serve_papers(vec![]);
    fake.set_papers_of("all:a", papers[2..50].to_vec());
    fake.set_papers_of("all:b", papers[50..].to_vec());
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "all:a"), ("B", "all:b")])
        .with_rows(3)
        .with_list("archive = \"archive/{year}.md\"\n");
    let answer = env.run_once_without_failure(NOW);
    assert_eq!(answer.only_list().archives, ["archive/2025-2.md", "archive/2025-3.md", "archive/2025.md"]);
    let first = env.path("archive/2025.md");
    for file in
        [&first, &env.path("archive/2025-2.md"), &env.path("archive/2025-3.md"), &env.path("README.md")]
    {
        assert!(file.metadata().unwrap().len() < 500_000, "{}", file.display());
    }
    assert_eq!(rows_of_all_files(&env).len(), 78);
    let before = file_text(&first);
    assert!(before.contains(&versioned_id(&papers[79])) && !before.contains(&versioned_id(&papers[10])));
    assert!(!env.run_once_without_failure(LATER).only_list().changed);

    let row = before.lines().find(|line| line.contains("/abs/") && line.contains("| None |")).unwrap();
    let wordy = row.replacen("| None |", &format!("| {} |", "much to say ".repeat(5000)), 1);
    replace_in_file(&first, row, &wordy);
    fake.set_papers_of("all:a", papers[..50].to_vec());
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert!(
        !answer.only_list().archives.contains(&"archive/2025.md".to_owned()),
        "what is full stays as it is"
    );
    assert_eq!(rows_of_all_files(&env).len(), 80);
    let notes = &answer.only_list().notes;
    assert!(
        matches!(&notes[..], [note] if note.contains("2025.md has 5") && note.ends_with("GitHub shows 512000")),
        "{notes:?}"
    );
}

#[test]
fn what_was_archived_stays_where_it_is_without_the_key_and_goes_to_another_pattern() {
    let papers = daily_papers(7, "2025-03-10T12:00:00Z");
    let fake = FakeArxiv::serve_papers(papers.clone());
    let env = archiving_env(&fake, 3);
    env.run_once_without_failure(NOW);
    let archive = env.path("archive/2025-03.md");
    let lines = |file: &Path| {
        let text = file_text(file);
        text.lines().filter(|line| line.contains("/abs/")).map(str::to_owned).collect::<Vec<_>>()
    };
    let rows = lines(&archive);
    replace_in_file(&archive, &rows[0], &rows[0].replacen("**[", "**[Mine: ", 1));
    replace_in_file(&archive, &format!("{}\n", rows[3]), "");

    let env = env.with_list("");
    env.run_once_without_failure(LATER);
    assert!(!env.list_text().contains("Older papers"));
    let mut newer = papers.clone();
    newer[4] = Paper { updated: "2025-03-26T12:00:00Z".parse().unwrap(), ..next_version(&papers[4], 0) };
    fake.set_papers(newest_first(newer));
    let answer = env.run_once_without_failure(NEXT_DAY);
    assert_eq!((answer.only_list().dismissed.len(), answer.only_list().changed), (0, true), "{answer:?}");
    let kept = lines(&archive);
    assert!(kept[0].contains("**[Mine: ") && kept[1..] == rows[2..3], "{kept:?}");
    assert!(
        env.list_rows().contains(&versioned_id(&next_version(&papers[4], 0))),
        "what has a new version stands in the list alone"
    );

    let env = env.with_list("archive = \"old/{year}.md\"\n");
    env.run_once_without_failure("2025-03-28T20:00:00Z");
    assert_eq!(lines(&archive), Vec::<String>::new());
    let old = lines(&env.path("old/2025.md"));
    assert!(old[1].contains("**[Mine: ") && old[2..] == rows[2..3], "{old:?}");
    assert_eq!((old.len(), env.list_rows().len()), (3, 3));
    std::fs::remove_file(&archive).unwrap();
    let answer = env.run_once_without_failure("2025-03-29T20:00:00Z");
    assert!(!answer.only_list().changed && !archive.exists(), "what a person took away is not written again");
}

#[test]
fn a_former_file_with_the_rows_of_a_topic_that_left_the_list_is_not_generated_again() {
    let fake = FakeArxiv::serve_papers(vec![]);
    let papers = daily_papers(8, "2025-03-10T12:00:00Z");
    fake.set_papers_of("all:a", papers[..4].to_vec());
    fake.set_papers_of("all:b", papers[4..].to_vec());
    let env = TestEnv::with_arxiv(&fake)
        .with_topics(&[("A", "all:a"), ("B", "all:b")])
        .with_rows(2)
        .with_list("archive = \"archive/{year}.md\"\n");
    env.run_once_without_failure(NOW);
    let (former, now) = (env.path("archive/2025.md"), env.path("old/2025.md"));
    let theirs = row_of_paper(&former, &papers[7]);
    replace_in_file(&former, &theirs, &theirs.replacen("**[", "**[Mine: ", 1));
    env.run_once_without_failure(LATER);

    let env = env.with_topics(&[("A", "all:a")]).with_list("archive = \"old/{year}.md\"\n");
    let list = env.list_text();
    env.write_list(list.split_once("\n<!-- paperwire:begin B -->").unwrap().0);
    env.run_once_without_failure(NEXT_DAY);
    assert!(
        row_of_paper(&former, &papers[7]).starts_with("| **[Mine: ")
            && file_text(&former).contains(&versioned_id(&papers[6]))
    );
    assert!(
        !file_text(&former).contains(&versioned_id(&papers[2]))
            && file_text(&now).contains(&versioned_id(&papers[2]))
    );

    let db = rusqlite::Connection::open(env.path("paperwire.db")).unwrap();
    db.execute("UPDATE archive_volumes SET part = part + 10", []).unwrap();
    replace_in_file(&env.path("README.md"), "# Papers\n", "# Papers that I read\n");
    let before = (file_text(&former), file_text(&now));
    assert!(!env.run_once_without_failure("2025-03-28T20:00:00Z").only_list().changed);
    assert_eq!((file_text(&former), file_text(&now)), before);
    let noted_anew = "SELECT count(*) FROM archive_volumes WHERE part < 10";
    assert_eq!(db.query_row(noted_anew, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
}
