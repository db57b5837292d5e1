#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "CHardening.h"
#include "WipingFree.h"

int tacit_hardening_wiping_free_installed(void) {
#if TACIT_WIPING_FREE
    // The address a library's call resolves to, not the one this file was linked with.
    void (*release)(void *) = NULL;
    void *const found = dlsym(RTLD_DEFAULT, "free");
    if (found == NULL || found != (void *)&free || dlsym(RTLD_DEFAULT, "realloc") != (void *)&realloc) return 0;
    memcpy(&release, &found, sizeof release);

    // glibc keeps its list pointers in the first 16 bytes of a released block and leaves the rest, so the rest shows whether it was wiped.
    enum { count = 104, links = 16 };
    unsigned char *const block = malloc(count);
    if (block == NULL) return 0;
    memset(block, 0xa5, count);
    volatile const unsigned char *const remains = block;
    __asm__ volatile("" : : "r"(block) : "memory");
    release(block);
    for (size_t i = links; i < count; i++) {
        if (remains[i] != 0) return 0;
    }
    return 1;
#else
    return 0;
#endif
}
