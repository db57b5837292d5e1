import Glibc
import SecretMemory

/// The process's environment, as far as Vault's variables go. Call it at the start, while there is one thread.
package enum VaultEnvironment {
    /// A variable that is not secret; `nil` where it is unset or empty.
    package static func text(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        let text = unsafe String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Takes a secret out: its bytes go to guarded memory and are overwritten where the kernel put them, so that neither
    /// `/proc/PID/environ` nor a child shows them.
    package static func takeSecret(_ name: String) -> VaultSecret? {
        guard let value = unsafe getenv(name) else { return nil }
        let count = unsafe strlen(value)
        defer { unsafe unsetenv(name) }
        guard count > 0 else { return nil }
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: value, count: count)
        let copy = unsafe SecretBytes(copying: UnsafeRawBufferPointer(bytes).bytes)
        unsafe wipe(bytes)
        return VaultSecret(trimming: copy)
    }
}
