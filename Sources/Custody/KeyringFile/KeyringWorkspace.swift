import Envelope
import Model
import SecretMemory

/// Guarded memory for one batch: the key of the wrap at hand and, while it is wrapped anew, its plaintext. One region for the whole
/// batch, since guarded memory of its own for every wrap would cost more than the cryptography.
final class KeyringWorkspace {
    private let slab = SecretSlab(capacity: KeyringWrap.maximumCount + 64)

    func wrap(_ plaintext: RawSpan, _ context: ContextBytes, _ keyring: borrowing Keyring) throws(CustodyError) -> Blob {
        defer { slab.wipeAll() }
        let slice = try unsafe allocate(32)
        var scratch = unsafe slice.mutableBytes
        return try KeyringWrap.wrap(plaintext, context: context, keyring: keyring, scratch: &scratch)
    }

    func unwrap(
        _ wrap: Blob, _ context: ContextBytes, _ keyring: borrowing Keyring, into out: inout MutableRawSpan
    ) throws(CustodyError) {
        defer { slab.wipeAll() }
        let slice = try unsafe allocate(32)
        var scratch = unsafe slice.mutableBytes
        try KeyringWrap.unwrap(wrap, context: context, keyring: keyring, scratch: &scratch, into: &out)
    }

    func rewrap(_ wrap: Blob, _ context: ContextBytes, _ keyring: borrowing Keyring) throws(CustodyError) -> Blob {
        defer { slab.wipeAll() }
        let key = try unsafe allocate(32)
        let place = try unsafe allocate(KeyringWrap.plaintextCount(of: wrap, kind: keyring.wrapKind))
        var scratch = unsafe key.mutableBytes
        var plaintext = unsafe place.mutableBytes
        try KeyringWrap.unwrap(wrap, context: context, keyring: keyring, scratch: &scratch, into: &plaintext)
        return try KeyringWrap.wrap(plaintext.bytes, context: context, keyring: keyring, scratch: &scratch)
    }

    private func allocate(_ count: Int) throws(CustodyError) -> UnsafeMutableRawBufferPointer {
        guard let slice = unsafe slab.allocate(count) else { throw .tooLarge(count) }
        return unsafe slice
    }
}
