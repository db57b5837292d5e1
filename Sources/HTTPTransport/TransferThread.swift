import Dispatch
import Glibc

/// Where blocking transfers run: never on Swift's cooperative pool, whose few threads must not wait for a network.
///
/// Each transfer has a serial queue of its own, for which Dispatch provides a thread at once (overcommit) instead of waiting for a busy
/// one. The task that asked is suspended meanwhile.
enum TransferThread {
    static func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "tacit.http.transfer").async {
                blockBrokenPipe()
                continuation.resume(returning: work())
            }
        }
    }

    // CURLOPT_NOSIGNAL leaves SIGPIPE to the program, and libcurl before 7.87 lets OpenSSL write without MSG_NOSIGNAL: a peer that closes
    // while we send would end the process. Blocked for this thread only; the write then fails with EPIPE.
    private static func blockBrokenPipe() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
