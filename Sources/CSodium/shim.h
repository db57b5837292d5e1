#ifndef TACIT_CSODIUM_SHIM_H
#define TACIT_CSODIUM_SHIM_H

#include <sodium.h>

#if SODIUM_LIBRARY_VERSION_MAJOR < 10 || (SODIUM_LIBRARY_VERSION_MAJOR == 10 && SODIUM_LIBRARY_VERSION_MINOR < 3)
#error "libsodium 1.0.18 or later is needed"
#endif

#endif
