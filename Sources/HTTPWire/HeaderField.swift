/// Where one header field lies in a head: 16 bytes.
package struct HeaderField: Sendable, Equatable {
    private let nameOffset: UInt32
    private let valueOffset: UInt32
    private let valueLength: UInt32
    private let nameLength: UInt16
    /// Which name it is.
    package let kind: HeaderName
    private var flags: UInt8

    /// - Parameters:
    ///   - nameStart: first byte of the name, which is `nameCount` bytes (at most 256) and followed by a colon.
    ///   - value: the value without white space around it.
    ///   - isCanonical: the line reads name, colon, one space, value, CR LF.
    ///   - hasTab: a tab stands in the white space around the value.
    @inline(__always)
    init(nameStart: Int, nameCount: Int, kind: HeaderName, value: ByteRange, isCanonical: Bool, hasTab: Bool) {
        nameOffset = UInt32(truncatingIfNeeded: nameStart)
        nameLength = UInt16(truncatingIfNeeded: nameCount)
        valueOffset = value.offset
        valueLength = value.length
        self.kind = kind
        flags = (isCanonical ? Self.canonicalFlag : 0) | (hasTab ? Self.tabFlag : 0)
    }

    private static var canonicalFlag: UInt8 { 1 }
    private static var tabFlag: UInt8 { 2 }
    private static var nominatedFlag: UInt8 { 4 }

    /// The name, as sent.
    @inline(__always)
    package var name: ByteRange { ByteRange(Int(nameOffset), Int(nameOffset) &+ Int(nameLength)) }

    /// The value, without white space around it; may be empty.
    @inline(__always)
    package var value: ByteRange { ByteRange(Int(valueOffset), Int(valueOffset) &+ Int(valueLength)) }

    /// Whether the line reads name, colon, one space, value, CR LF: then `line` can be copied as it is.
    @inline(__always)
    package var isCanonical: Bool { flags & Self.canonicalFlag != 0 }

    /// The whole line with its CR LF; of use only when `isCanonical`.
    @inline(__always)
    package var line: ByteRange { ByteRange(Int(nameOffset), Int(valueOffset) &+ Int(valueLength) &+ 2) }

    /// Whether a tab stands in the white space around the value: legal, and an old way to hide a framing field.
    var hasTab: Bool { flags & Self.tabFlag != 0 }

    /// Whether `Connection` names this field: it ends at this hop.
    @inline(__always)
    package internal(set) var isNominated: Bool {
        get { flags & Self.nominatedFlag != 0 }
        set { flags = newValue ? flags | Self.nominatedFlag : flags & ~Self.nominatedFlag }
    }
}
