import HTTPWire
import NIOCore
import SecretMemory

extension ByteBuffer {
    /// Wipes the readable bytes where they are, for every holder of this storage: NIO's pooled receive buffers and NIOSSL's read buffer
    /// keep second references, and a mutating call would wipe a copy.
    func wipeReadableBytes() { wipeReadableBytes(from: 0, to: readableBytes) }

    /// Wipes the readable bytes `from ..< to`, counted from the reader index, for every holder of this storage.
    func wipeReadableBytes(from: Int, to: Int) {
        guard from >= 0, from < to, to <= readableBytes else { return }
        unsafe withUnsafeReadableBytes { bytes in
            unsafe wipe(UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(rebasing: bytes[from..<to])))
        }
    }

    /// Lends the first `length` readable bytes to be overwritten where they are, for every holder of this storage.
    func withMutableReadableBytes(upTo length: Int, _ body: (inout MutableRawSpan) -> Void) {
        unsafe withUnsafeReadableBytes { bytes in
            let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<Swift.min(length, bytes.count)])
            var span = unsafe UnsafeMutableRawBufferPointer(mutating: part).mutableBytes
            body(&span)
        }
    }

    /// A copy of what `inbox` holds.
    static func wiping(_ inbox: WipingBuffer) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: inbox.count)
        inbox.withBytes { bytes in buffer.write(bytes) }
        return buffer
    }
}
