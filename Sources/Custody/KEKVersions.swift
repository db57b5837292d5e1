/// The versions a custody holds; the highest is current.
package struct KEKVersions: Hashable, Sendable {
    package let current: UInt32
    /// Ascending.
    package let all: [KEKVersion]

    package init(current: UInt32, all: [KEKVersion]) {
        self.current = current
        self.all = all
    }
}

package struct KEKVersion: Hashable, Sendable {
    /// From 1.
    package let number: UInt32
    /// Seconds since 1970.
    package let createdAt: UInt64

    package init(number: UInt32, createdAt: UInt64) {
        self.number = number
        self.createdAt = createdAt
    }
}
