//! Many runs on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use common::program::{Progress, interrupt};
use common::{Error, Result};

use crate::config::BATCH_SIZE;
use crate::training::Run;

/// Trains all runs, each on one thread. Runs are independent, so this uses the cores
/// better than sharing the products within an iteration; the numbers are the same.
/// Fails with the error of the first run that fails, or that Ctrl-C was pressed.
pub fn train_all(runs: &mut [Run], threads: usize) -> Result {
    let total: u64 = runs.iter().map(work_left).sum();
    let mut queue: Vec<&mut Run> = runs.iter_mut().collect();
    queue.sort_by_key(|run| std::cmp::Reverse(work_left(run))); // the longest run first
    let queue = Mutex::new(queue.into_iter());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let (work_done, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let stop = || failed.load(Ordering::Relaxed) || interrupt::pressed() > 0;
    let worker = || -> Result {
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        while let Some(run) = next() {
            if stop() {
                break;
            }
            let work = work_of_iteration(run);
            let done = || _ = work_done.fetch_add(work, Ordering::Relaxed);
            let result = one_thread.install(|| run.train(stop, done));
            if result.is_err() {
                failed.store(true, Ordering::Relaxed); // the others save and stop
                return result;
            }
        }
        Ok(())
    };
    let steps = 1000; // of the progress bar
    let mut progress = Progress::new(steps);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let mut announced = false;
        while workers.iter().any(|worker| !worker.is_finished()) {
            thread::sleep(Duration::from_millis(20));
            if interrupt::pressed() > 1 {
                std::process::exit(1); // the second Ctrl-C does not wait
            }
            if interrupt::pressed() == 1 && !announced {
                eprintln!("stopping at the next point of the curve ...");
                announced = true;
            }
            let share = work_done.load(Ordering::Relaxed) as f64 / total.max(1) as f64;
            progress.at((share * steps as f64) as usize, || "of the work".to_owned());
        }
        progress.finish();
        for worker in workers {
            let broken = |_| Error::new("a training thread broke off; please report it");
            worker.join().map_err(broken)??;
        }
        if interrupt::pressed() > 0 {
            return Err(Error::new(
                "stopped; what was reached is kept, run the same command again to go on",
            ));
        }
        Ok(())
    })
}

/// Roughly the multiplications of one iteration. 10 outputs cost more than a
/// tenth of 100, since the batch has to be fetched too.
fn work_of_iteration(run: &Run) -> u64 {
    (BATCH_SIZE * (run.config.hidden.unwrap_or(10) + 15)) as u64
}

fn work_left(run: &Run) -> u64 {
    work_of_iteration(run) * run.config.iterations.saturating_sub(run.iteration) as u64
}
