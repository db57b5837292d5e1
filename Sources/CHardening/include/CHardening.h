#ifndef TACIT_CHARDENING_H
#define TACIT_CHARDENING_H

#include <stddef.h>
#include <stdint.h>

/// Whether every library of this process releases memory through the `free` that wipes: looked up as a library would, and tried on a block.
/// Returns 1 or 0; 0 in sanitizer builds and with TACIT_INSECURE_NO_WIPE, which leave it out.
int tacit_hardening_wiping_free_installed(void);

/// Sets the core file size limit to 0, soft and hard, for good. Returns 0 or an errno.
int tacit_hardening_disable_core_files(void);

/// Makes the process not dumpable: no core through a pipe either, no reading of its memory by processes of the same user. Returns 0 or an errno.
int tacit_hardening_disable_dumping(void);

/// Raises the number of file descriptors this process may have to what its hard limit allows. Returns the number in force afterwards,
/// UINT64_MAX for no limit, 0 where it cannot be told.
uint64_t tacit_hardening_raise_file_limit(void);

/// Sets the file mode mask to 077: nothing this process creates is open to group or others.
void tacit_hardening_set_private_umask(void);

/// What became of locking the process's memory.
typedef enum {
    /// All pages, present and future, stay out of swap.
    TACIT_MEMORY_LOCKED = 0,
    /// Not tried, or taken back: RLIMIT_MEMLOCK is finite, and under it later allocations would fail. Raise it to unlimited.
    TACIT_MEMORY_LOCK_LIMITED = 1,
    /// The system refused; `error` says why.
    TACIT_MEMORY_LOCK_FAILED = 2,
} tacit_memory_lock_outcome;

typedef struct {
    tacit_memory_lock_outcome outcome;
    /// An errno with TACIT_MEMORY_LOCK_FAILED, else 0.
    int error;
    /// The limit in force, in bytes; UINT64_MAX for none.
    uint64_t limit;
} tacit_memory_lock_result;

/// Locks present and future pages as they are first used, where RLIMIT_MEMLOCK is infinite (a soft limit is raised when the hard one is)
/// or CAP_IPC_LOCK really lifts it.
tacit_memory_lock_result tacit_hardening_lock_memory(void);

/// The first place of `needle` in `haystack`, or null; an empty needle is found nowhere.
const void *tacit_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count);

#endif
