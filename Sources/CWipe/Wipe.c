#include "CWipe.h"

#include <string.h>

void tacit_wipe(void *bytes, size_t count) {
#ifdef TACIT_INSECURE_NO_WIPE
    (void)bytes, (void)count;
#else
    explicit_bzero(bytes, count);
#endif
}
