package import Model

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

extension WriterRights {
    /// The rights of a list of names; order and repetition do not matter.
    package init(_ rights: [AccessRight]) {
        self.init(rights.map { Self.bit(of: $0) })
    }

    /// Their names, ascending.
    package var names: [AccessRight] {
        AccessRight.allCases.filter { contains(Self.bit(of: $0)) }.sorted()
    }

    private static func bit(of right: AccessRight) -> WriterRights {
        switch right {
        case .enroll: .enroll
        case .list: .list
        case .revoke: .revoke
        case .rotate: .rotate
        }
    }
}
