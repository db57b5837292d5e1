/// What an empty buffer points to: C functions declared `nonnull` get a valid address even where there is nothing to read or write.
private enum NothingToRead {
    nonisolated(unsafe) static let address = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
}

extension UnsafeRawBufferPointer {
    /// The start of the buffer as C's unsigned bytes, never null.
    var octets: UnsafePointer<UInt8> {
        unsafe UnsafePointer((baseAddress ?? UnsafeRawPointer(NothingToRead.address)).assumingMemoryBound(to: UInt8.self))
    }

    /// The start of the buffer as C's characters, never null.
    var characters: UnsafePointer<CChar> {
        unsafe UnsafePointer((baseAddress ?? UnsafeRawPointer(NothingToRead.address)).assumingMemoryBound(to: CChar.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The start of the buffer as C's unsigned bytes, never null.
    var octets: UnsafeMutablePointer<UInt8> {
        unsafe (baseAddress ?? NothingToRead.address).assumingMemoryBound(to: UInt8.self)
    }
}
