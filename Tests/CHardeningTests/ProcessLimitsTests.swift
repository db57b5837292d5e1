import CHardening
import Glibc
import Testing

@Suite struct ProcessLimitsTests {
    @Test func memoryIsNotLockedUnderAFiniteLimit() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            precondition(unsafe setrlimit(__rlimit_resource_t(8), &limit) == 0)  // RLIMIT_MEMLOCK, an enum case Swift does not see
            if geteuid() == 0 { precondition(seteuid(65534) == 0) }  // an unprivileged user has no CAP_IPC_LOCK
            let result = tacit_hardening_lock_memory()
            precondition(result.outcome == TACIT_MEMORY_LOCK_LIMITED && result.limit == 1 << 20 && result.error == 0)
        }
    }

    @Test func theFileLimitRisesToTheHardOne() async {
        await #expect(processExitsWith: .success) {
            var limit = rlimit(rlim_cur: 64, rlim_max: 128)
            precondition(unsafe setrlimit(__rlimit_resource_t(7), &limit) == 0)  // RLIMIT_NOFILE
            precondition(tacit_hardening_raise_file_limit() == 128)
            precondition(unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0)
            precondition(limit.rlim_cur == 128 && limit.rlim_max == 128)
            precondition(tacit_hardening_raise_file_limit() == 128)
        }
    }

    @Test func coreFilesDumpingAndOpenFileModesAreOff() async {
        await #expect(processExitsWith: .success) {
            precondition(tacit_hardening_disable_core_files() == 0)
            var limit = rlimit()
            precondition(unsafe getrlimit(__rlimit_resource_t(4), &limit) == 0)  // RLIMIT_CORE
            precondition(limit.rlim_cur == 0 && limit.rlim_max == 0)
            precondition(tacit_hardening_disable_dumping() == 0)
            tacit_hardening_set_private_umask()
            precondition(umask(0) == 0o077)
        }
    }

    @Test func aNeedleIsFoundWhereItIsAndAnEmptyOneNowhere() {
        let (haystack, needle): ([UInt8], [UInt8]) = ([1, 0, 2, 3, 2, 0], [2, 0])
        let found = unsafe haystack.withUnsafeBytes { hay in
            unsafe tacit_memmem(hay.baseAddress, hay.count, needle, needle.count).map { unsafe $0 - (hay.baseAddress ?? $0) }
        }
        #expect(found == 4)
        let empty = unsafe tacit_memmem(haystack, haystack.count, needle, 0) == nil
        let absent = unsafe tacit_memmem(haystack, 3, needle, needle.count) == nil
        #expect(empty && absent)
    }
}
