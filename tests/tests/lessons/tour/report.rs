//! The table and the notices at the end.

use tour::chapters::all;
use tour::report::{estimates, line, notices, table};
use tour::results::ChapterResult;

use super::{TWO, failure, result_of};

#[test]
fn the_table_shows_what_was_reached_beside_the_article_and_the_seconds() {
    let skipped = ChapterResult {
        skipped: Some("no GPU was found".to_owned()),
        ..ChapterResult::new(&all()[5])
    };
    let estimated = ChapterResult { estimate: Some(3.06), ..result_of(&TWO) };
    let table = table(&[estimated, ChapterResult::new(&all()[1]), skipped]);
    let expected = "\
chapter       reached                       article    seeds  seconds  estimate
perceptron    test accuracy 86.50 ± 0.71 %  86.64 %        2      4.0       3.1
              training 0.25 ± 0.07 s        3.68457 s      2
hidden-layer  not finished
cnn-gpu       skipped, see below
";
    assert_eq!(table, expected);
}

#[test]
fn estimates_are_compared_with_what_whole_chapters_took() {
    let of = |estimate| ChapterResult { estimate, ..result_of(&TWO) }; // took 4 s
    assert_eq!(
        estimates(&[of(Some(7.9)), of(Some(2.1)), of(None)]),
        "estimated 10 s, took 8 s; beyond a factor of two: none\n"
    );
    let (long, short) = (of(Some(8.1)), of(Some(1.9)));
    assert_eq!(
        estimates(&[long, short]),
        "estimated 10 s, took 8 s; beyond a factor of two: perceptron, perceptron\n"
    );
    let failed = ChapterResult { failure: Some(failure()), ..of(Some(4.0)) };
    assert_eq!(estimates(&[of(None), failed, ChapterResult::new(&all()[1])]), "");
}

#[test]
fn the_line_of_a_chapter_has_its_main_figure() {
    assert_eq!(
        line(&result_of(&TWO)),
        "test accuracy 86.50 ± 0.71 % (article 86.64 %), 2 seeds, 4.0 s"
    );
}

#[test]
fn other_data_than_the_article_s_is_reported_once_for_all_chapters_that_used_it() {
    let line = "perceptron on built-in digits: test accuracy 74.00 % (article 86.64 %)";
    let another = ChapterResult { chapter: &all()[1], ..result_of(&[line]) };
    let notice = notices(&[result_of(&[line]), another, result_of(&TWO)]);
    assert!(notice.starts_with("NOTICE: perceptron, hidden-layer ran on the built-in digits"));
    assert_eq!(notice.lines().count(), 1, "{notice}");
    assert_eq!(notices(&[result_of(&TWO)]), "");
}

#[test]
fn a_failure_is_reported_with_its_code_its_last_line_and_its_log() {
    let result = ChapterResult { failure: Some(failure()), ..result_of(&[]) };
    let results = [result];
    assert!(table(&results).contains("perceptron  FAILED, see below"));
    assert_eq!(
        notices(&results),
        "perceptron failed: seed 2 ended with exit code 1: Error: the disk is full\n  \
         its whole output is in out/tour/perceptron/seed-2.log\n"
    );
}

#[test]
fn a_chapter_that_was_skipped_is_reported_with_the_reason() {
    let reason = Some("no GPU was found".to_owned());
    let result = ChapterResult { skipped: reason, ..ChapterResult::new(&all()[5]) };
    assert_eq!(notices(&[result]), "cnn-gpu was skipped: no GPU was found\n");
}
