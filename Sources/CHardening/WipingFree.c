// Replaces `free` and `realloc` for the whole process by ones that wipe a block before glibc gets it back, so that what a library copied
// and released is gone too.
//
// Why this works: a symbol the executable defines goes before the one in libc.so.6, for every shared library and for glibc's own calls
// (getline, reallocarray, fclose and the rest call `free` and `realloc` through it). Why it is safe: `malloc`, `calloc` and the aligned
// allocators stay glibc's, and both functions end in glibc's own `__libc_free` and `__libc_realloc`, so there is one heap, and blocks of
// posix_memalign, aligned_alloc and strdup are released as ever. It cannot be combined with another allocator loaded by LD_PRELOAD.
//
// Not covered: memory that is unmapped without `free` (the kernel clears it before anyone sees it again), stacks, static data.

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "WipingFree.h"

#if TACIT_WIPING_FREE

#include <errno.h>
#include <malloc.h>

extern void *__libc_malloc(size_t count);
extern void *__libc_realloc(void *block, size_t count);
extern void __libc_free(void *block);

// C23's names for `free`; newer C libraries define them, and theirs would go past ours.
void free_sized(void *block, size_t count);
void free_aligned_sized(void *block, size_t alignment, size_t count);

/// Clears `count` bytes. The empty assembly reads the memory, so the store is never dead, while small sizes still compile to a few moves.
static inline void wipe(void *start, size_t count) {
    memset(start, 0, count);
    __asm__ volatile("" : : "r"(start) : "memory");
}

/// Wipes the whole block, slack included, and releases it. Keeps errno, as POSIX (2024) asks and callers rely on.
void free(void *block) {
    if (block == NULL) return;
    const int saved = errno;
    wipe(block, malloc_usable_size(block));
    __libc_free(block);
    errno = saved;
}

void free_sized(void *block, size_t count) {
    (void)count;
    free(block);
}

void free_aligned_sized(void *block, size_t alignment, size_t count) {
    (void)alignment;
    (void)count;
    free(block);
}

/// Resizes without leaving bytes behind: a block that shrinks is wiped past its new end and cut in place by glibc; one that must grow
/// moves to a new block, and the old one is wiped as by `free`. As in glibc, a size of 0 releases the block and returns null, and when
/// there is no memory (or the size is beyond PTRDIFF_MAX) the old block stays as it was.
void *realloc(void *block, size_t count) {
    if (block == NULL) return __libc_malloc(count);
    if (count == 0) {
        free(block);
        return NULL;
    }
    const size_t usable = malloc_usable_size(block);
    if (count <= usable) {
        wipe((char *)block + count, usable - count);
        return __libc_realloc(block, count);
    }
    void *const larger = __libc_malloc(count);
    if (larger == NULL) return NULL;
    memcpy(larger, block, usable);
    free(block);
    return larger;
}

#endif
