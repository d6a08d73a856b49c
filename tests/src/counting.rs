//! An allocator that counts how often memory is asked for, and how much a thread holds.
//! The tests that want it are alone in their binary, so that no other one is counted:
//!
//! ```text
//! #[global_allocator]
//! static ALLOCATOR: Counting = Counting;
//! ```

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, with both counts.
pub struct Counting;

static ASKED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static HELD: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

/// How often [`Counting`] has been asked for memory so far, by any thread.
pub fn asked() -> usize {
    ASKED.load(Ordering::Relaxed)
}

/// The bytes that this thread holds; [`most_held`] counts from here.
pub fn held_from_now() -> usize {
    MOST.set(HELD.get());
    HELD.get()
}

/// The most bytes that this thread has held since [`held_from_now`].
pub fn most_held() -> usize {
    MOST.get()
}

fn grow(bytes: usize) {
    HELD.set(HELD.get().saturating_add(bytes));
    MOST.set(MOST.get().max(HELD.get()));
}

fn shrink(bytes: usize) {
    HELD.set(HELD.get().saturating_sub(bytes));
}

// SAFETY: every call goes to the system's allocator unchanged; the counts are plain
// numbers that need no allocation and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        grow(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        shrink(layout.size());
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ASKED.fetch_add(1, Ordering::Relaxed);
        grow(size); // both blocks may be there for a moment
        let place = unsafe { System.realloc(place, layout, size) };
        shrink(layout.size());
        place
    }
}
