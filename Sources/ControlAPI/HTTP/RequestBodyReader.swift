import Broker
import HTTPTypes
import Hummingbird
import Model
import NIOCore
import SecretMemory

/// Reads bodies: strict JSON for messages, guarded memory for the one that holds a passphrase.
enum RequestBodyReader {
    /// Longest body of a message, in bytes.
    static let maximumCount = 256 * 1024
    /// Longest body with a passphrase, in bytes.
    static let maximumSecretCount = 64 * 1024

    /// A message.
    /// - Parameter maximumCount: longest body, in bytes.
    /// - Throws: `.unsupportedMediaType`, `.tooLarge`, `.malformed`, `.unknownField`.
    static func message<T: Codable>(
        _ type: T.Type, from request: Request, maximumCount: Int = RequestBodyReader.maximumCount
    ) async throws -> T {
        try requireJSON(request)
        let expected = try announcedCount(request, maximum: maximumCount)
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= maximumCount else { throw tooLarge(maximumCount) }
            bytes += buffer.readableBytesView
        }
        guard expected == nil || expected == bytes.count else { throw BrokerError(.malformed, "the body ended early") }
        return try WireJSON.decode(type, from: bytes)
    }

    /// That a route without a body got none.
    /// - Throws: `.malformed`.
    static func requireNone(_ request: Request) async throws {
        for try await buffer in request.body where buffer.readableBytes > 0 {
            throw BrokerError(.malformed, "this route takes no body")
        }
    }

    /// A body into guarded memory. Each piece is wiped in the buffer it came in as soon as it is copied.
    /// - Throws: `.unsupportedMediaType`, `.tooLarge`, `.malformed` for an empty or cut body.
    static func secret(from request: Request) async throws -> SecretBytes {
        try requireJSON(request)
        let expected = try announcedCount(request, maximum: maximumSecretCount)
        let slab = SecretSlab(capacity: expected.map { max($0, 1) } ?? maximumSecretCount)
        guard let room = unsafe slab.allocate(slab.capacity) else { throw BrokerError(.internalError, "no guarded memory") }
        var count = 0
        for try await buffer in request.body {
            guard buffer.readableBytes <= room.count - count else {
                unsafe buffer.withUnsafeReadableBytes { unsafe wipe(UnsafeMutableRawBufferPointer(mutating: $0)) }
                throw tooLarge(maximumSecretCount)
            }
            unsafe move(buffer, to: UnsafeMutableRawBufferPointer(rebasing: room[count..<count + buffer.readableBytes]))
            count += buffer.readableBytes
        }
        guard count > 0, expected == nil || expected == count else { throw BrokerError(.malformed, "the body is empty or ended early") }
        return unsafe SecretBytes(copying: UnsafeRawBufferPointer(rebasing: room[..<count]).bytes)
    }

    /// Copies and wipes. The buffer shares its storage with the channel's, and the bytes are to go there; so they are overwritten
    /// through a pointer for reading, because writing through the buffer would make and wipe a copy.
    private static func move(_ buffer: ByteBuffer, to room: UnsafeMutableRawBufferPointer) {
        unsafe buffer.withUnsafeReadableBytes { bytes in
            unsafe room.copyMemory(from: bytes)
            unsafe wipe(UnsafeMutableRawBufferPointer(mutating: bytes))
        }
    }

    private static func requireJSON(_ request: Request) throws(BrokerError) {
        let values = request.headers[values: .contentType]
        guard values.count == 1, let type = values[0].split(separator: ";", maxSplits: 1).first,
            type.trimmingSpaces().lowercased() == "application/json"
        else { throw BrokerError(.unsupportedMediaType, "the body has to be JSON: Content-Type: application/json") }
    }

    private static func announcedCount(_ request: Request, maximum: Int) throws(BrokerError) -> Int? {
        guard let text = request.headers[.contentLength] else { return nil }
        guard let count = Int(text), count >= 0 else { throw BrokerError(.malformed, "the content length is no number") }
        guard count <= maximum else { throw tooLarge(maximum) }
        return count
    }

    private static func tooLarge(_ maximum: Int) -> BrokerError {
        BrokerError(.tooLarge, "a body has at most \(maximum) bytes here")
    }
}

extension Substring {
    fileprivate func trimmingSpaces() -> Substring {
        var rest = self
        while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
