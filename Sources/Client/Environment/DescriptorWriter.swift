import Glibc
import SecretMemory

/// Writing to file descriptors, without buffers of our own.
package enum DescriptorWriter {
    /// Writes everything. Returns an errno, or `nil` when all went out.
    package static func write(_ bytes: RawSpan, to descriptor: Int32) -> Int32? {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let count = unsafe Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return errno }
                unsafe rest = unsafe rest.dropFirst(count)
            }
            return nil
        }
    }

    /// Writes text that is no secret. Returns an errno, or `nil`.
    @discardableResult
    package static func write(_ text: String, to descriptor: Int32) -> Int32? {
        unsafe write(Array(text.utf8).span.bytes, to: descriptor)
    }
}
