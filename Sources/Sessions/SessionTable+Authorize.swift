import Envelope
package import Model
package import SecretMemory

extension SessionTable {
    /// Decides about one call. The verifier is compared before any counter, clock or limit is touched; an unknown id and a wrong secret
    /// are one answer.
    /// - Parameters:
    ///   - token: the token's text. Borrowed; nothing of it stays, in `slab` neither.
    ///   - method, alias: as they stand in the request line.
    ///   - path: compares what follows the alias with a prefix.
    ///   - origin: the value of an `Origin` field; `nil` where there is none.
    ///   - slab: of the calling thread, with 160 free bytes.
    ///   - pseudorandomKey: 32 bytes of the caller's slab. Gets what the session's keys come from, for ``Grant/exposeKey`` in the same
    ///     turn of the event loop, which then derives it no second time; the caller wipes it, whatever this returns.
    /// - Throws: the refusal to answer with.
    package func authorize(
        token: RawSpan, method: Span<UInt8>, alias: Span<UInt8>, path: PathMatcher, origin: Span<UInt8>?, facts: CallFacts,
        slab: SecretSlab, pseudorandomKey: inout MutableRawSpan
    ) throws(Refusal) -> Grant {
        let session = try verify(token, slab, &pseudorandomKey)
        return try session.admit(
            now: clock(), milliseconds: monotonicMilliseconds(), method: method, alias: alias, path: path, origin: origin, facts: facts)
    }

    /// Who presents the token, for the control plane; no counter is touched.
    /// - Parameter slab: of the calling thread, with 160 free bytes.
    package func authenticate(token: RawSpan, slab: SecretSlab) throws(Refusal) -> (session: SessionID, account: AccountID) {
        let mark = slab.mark()
        defer { slab.wipe(to: mark) }
        guard let slice = unsafe slab.allocate(SessionKeySchedule.keyCount) else { throw .failed }
        var pseudorandomKey = unsafe slice.mutableBytes
        let session = try verify(token, slab, &pseudorandomKey)
        if let refusal = session.refusal(now: clock()) { throw refusal }
        return (session.id, session.accountID)
    }

    /// The same for a caller without a slab; off the hot path.
    package func authenticate(token: borrowing SecretBytes) throws(Refusal) -> (session: SessionID, account: AccountID) {
        let slab = SecretSlab(capacity: 256)
        return try token.withBytes { (bytes) throws(Refusal) in try authenticate(token: bytes, slab: slab) }
    }

    private func verify(_ token: RawSpan, _ slab: SecretSlab, _ prk: inout MutableRawSpan) throws(Refusal) -> LiveSession {
        let mark = slab.mark()
        defer { slab.wipe(to: mark) }
        guard let rawSlice = unsafe slab.allocate(SessionToken.rawCount) else { throw .failed }
        var raw = unsafe rawSlice.mutableBytes
        guard token.byteCount == SessionToken.textCount, SessionToken.parse(token, into: &raw),
            let key = SessionKey(raw.bytes.extracting(0..<16))
        else { throw .tokenMalformed }
        let session = find(key)
        let matches: Bool
        do throws(EnvelopeError) {
            let schedule = session?.account.schedule ?? decoy.schedule
            try SessionKeySchedule.extract(secret: raw.bytes.extracting(16..<48), into: &prk)
            let digest = session?.verifierDigest ?? decoy.verifierDigest
            matches = schedule.matches(pseudorandomKey: prk.bytes, verifierDigest: unsafe digest.span.bytes)
        } catch {
            throw .failed
        }
        guard matches, let session else { throw isReady || session != nil ? .tokenUnknown : .notReady }
        return session
    }
}
