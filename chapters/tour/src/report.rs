//! The table and the notices at the end of the tour.

use crate::results::{ChapterResult, Failure, Measurement, other_data};

/// The result of a chapter in one line: its main figure beside the article's.
pub fn line(result: &ChapterResult) -> String {
    let seconds = result.seconds();
    let seeds = result.runs.len();
    let s = if seeds == 1 { "" } else { "s" };
    let figures = result.main_figures();
    let figure = figures.first().map_or(String::new(), |figure| {
        let (ours, article) = cells(figure);
        if article.is_empty() { ours } else { format!("{ours} (article {article})") }
    });
    format!("{figure}, {seeds} seed{s}, {seconds:.1} s")
}

/// All results: chapter, what it reached, the published figure, number of
/// seeds, the seconds of all its runs, and how many were expected.
pub fn table(results: &[ChapterResult]) -> String {
    let head = ["chapter", "reached", "article", "seeds", "seconds", "estimate"];
    let mut rows = vec![head.map(str::to_owned)];
    for result in results {
        let mut package = result.chapter.package.clone();
        let mut seconds = format!("{:.1}", result.seconds());
        let mut estimate = result.estimate.map_or(String::new(), |s| format!("{s:.1}"));
        for figure in result.main_figures() {
            let (ours, article) = cells(&figure);
            let seeds = figure.ours.map_or(0, |ours| ours.n).to_string();
            rows.push([package, ours, article, seeds, seconds, estimate]);
            (package, seconds, estimate) = Default::default();
        }
        let unfinished = if result.failure.is_some() {
            "FAILED, see below"
        } else if !result.runs.is_empty() {
            continue;
        } else if result.skipped.is_some() {
            "skipped, see below"
        } else {
            "not finished"
        };
        rows.push([&package, unfinished, "", "", "", ""].map(str::to_owned));
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [a, b, c, d, e, g] = [0, 1, 2, 3, 4, 5].map(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for [chapter, reached, article, seeds, seconds, estimate] in &rows {
        let times = format!("{seeds:>d$}  {seconds:>e$}  {estimate:>g$}");
        text += format!("{chapter:a$}  {reached:b$}  {article:c$}  {times}").trim_end();
        text.push('\n');
    }
    text
}

/// "test accuracy 86.31 ± 0.35 %" and "86.64 %".
fn cells(figure: &Measurement) -> (String, String) {
    let ours = figure.ours.map_or(String::new(), |ours| ours.mean_and_sd(&figure.unit));
    let article = figure.article.clone().unwrap_or_default();
    (format!("{} {ours}", figure.name), article)
}

/// How good the estimates of whole chapters were; empty if there were none.
pub fn estimates(results: &[ChapterResult]) -> String {
    let (mut estimated, mut took, mut off) = (0.0, 0.0, Vec::new());
    for result in results.iter().filter(|r| r.failure.is_none() && !r.runs.is_empty()) {
        let Some(estimate) = result.estimate else { continue };
        (estimated, took) = (estimated + estimate, took + result.seconds());
        if !(0.5..=2.0).contains(&(estimate / result.seconds())) {
            off.push(result.chapter.package.as_str());
        }
    }
    let off = if off.is_empty() { "none".to_owned() } else { off.join(", ") };
    match took {
        0.0 => String::new(),
        _ => {
            format!("estimated {estimated:.0} s, took {took:.0} s; beyond a factor of two: {off}\n")
        }
    }
}

/// The notices: other data than the article's, which chapters were skipped and why, and
/// which failed: how, the last line of output, and the log.
pub fn notices(results: &[ChapterResult]) -> String {
    let mut notices = String::new();
    for (used, published) in other_data(results) {
        let chapters: Vec<&str> = results
            .iter()
            .filter(|result| result.chapter.data == published)
            .filter(|result| result.runs.iter().any(|run| run.summary.data == used))
            .map(|result| result.chapter.package.as_str())
            .collect();
        notices += &format!(
            "NOTICE: {} ran on the {used}, not on {published}: these figures are not comparable \
             with the article's. Run again with a network, or add --data DIR.\n",
            chapters.join(", ")
        );
    }
    for ChapterResult { chapter, skipped, .. } in results {
        if let Some(why) = skipped {
            notices += &format!("{} was skipped: {why}\n", chapter.package);
        }
    }
    for ChapterResult { chapter, failure, .. } in results {
        if let Some(Failure { how, last_line, log }) = failure {
            let (package, log) = (&chapter.package, log.display());
            notices +=
                &format!("{package} failed: {how}: {last_line}\n  its whole output is in {log}\n");
        }
    }
    notices
}
