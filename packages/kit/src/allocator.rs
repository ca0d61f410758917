//! The allocator of every contract: it never frees.
//!
//! The VM makes a fresh instance for each call and drops it afterwards with all its memory: what
//! a call frees, only that call could use again. Without freeing a contract is smaller and a call
//! costs less gas. The price is that a call's memory is the sum of all it ever allocated, of
//! which a VM gives 32 MiB; docs/size.md has the figures.

use lol_alloc::{AssumeSingleThreaded, LeakingAllocator};

#[expect(unsafe_code, reason = "the one line that unsafe code is for")]
#[global_allocator]
static ALLOCATOR: AssumeSingleThreaded<LeakingAllocator> =
    // SAFETY: wasm32-unknown-unknown has one thread, which is all that `new` asks for.
    unsafe { AssumeSingleThreaded::new(LeakingAllocator::new()) };
