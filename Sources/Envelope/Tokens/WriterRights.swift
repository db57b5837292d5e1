/// What an access file may do; bits of FORMAT's field 26.
package struct WriterRights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Add keys under new aliases.
    package static let enroll = WriterRights(rawValue: 1)
    /// Add values to keys that exist.
    package static let rotate = WriterRights(rawValue: 2)
    /// See what there is.
    package static let list = WriterRights(rawValue: 4)
    /// Revoke sessions and keys.
    package static let revoke = WriterRights(rawValue: 8)
    /// Every bit that has a meaning.
    package static let all: WriterRights = [.enroll, .rotate, .list, .revoke]
}
