package import Model

/// A key with its new version.
package struct RotatedKey: Sendable {
    /// As the broker stored it.
    package let key: KeyMessages.Key
    /// The new version's number.
    package let version: UInt32
}
