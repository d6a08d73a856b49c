//! Which number of the output is mine? A thread of a GPU knows its workgroup and its place
//! in it, and nothing else.
//!
//!     at = group * 64 + t                          64 threads in a workgroup
//!     at = ((n FN + f) OH + i) OW + j              out (N, FN, OH, OW)
//!
//! Page: docs/en/06-cnn-gpu.md, exercise 2

const WORKGROUP: usize = 64;

/// How many workgroups it takes for `out (N, FN, OH, OW)`, one thread for each number.
fn groups(out: [usize; 4]) -> usize {
    out.iter().product::<usize>().div_ceil(WORKGROUP)
}

/// Image, filter, row and column of the output that thread `t` of workgroup `group` makes;
/// `None` beyond the last.
fn place(group: usize, t: usize, out: [usize; 4]) -> Option<[usize; 4]> {
    let [n, filters, oh, ow] = out;
    let at = group * WORKGROUP + t;
    let place = [at / (ow * oh * filters), at / (ow * oh) % filters, at / ow % oh, at % ow];
    (at < n * filters * oh * ow).then_some(place)
}

fn main() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_thread_and_some_threads_have_none() {
        let out = [3, 5, 4, 7]; // 420 numbers
        assert_eq!(groups(out), 7);
        let threads = (0..groups(out)).flat_map(|group| (0..WORKGROUP).map(move |t| (group, t)));
        let places: Vec<_> = threads.filter_map(|(group, t)| place(group, t, out)).collect();
        assert_eq!(places.len(), 420); // 28 threads are idle
        assert_eq!(places[0], [0, 0, 0, 0]);
        assert_eq!(places[1], [0, 0, 0, 1]);
        assert_eq!(places[419], [2, 4, 3, 6]);
        assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn the_first_thread_of_the_second_workgroup_goes_on_where_the_first_ended() {
        // 64 = ((0 x 5 + 2) x 4 + 1) x 7 + 1
        assert_eq!(place(1, 0, [3, 5, 4, 7]), Some([0, 2, 1, 1]));
        assert_eq!(place(6, 35, [3, 5, 4, 7]), Some([2, 4, 3, 6]));
        assert_eq!(place(6, 36, [3, 5, 4, 7]), None);
    }

    #[test]
    fn a_full_last_workgroup_needs_no_other() {
        assert_eq!(groups([1, 1, 8, 16]), 2);
        assert_eq!(groups([1, 1, 8, 17]), 3);
    }
}
