import Envelope
import Model
import Primitives
package import SecretMemory
import Synchronization

extension Grant {
    /// Opens the provider key for the length of one closure: session key, DEK and K are in `slab` only and wiped before this returns.
    /// - Parameters:
    ///   - token: the text that `authorize` accepted.
    ///   - table, slab, body: as below.
    /// - Throws: as below.
    package borrowing func exposeKey<R>(
        token: RawSpan, table: SessionTable, slab: SecretSlab, _ body: (RawSpan) throws(Refusal) -> R
    ) throws(Refusal) -> R {
        let start = slab.mark()
        defer { slab.wipe(to: start) }
        guard let rawSlice = unsafe slab.allocate(SessionToken.rawCount), let slice = unsafe slab.allocate(SessionKeySchedule.keyCount)
        else { throw .failed }
        var raw = unsafe rawSlice.mutableBytes
        var pseudorandomKey = unsafe slice.mutableBytes
        guard SessionToken.parse(token, into: &raw),
            (try? SessionKeySchedule.extract(secret: raw.bytes.extracting(16..<48), into: &pseudorandomKey)) != nil
        else { throw .failed }
        return try exposeKey(pseudorandomKey: pseudorandomKey.bytes, table: table, slab: slab, body)
    }

    /// Opens the provider key for the length of one closure, from what `authorize` derived.
    /// - Parameters:
    ///   - pseudorandomKey: 32 bytes.
    ///   - table: the one that made the grant; a rotation's seal opened here is kept there as an entry.
    ///   - slab: of the calling thread, with room for the key, its encoded destination and 1 024 bytes.
    ///   - body: gets K. Whatever it copies is its own to wipe.
    /// - Throws: `integrity` where the stored rows do not open, or what `body` throws.
    package borrowing func exposeKey<R>(
        pseudorandomKey: RawSpan, table: SessionTable, slab: SecretSlab, _ body: (RawSpan) throws(Refusal) -> R
    ) throws(Refusal) -> R {
        let start = slab.mark()
        defer { slab.wipe(to: start) }
        guard let slice = unsafe slab.allocate(key.plaintextCount) else { throw .failed }
        var plaintext = unsafe slice.mutableBytes
        do throws(EnvelopeError) {
            let mark = slab.mark()
            defer { slab.wipe(to: mark) }
            try open(into: &plaintext, pseudorandomKey, table, slab)
        } catch {
            throw Refusal(.integrity, "the stored key \(key.alias.text) was altered and opens nothing. run: tacit doctor")
        }
        return try body(plaintext.bytes)
    }

    private borrowing func open(
        into plaintext: inout MutableRawSpan, _ prk: RawSpan, _ table: SessionTable, _ slab: SecretSlab
    ) throws(EnvelopeError) {
        guard let contextSlice = unsafe slab.allocate(key.entryContextStart.count + SessionEntryContextEnd.count),
            let aeadSlice = unsafe slab.allocate(32), let dekSlice = unsafe slab.allocate(32)
        else { throw .libraryFailure }
        var context = unsafe contextSlice.mutableBytes
        var aeadKey = unsafe aeadSlice.mutableBytes
        var dek = unsafe dekSlice.mutableBytes
        try session.account.schedule.deriveAEADKey(pseudorandomKey: prk, into: &aeadKey)
        switch binding.material {
        case .entry(let entry):
            writeContext(into: &context)
            try SessionEntry.open(unsafe entry.span.bytes, aeadKey: aeadKey.bytes, context: context.bytes, into: &dek)
        case .seal(let seal):
            try openSeal(seal, prk: prk, aeadKey: aeadKey.bytes, table, into: &dek)
        case .malformed, nil:
            throw .authenticationFailed
        }
        let ciphertext = key.ciphertext.bytes
        let keyContext = key.context.ciphertext.bytes
        try unsafe KeyCiphertext.open(
            ciphertext.span.bytes, dek: dek.bytes, context: keyContext.span.bytes, into: &plaintext)
    }

    /// What the entry is bound to: the key version's part and the session's. No secret, in the slab because that is memory at hand.
    private borrowing func writeContext(into context: inout MutableRawSpan) {
        let start = key.entryContextStart
        unsafe context.withUnsafeMutableBytes { context in
            unsafe start.withUnsafeBytes { unsafe context.copyMemory(from: $0) }
            let end = unsafe UnsafeMutableRawBufferPointer(rebasing: context[start.count...])
            unsafe session.entryContextEnd.bytes.span.withUnsafeBytes { unsafe end.copyMemory(from: $0) }
        }
    }

    /// Opens what a rotation left, checks it against its commitment and keeps it as an entry.
    private borrowing func openSeal(
        _ seal: Blob, prk: RawSpan, aeadKey: RawSpan, _ table: SessionTable, into dek: inout MutableRawSpan
    ) throws(EnvelopeError) {
        let privateKey = try session.account.schedule.deriveX25519Key(pseudorandomKey: prk)
        let sealContext: ContextBytes
        let context = try key.context.sessionEntry(
            sessionID: session.id, expiresAt: session.expiresAt, policyDigest: session.policy.digest)
        do {
            sealContext = try key.context.sessionSeal(sessionID: session.id, publicKey: X25519PublicKey(bytes: session.publicKey.bytes))
        } catch {
            throw .authenticationFailed
        }
        let opened = try DEK.open(seal, with: privateKey, context: sealContext, of: key.context, commitment: key.commitment)
        let entry = try opened.withBytes { (bytes) throws(EnvelopeError) in
            unsafe dek.withUnsafeMutableBytes { out in unsafe bytes.withUnsafeBytes { unsafe out.copyMemory(from: $0) } }
            return try SessionEntry.encrypt(bytes, aeadKey: aeadKey, context: context)
        }
        session.replaceSeal(of: key, with: entry)
        table.keep(
            ConvertedEntry(
                accountID: session.accountID, sessionID: session.id, keyID: key.id, version: key.version, entry: entry))
    }
}

extension LiveSession {
    /// Uses `entry` from now on where the seal of this version was.
    fileprivate func replaceSeal(of key: LiveKey, with entry: Blob) {
        state.withLock { state in
            for index in state.bindings.indices {
                let old = state.bindings[index]
                guard case .live(let bound) = old.status, bound === key else { continue }
                state.bindings[index] = SessionBinding(
                    alias: old.alias, keyID: old.keyID, status: old.status, material: .init(entry: entry))
            }
        }
    }
}
