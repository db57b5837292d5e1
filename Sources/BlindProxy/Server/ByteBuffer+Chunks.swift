import HTTPWire
import NIOCore

extension ByteBuffer {
    /// Appends one chunk; nothing for no bytes, which would end a body.
    mutating func writeChunk(_ payload: Span<UInt8>) {
        guard !payload.isEmpty else { return }
        let room = payload.count + ChunkedEncoder.maximumSizeLineBytes + 2
        unsafe writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var writer = unsafe ByteWriter(memory)
            ChunkedEncoder.sizeLine(payload.count, to: &writer)
            writer.append(payload)
            writer.append(ChunkedEncoder.chunkEnd)
            return writer.count
        }
    }

    /// Appends borrowed bytes.
    mutating func write(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { _ = unsafe writeBytes($0) }
    }
}
