import CHardening
import Client
import Logging

/// Keeping the broker's memory out of swap.
enum MemoryLock {
    /// Locks memory where the limit allows, and says in the log what came of it.
    /// - Parameter isRequired: `--require-mlock`.
    /// - Returns: whether all memory, present and future, is locked.
    /// - Throws: `.refused` where it is required and did not succeed.
    static func apply(isRequired: Bool, logger: Logger) throws(StartError) -> Bool {
        let result = tacit_hardening_lock_memory()
        let fix = "raise the limit: ulimit -l unlimited (systemd: LimitMEMLOCK=infinity)"
        let reason: String
        switch result.outcome {
        case TACIT_MEMORY_LOCKED:
            logger.info("memory is locked: nothing of it reaches swap")
            return true
        case TACIT_MEMORY_LOCK_LIMITED: reason = "the limit on locked memory is \(result.limit) bytes"
        default: reason = SystemError.text(result.error)
        }
        if isRequired { throw .refused("memory cannot be locked (\(reason)) and --require-mlock asks for it: \(fix)") }
        logger.warning("memory is not locked and may reach swap", metadata: ["reason": "\(reason)", "fix": "\(fix)"])
        return false
    }
}
