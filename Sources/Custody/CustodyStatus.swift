/// How a custody is, for people and for `/readyz`.
package struct CustodyStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case ok
        /// It does not answer now and may later.
        case unreachable
        /// It does not work as it is set up; waiting does not help.
        case misconfigured
    }

    package let state: State
    /// What is wrong and, at its end, the next command; empty where nothing is.
    package let cause: String
    /// What it holds, where it could be asked.
    package let versions: KEKVersions?
    /// What works but should be known; each ends with the next command.
    package var notes: [String] = []

    package init(state: State, cause: String, versions: KEKVersions?) {
        self.state = state
        self.cause = cause
        self.versions = versions
    }
}

extension CustodyStatus {
    /// The custody works and holds `versions`.
    package init(_ versions: KEKVersions) { self.init(state: .ok, cause: "", versions: versions) }

    /// What an error of a call says about the custody itself.
    package init(_ error: CustodyError, versions: KEKVersions? = nil) {
        switch error {
        case .unreachable(let cause): self.init(state: .unreachable, cause: cause, versions: versions)
        case .misconfigured(let cause): self.init(state: .misconfigured, cause: cause, versions: versions)
        case .integrity:
            self.init(state: .misconfigured, cause: "it does not open what it wrapped; run: tacit kek status", versions: versions)
        case .unknownVersion(let version):
            self.init(state: .misconfigured, cause: "it does not hold its version \(version); run: tacit kek status", versions: versions)
        case .tooLarge(let count): self.init(state: .misconfigured, cause: "\(count) bytes were too many for it", versions: versions)
        }
    }
}
