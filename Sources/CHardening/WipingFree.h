#ifndef TACIT_WIPING_FREE_H
#define TACIT_WIPING_FREE_H

// Whether this build replaces `free` and `realloc`. A sanitizer brings an allocator of its own, whose blocks must not reach glibc's.
// gcc says so with macros, clang with __has_feature.

#include <stdlib.h>  // says whether this is glibc

#ifndef __has_feature
#define __has_feature(x) 0
#endif

#if defined(TACIT_INSECURE_NO_WIPE) || defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer) || !defined(__GLIBC__)
#define TACIT_WIPING_FREE 0
#else
#define TACIT_WIPING_FREE 1
#endif

#endif
