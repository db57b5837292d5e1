package import Model

/// One version of the KEK in one custody, numbered in the order in which the store came to be wrapped with them. Rows name it.
package struct KEKEpoch: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        /// What is wrapped now is wrapped with it; one epoch is.
        case current
        /// Rows may be left that only it opens.
        case old
        /// No row is left, and none can be written any more.
        case retired
    }

    /// From 1.
    package let epoch: UInt32
    /// The custody's URI: told to people and compared, never opened, because whoever can write the database can write it.
    package let custody: String
    /// The custody's own number, from 1.
    package let version: UInt32
    package let state: State
    /// Seconds since 1970.
    package let createdAt: UInt64
    /// The store id under this version, by which a custody of another name shows that it holds the same KEK; of the current epoch only.
    package let probe: Blob?

    package init(epoch: UInt32, custody: String, version: UInt32, state: State, createdAt: UInt64, probe: Blob?) {
        self.epoch = epoch
        self.custody = custody
        self.version = version
        self.state = state
        self.createdAt = createdAt
        self.probe = probe
    }
}

/// An epoch that is to become the current one.
package struct NewKEKEpoch: Hashable, Sendable {
    /// 1 to 1 024 bytes.
    package let custody: String
    /// From 1.
    package let version: UInt32
    /// See ``KEKEpoch/probe``.
    package let probe: Blob?
    /// Seconds since 1970.
    package let createdAt: UInt64

    package init(custody: String, version: UInt32, probe: Blob?, createdAt: UInt64) {
        self.custody = custody
        self.version = version
        self.probe = probe
        self.createdAt = createdAt
    }
}
