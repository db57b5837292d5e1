/// What the operator decides about the broker; plain values, read by the executable.
package struct BrokerConfiguration: Sendable {
    package let registration: Registration
    package let assistedUnlock: Bool
    /// Shown by `GET /v1/info`.
    package let version: String
    /// Whether `mlockall` succeeded; shown by `/readyz`.
    package let memoryLocked: Bool

    /// - Parameter listensOnLoopbackOnly: whether every TCP listener of the control plane is on a loopback address (or there is none).
    /// - Throws: `.openRegistrationOffLoopback` for `open` with a listener others can reach.
    package init(
        registration: Registration = .invite, listensOnLoopbackOnly: Bool, assistedUnlock: Bool = false, version: String,
        memoryLocked: Bool
    ) throws(BrokerConfigurationError) {
        guard registration != .open || listensOnLoopbackOnly else { throw .openRegistrationOffLoopback }
        self.registration = registration
        self.assistedUnlock = assistedUnlock
        self.version = version
        self.memoryLocked = memoryLocked
    }
}

/// Why a configuration was refused.
package enum BrokerConfigurationError: Error, Equatable, CustomStringConvertible {
    case openRegistrationOffLoopback

    package var description: String {
        switch self {
        case .openRegistrationOffLoopback:
            "open registration is for loopback listeners only; use --registration invite and hand out invitations (run: tacit invite)"
        }
    }
}
