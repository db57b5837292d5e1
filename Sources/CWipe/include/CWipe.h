#ifndef TACIT_CWIPE_H
#define TACIT_CWIPE_H

#include <stddef.h>

// Overwrites `count` bytes with zeros in a way no compiler leaves out.
// A C target of its own, so that the negative control of the memory test is the same program with this file compiled anew
// (TACIT_INSECURE_NO_WIPE, in which it does nothing) and linked again.
void tacit_wipe(void *bytes, size_t count);

#endif
