//! Many runs on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use common::program::Progress;
use common::program::interrupt;
use common::{Error, Result};

use crate::{Examples, Run};

/// Trains every run up to its target, each on one thread: runs know nothing of
/// each other, so this shares the cores better than sharing out the products
/// within an iteration, and the numbers are the same either way. Each run
/// comes with its examples.
///
/// # Errors
/// The first run's error, or that Ctrl-C was pressed.
pub fn train_all(mut runs: Vec<(&mut Run, Examples)>, threads: usize) -> Result {
    // The longest first: none is left to run alone at the end.
    runs.sort_by_key(|(run, _)| std::cmp::Reverse(work_left(run)));
    let total: u64 = runs.iter().map(|(run, _)| work_left(run)).sum();
    let steps = 1000; // of the progress bar
    let mut progress = Progress::new(steps);
    let done = AtomicU64::new(0);
    let waiting = Mutex::new(runs.into_iter());
    let next = || waiting.lock().ok().and_then(|mut runs| runs.next());
    let failed = AtomicBool::new(false); // then the others keep what they have
    let stop = || failed.load(Ordering::Relaxed) || interrupt::pressed() > 0;
    let worker = || -> Result {
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        while let Some((run, examples)) = next() {
            if stop() {
                break;
            }
            let cost = run.setting.cost();
            let tell = || {
                done.fetch_add(cost, Ordering::Relaxed);
            };
            let result = alone.install(|| run.train(&examples, stop, tell));
            if result.is_err() {
                failed.store(true, Ordering::Relaxed);
                return result;
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut told = false;
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::sleep(Duration::from_millis(20));
            if interrupt::pressed() > 1 {
                std::process::exit(1); // the second Ctrl-C does not wait
            }
            if interrupt::pressed() == 1 && !told {
                eprintln!("stopping at the next point of the curve ...");
                told = true;
            }
            let share = done.load(Ordering::Relaxed) as f64 / total.max(1) as f64;
            progress.at((share * steps as f64) as usize, || "of the work".to_owned());
        }
        progress.finish();
        for worker in workers {
            worker
                .join()
                .map_err(|_| Error::new("a training thread broke off; please report it"))??;
        }
        if interrupt::pressed() > 0 {
            return Err(Error::new(
                "stopped; what was reached is kept, run the same command again to go on",
            ));
        }
        Ok(())
    })
}

fn work_left(run: &Run) -> u64 {
    run.setting.cost() * run.target.saturating_sub(run.iteration) as u64
}
