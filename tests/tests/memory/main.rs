//! How much memory is asked for: by training steps, by the race, by damaged files.
//!
//! One test for all, since the allocator counts for the whole process: whatever ran
//! beside a count would be counted too. It prints which part it is in.

mod convolution;
mod deep_cnn;
mod idx;
mod race;
mod untrusted;

use referee::counting::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn memory_is_asked_for_once_and_only_as_much_as_is_needed() {
    // One thread, the caller: rayon's own queues are not what is counted here.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    pool.build_global().unwrap();
    let parts: [(&str, fn()); 5] = [
        ("convolution", convolution::nothing_fast_asks_for_memory_again),
        ("deep_cnn", deep_cnn::a_step_of_the_deep_network_asks_for_no_memory),
        ("race", race::the_last_two_rungs_ask_for_no_memory_and_the_race_for_less_than_350_mb),
        ("idx", idx::idx_files_take_no_more_memory_than_they_warrant),
        ("untrusted", untrusted::files_take_no_more_memory_than_was_compared),
    ];
    for (name, part) in parts {
        println!("{name}");
        part();
    }
}
