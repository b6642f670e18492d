//! What becomes of papers that were taken for one work, by whole runs of the program: the links that they are known by, and
//! what parts them again.

use super::topics::{FOUND, FeedArticle};
use super::works::{ARTICLE, ARTICLE_ID, check_whole, known_sources};
use crate::test_env::{LATER, NEXT_DAY, stdout};

#[test]
fn a_row_that_links_arxiv_is_of_the_article_that_a_feed_shows_under_both_identifiers() {
    let env = known_sources();
    let both = FeedArticle { link: "https://arxiv.org/abs/2503.30001", guid: "10.1000/birds", ..ARTICLE };
    env.show(&[ARTICLE, both, FOUND]);
    assert_eq!(env.run_counts(LATER), (1, 0, 0));
    let list = env.env.list_text();
    let edited = list.replace("https://doi.org/10.1000/birds", "https://arxiv.org/abs/2503.30001");
    assert_ne!(edited, list);
    env.env.write_list(&edited);
    assert_eq!(env.run_counts(NEXT_DAY), (0, 0, 0));
    assert_eq!(env.env.list_text(), edited, "it is the same row, as a person left it");
    check_whole(&env.env);
    let dismissed = env.env.run_program(&["list", "dismissed"]);
    assert!(stdout(&dismissed).contains("nothing was taken out"), "{dismissed:?}");
    assert_eq!(env.explain("2503.30001")["id"], ARTICLE_ID);
}
