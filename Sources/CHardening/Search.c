#define _GNU_SOURCE
#include <string.h>

#include "CHardening.h"

const void *tacit_memmem(const void *haystack, size_t haystack_count, const void *needle, size_t needle_count) {
    if (needle_count == 0 || haystack_count == 0) return NULL;
    return memmem(haystack, haystack_count, needle, needle_count);
}
