import Client
import Glibc
import Synchronization

/// Hands signals that somebody sends to this process on to its child.
///
/// Parent and child share the terminal's foreground process group, as a shell started them: what the terminal itself sends (Ctrl-C, Ctrl-Z,
/// hang-up, resize) reaches the child directly, so only signals sent by processes are passed on. The kernel tells them apart (`si_code`).
enum SignalRelay {
    private static let passedOn = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGALRM]
    private static let child = Atomic<pid_t>(0)

    /// Installs the handlers; signals that were ignored at the start stay ignored, here and in the child.
    /// - Returns: the signals whose dispositions a child must get back as the system's defaults.
    static func install() -> [Int32] {
        // Touched here, so that a handler never is the first to initialise it.
        child.store(0, ordering: .sequentiallyConsistent)
        var changed: [Int32] = []
        for number in passedOn {
            var old = sigaction()
            guard unsafe sigaction(number, nil, &old) == 0 else { continue }
            let isIgnored = unsafe old.__sigaction_handler.sa_handler.map { unsafe unsafeBitCast($0, to: Int.self) } == 1
            guard !isIgnored else { continue }
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | SA_RESTART
            unsafe action.__sigaction_handler.sa_sigaction = { number, info, _ in
                // SI_USER, SI_QUEUE and SI_TKILL are 0 and below; what the kernel sends is above.
                guard let info = unsafe info, unsafe info.pointee.si_code <= 0 else { return }
                let target = SignalRelay.child.load(ordering: .sequentiallyConsistent)
                if target > 0 { _ = kill(target, number) }
            }
            if unsafe sigaction(number, &action, nil) == 0 { changed.append(number) }
        }
        return changed
    }

    /// Names the child; from now on signals reach it. 0: there is none any more.
    static func forward(to process: pid_t) {
        child.store(process, ordering: .sequentiallyConsistent)
    }
}
