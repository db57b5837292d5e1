import Glibc
import SecretMemory

/// Where variables come from: the process, or a block of a test's own.
@safe
package struct VaultEnvironment {
    private let find: (String) -> UnsafeMutablePointer<CChar>?
    private let remove: (String) -> Void

    /// The process's own. Changing it is safe while there is one thread only, so it is read at the start.
    package static var process: VaultEnvironment { unsafe VaultEnvironment(find: { unsafe getenv($0) }, remove: { unsafe unsetenv($0) }) }

    /// - Parameters:
    ///   - find: the variable's value where it stands, ended by a zero byte; `nil` where it is unset.
    ///   - remove: unsets it.
    @unsafe
    init(find: @escaping (String) -> UnsafeMutablePointer<CChar>?, remove: @escaping (String) -> Void) {
        unsafe self.find = unsafe find
        self.remove = remove
    }

    /// A variable that is not secret; `nil` where it is unset or empty.
    func text(_ name: String) -> String? {
        guard let value = unsafe find(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Takes a secret out: its bytes go to guarded memory and are overwritten where they stood, so that neither
    /// `/proc/PID/environ` nor a child shows them.
    func takeSecret(_ name: String) -> VaultSecret? {
        guard let value = unsafe find(name) else { return nil }
        let count = unsafe strlen(value)
        defer { remove(name) }
        guard count > 0 else { return nil }
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: value, count: count)
        let copy = unsafe SecretBytes(copying: UnsafeRawBufferPointer(bytes).bytes)
        unsafe wipe(bytes)
        return VaultSecret(trimming: copy)
    }
}
