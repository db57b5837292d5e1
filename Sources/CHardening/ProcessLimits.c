#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CHardening.h"

int tacit_hardening_disable_core_files(void) {
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 ? 0 : errno;
}

int tacit_hardening_disable_dumping(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

uint64_t tacit_hardening_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    if (limit.rlim_cur != limit.rlim_max) {
        const struct rlimit raised = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : (uint64_t)limit.rlim_cur;
}

void tacit_hardening_set_private_umask(void) {
    (void)umask(077);
}

/// Whether CAP_IPC_LOCK is effective; glibc has no wrapper for capget.
static int has_lock_capability(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    memset(data, 0, sizeof data);
    if (syscall(SYS_capget, &header, data) != 0) return 0;
    return (data[CAP_TO_INDEX(CAP_IPC_LOCK)].effective & CAP_TO_MASK(CAP_IPC_LOCK)) != 0;
}

/// Whether a mapping beyond `limit` is still granted once all memory is locked: in a container the capability may be there in name only.
/// Nothing is touched, so nothing is used.
static int can_map_beyond(rlim_t limit) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (limit > SIZE_MAX / 4) return 0;
    const size_t count = ((size_t)limit / page + 2) * page;
    void *const place = mmap(NULL, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) return 0;
    munmap(place, count);
    return 1;
}

tacit_memory_lock_result tacit_hardening_lock_memory(void) {
    tacit_memory_lock_result result = {TACIT_MEMORY_LOCK_FAILED, 0, 0};
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
        result.error = errno;
        return result;
    }
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_max == RLIM_INFINITY) {
        const struct rlimit raised = {RLIM_INFINITY, RLIM_INFINITY};
        if (setrlimit(RLIMIT_MEMLOCK, &raised) == 0) limit = raised;
    }
    const int unlimited = limit.rlim_cur == RLIM_INFINITY;
    result.limit = unlimited ? UINT64_MAX : (uint64_t)limit.rlim_cur;
    if (!unlimited && !has_lock_capability()) {
        result.outcome = TACIT_MEMORY_LOCK_LIMITED;
        return result;
    }
    if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
        result.error = errno;
        return result;
    }
    if (!unlimited && !can_map_beyond(limit.rlim_cur)) {
        munlockall();
        result.outcome = TACIT_MEMORY_LOCK_LIMITED;
        return result;
    }
    result.outcome = TACIT_MEMORY_LOCKED;
    return result;
}
