//! The one table of chapters. A new chapter is one more entry in [`CHAPTERS`].

use std::path::Path;

use common::Result;
use common::program::Figure;

use crate::curves;

/// How much of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Within two minutes: a first look.
    Quick,
    /// Within ten minutes on two cores.
    Normal,
    /// Everything as it was published.
    Full,
}

/// What to run at one pace.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many seeds, unless the user says.
    pub seeds: usize,
    /// Arguments of the first seed's run, which the pages show.
    pub first: &'static [&'static str],
    /// Arguments of the other seeds' runs, which give the spread.
    pub others: &'static [&'static str],
}

impl Plan {
    /// The same arguments for every seed.
    const fn alike(seeds: usize, arguments: &'static [&'static str]) -> Plan {
        Plan { seeds, first: arguments, others: arguments }
    }
}

/// A published figure, and why ours may be another.
#[derive(Clone, Copy, Debug)]
pub struct Published {
    /// The name it has in the chapter's summary.
    pub figure: &'static str,
    /// As it was published.
    pub article: &'static str,
    /// A line on what makes the difference; may be empty.
    pub note: &'static str,
}

/// Reads figures from the folder of a run.
pub type ReadFigures = fn(&Path) -> Result<Vec<Figure>>;

/// One chapter of the tour.
#[derive(Debug)]
pub struct Chapter {
    /// Its package.
    pub package: &'static str,
    /// The stem that its folder, its pages and its pictures share.
    pub stem: &'static str,
    /// For people.
    pub title: &'static str,
    /// The data set that the published figures are about.
    pub data: &'static str,
    /// What `--quick` runs.
    pub quick: Plan,
    /// What runs by default.
    pub normal: Plan,
    /// What `--full` runs.
    pub full: Plan,
    /// Every figure that was published.
    pub published: &'static [Published],
    /// Figures that a run leaves in its folder rather than in its summary.
    pub more_figures: Option<ReadFigures>,
}

impl Chapter {
    /// What to run at `pace`.
    pub fn plan(&self, pace: Pace) -> Plan {
        match pace {
            Pace::Quick => self.quick,
            Pace::Normal => self.normal,
            Pace::Full => self.full,
        }
    }
}

const THE_SEED_ALONE: &str = "the article's is a single run; the seed alone, \
    which decides starting weights and batches, moves this figure by 0.3 to 0.4 points";

const LOOP_TIME: &str = "the article's is NumPy in f64 on a laptop with two cores at 2.4 GHz; \
    ours is the training loop in f32 on the machine above: batches, forward, loss, backward, \
    update; loading, the test and the pictures are not in it";

const READ_OFF: &str = "the article's are read off the curves of a single run by eye, \
    and so is where they go flat";

const PLOTS: &str = "the article shows single runs in plots, without a number to quote; ours are \
    means over 100 random splits, and all in Rust";

const JULIA: &str = "the article compares languages and protocols at once; ours compares the \
    protocols alone, all in Rust, with batch sizes of our choice, so it says how much a protocol \
    can do and nothing of Julia";

const SPEED_ALONE: &str = "the reviewer of the comparison of Knet, Flux and Keras ran both kinds of \
    network for their speed and gives no accuracy; layers, units and epochs are ours";

/// All chapters, in the order of the course.
pub static CHAPTERS: [Chapter; 13] = [
    Chapter {
        package: "perceptron",
        stem: "01-perceptron",
        title: "The perceptron",
        data: "MNIST",
        quick: Plan::alike(5, &["--quick"]),
        normal: Plan::alike(5, &[]),
        full: Plan::alike(5, &[]),
        published: &[
            Published { figure: "test accuracy", article: "86.64 %", note: THE_SEED_ALONE },
            Published { figure: "training", article: "3.68457 s", note: LOOP_TIME },
        ],
        more_figures: None,
    },
    Chapter {
        package: "hidden-layer",
        stem: "02-hidden-layer",
        title: "A hidden layer",
        data: "MNIST",
        quick: Plan::alike(5, &["--quick"]),
        normal: Plan::alike(5, &[]),
        full: Plan::alike(5, &[]),
        published: &[
            Published {
                figure: "test accuracy",
                article: "87.08 %",
                note: "the article's is a single run, and its 0.44 points more than the \
                    perceptron's are about what the seed alone moves",
            },
            Published { figure: "training", article: "6.02029 s", note: LOOP_TIME },
        ],
        more_figures: None,
    },
    Chapter {
        package: "iterations",
        stem: "03-iterations",
        title: "How long, how fast",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick", "--fresh"]),
        normal: Plan::alike(1, &["--fresh"]),
        full: Plan {
            seeds: 5,
            first: &["--full", "--fresh"],
            others: &["--study", "iterations", "--iterations", "150000", "--fresh"],
        },
        published: &[
            Published {
                figure: "simple after 150,000 iterations",
                article: "about 92 %, flat from 100,000 to 150,000 on",
                note: READ_OFF,
            },
            Published {
                figure: "hidden after 150,000 iterations",
                article: "about 96 %, flat from 100,000 to 150,000 on",
                note: READ_OFF,
            },
            Published {
                figure: "simple after 500,000 iterations",
                article: "about 92 %",
                note: READ_OFF,
            },
            Published {
                figure: "hidden after 500,000 iterations",
                article: "about 96 %",
                note: READ_OFF,
            },
        ],
        more_figures: Some(curves::rates),
    },
    Chapter {
        package: "cnn-naive",
        stem: "04-cnn-naive",
        title: "One filter, in plain loops",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(5, &[]),
        full: Plan::alike(5, &[]),
        published: &[
            Published {
                figure: "test accuracy",
                article: "not measured",
                note: "the article shows the training batches alone; where ours ends depends on \
                    the seed and on the very last steps, which are too large for the output layer",
            },
            Published {
                figure: "training",
                article: "18,282.34322 s",
                note: "the article's is Python that calls NumPy 180 million times, each time for a \
                    handful of numbers; ours are the same loops, compiled, on one core",
            },
        ],
        more_figures: None,
    },
    Chapter {
        package: "cnn-im2col",
        stem: "05-cnn-im2col",
        title: "The same network, as a matrix product",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(5, &[]),
        published: &[Published {
            figure: "training",
            article: "18,282.34322 s",
            note: "of the same network in the article's own way; ours is once through patches \
                and a matrix product, and once in one go",
        }],
        more_figures: None,
    },
    Chapter {
        package: "cnn-gpu",
        stem: "06-cnn-gpu",
        title: "The same network on the GPU",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(1, &[]),
        published: &[Published {
            figure: "step",
            article: "6,094,114 us",
            note: "the article's is its 18,282 s divided by its 3,000 iterations, on a processor; \
                ours is what the page says it ran on, which may be software that plays a GPU",
        }],
        more_figures: None,
    },
    Chapter {
        package: "conv-race",
        stem: "07-conv-race",
        title: "Naive against optimised",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(1, &["--full"]), // the machine is raced, not the seed
        published: &[Published {
            figure: "step, the article's own way",
            article: "6.094 s",
            note: "the article's is its 18,282 s divided by its 3,000 iterations, in NumPy and \
                f64; ours does the same calls in the same order in Rust and f32, and the other \
                rungs the same step in other ways: see the page",
        }],
        more_figures: None,
    },
    Chapter {
        package: "deep-cnn",
        stem: "08-deep-cnn",
        title: "Several layers, past 99 %",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(5, &[]),
        published: &[Published {
            figure: "test accuracy",
            article: "99 % and more, a promise",
            note: "the TensorFlow article reaches about 90 % with one convolution and names what \
                to change for more; ours is the network that its successors have",
        }],
        more_figures: None,
    },
    Chapter {
        package: "dropout-adam",
        stem: "09-dropout-adam",
        title: "Dropout and Adam",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(5, &[]),
        published: &[
            Published {
                figure: "test accuracy",
                article: "96.68 % (Flux), 96.36 % (TensorFlow)",
                note: "all are means of five runs; the article does not give activation, batch \
                    size, learning rate and dropout: ours are chosen on training images held back",
            },
            Published {
                figure: "training",
                article: "9.46 s (Flux), 31.96 s (TensorFlow)",
                note: "the article's are of a T4, ten epochs, with loading and compilation left \
                    out; ours is the same work on the processor, without loading too",
            },
        ],
        more_figures: None,
    },
    Chapter {
        package: "batchnorm",
        stem: "10-batchnorm",
        title: "Batch norm in a regression",
        data: "300 points",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(5, &[]),
        published: &[Published {
            figure: "all points",
            article: "a picture, no number",
            note: "the article prints the loss as it goes down and shows data and estimate; the \
                best polynomial is what its picture can be measured by",
        }],
        more_figures: None,
    },
    Chapter {
        package: "iris",
        stem: "11-iris",
        title: "150 flowers, a fair comparison",
        data: "Iris",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &[]),
        full: Plan::alike(5, &[]),
        published: &[
            Published { figure: "test accuracy, Keras's rules", article: "a plot", note: PLOTS },
            Published { figure: "test accuracy, Knet's rules", article: "a plot", note: PLOTS },
            Published { figure: "test accuracy, Flux's rules", article: "a plot", note: PLOTS },
            Published {
                figure: "Knet's time by Keras's, own rules",
                article: "Julia faster, a plot",
                note: JULIA,
            },
            Published {
                figure: "Flux's time by Keras's, own rules",
                article: "Julia faster, a plot",
                note: JULIA,
            },
        ],
        more_figures: None,
    },
    Chapter {
        package: "fashion",
        stem: "12-fashion",
        title: "Clothes: a perceptron against convolutions",
        data: "Fashion-MNIST",
        quick: Plan::alike(1, &["--quick"]),
        normal: Plan::alike(1, &["--epochs", "4"]),
        full: Plan { seeds: 5, first: &[], others: &["--naive-steps", "2"] },
        published: &[
            Published { figure: "CNN accuracy", article: "not given", note: SPEED_ALONE },
            Published { figure: "MLP accuracy", article: "not given", note: SPEED_ALONE },
            Published {
                figure: "CNN epoch",
                article: "no figure, Keras by far the fastest",
                note: "the reviewer of the comparison of Knet, Flux and Keras suspects their \
                    convolutions on the CPU; ours is the same training in fast and in naive \
                    convolution, of which the latter is projected from a few steps",
            },
        ],
        more_figures: None,
    },
    Chapter {
        package: "checkpoints",
        stem: "13-checkpoints",
        title: "Checkpoints, and a start from zero",
        data: "MNIST",
        quick: Plan::alike(1, &["--quick", "--fresh"]),
        normal: Plan::alike(1, &["--fresh", "--table"]),
        full: Plan::alike(5, &["--fresh", "--table", "--improved"]),
        published: &[
            Published {
                figure: "test accuracy",
                article: "about 90 %",
                note: "ours is the article's network with Adam's usual rate, which it does not \
                    give; the other figures are the same network from the other start, and with \
                    dropout as the article's words have it and with none",
            },
            Published {
                figure: "improved accuracy",
                article: "99 % and more, a promise",
                note: "the article names what to tune and leaves it to the reader; ours is its \
                    list, line by line, in as many steps",
            },
        ],
        more_figures: None,
    },
];

/// The chapters called `names` (package or folder), in the order of the
/// course; all of them if `names` is empty.
pub fn chosen(names: &[String]) -> Vec<&'static Chapter> {
    CHAPTERS
        .iter()
        .filter(|chapter| names.is_empty() || names.iter().any(|name| is_called(chapter, name)))
        .collect()
}

/// A parser for the name of a chapter.
///
/// # Errors
/// A sentence for clap to print, with all names, if there is no such chapter.
pub fn known(name: &str) -> std::result::Result<String, String> {
    if CHAPTERS.iter().any(|chapter| is_called(chapter, name)) {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = CHAPTERS.iter().map(|chapter| chapter.package).collect();
    Err(format!("there is no such chapter; the chapters are {}", names.join(", ")))
}

fn is_called(chapter: &Chapter, name: &str) -> bool {
    chapter.package == name || chapter.stem == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_a_package_of_the_course_in_its_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for chapter in &CHAPTERS {
            let manifest = folder.join(chapter.stem).join("Cargo.toml");
            let manifest = std::fs::read_to_string(&manifest).unwrap();
            let name = format!("name = \"{}\"", chapter.package);
            assert!(manifest.lines().any(|line| line == name), "{name}");
        }
    }

    #[test]
    fn every_chapter_is_an_entry() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let numbered = std::fs::read_dir(folder).unwrap().filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with(|c: char| c.is_ascii_digit())
        });
        assert_eq!(numbered.count(), CHAPTERS.len());
    }

    #[test]
    fn chapters_are_chosen_by_package_or_folder_and_come_in_the_course_s_order() {
        let names = ["03-iterations", "perceptron", "perceptron"].map(str::to_owned);
        let packages: Vec<_> = chosen(&names).iter().map(|c| c.package).collect();
        assert_eq!(packages, ["perceptron", "iterations"]);
        assert_eq!(chosen(&[]).len(), CHAPTERS.len());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let fault = known("nonsense").unwrap_err();
        assert!(fault.contains("perceptron, hidden-layer, iterations, cnn-naive"), "{fault}");
        assert_eq!(known("02-hidden-layer").unwrap(), "02-hidden-layer");
    }
}
