import Envelope
import Model
import Store

/// The writers an account's stored versions may rest on: those whose certificates the identity key signed.
struct WriterTrust: Sendable {
    private let writers: [Blob: (record: WriterRecord, verified: VerifiedWriter)]
    /// Certificates that do not verify.
    let faults: [IntegrityFault]

    init(_ records: [WriterRecord], identity: AccountIdentity) {
        var writers: [Blob: (record: WriterRecord, verified: VerifiedWriter)] = [:]
        var faults: [IntegrityFault] = []
        for record in records {
            if let verified = try? record.verify(identity: identity) {
                writers[record.publicKey] = (record, verified)
            } else {
                faults.append(IntegrityFault(table: "writers", id: record.id.description))
            }
        }
        self.writers = writers
        self.faults = faults
    }

    /// Who may have signed this stored version. A revoked writer still vouches for what was there when it was revoked.
    func writers(of version: KeyVersionRecord) -> TrustedWriters {
        guard version.signer.kind == .writer, let writer = writers[version.signer.publicKey],
            writer.record.revokedAt.map({ version.createdAt <= $0 }) ?? true
        else { return .none }
        return TrustedWriters([writer.verified])
    }

    /// The certificates of whoever signed these versions, ascending by id; `nil` where no writer did.
    func certificates(of versions: [KeyVersionRecord]) -> [AccessMessages.Access]? {
        let signers = Set(versions.filter { $0.signer.kind == .writer }.map(\.signer.publicKey))
        let found = signers.compactMap { writers[$0].map { AccessMessages.Access($0.record) } }
        return found.isEmpty ? nil : found.sorted { $0.writerID < $1.writerID }
    }

    /// Whether everything that can be proved of a stored version holds.
    func isIntact(_ version: KeyVersionRecord, of key: KeyRecord, identity: AccountIdentity) -> Bool {
        KeyCiphertext.digest(version.ciphertext) == version.ciphertextDigest && isSigned(version, of: key, identity: identity)
    }

    /// The same of one whose ciphertext may be gone.
    func isSigned(_ version: KeyVersionRecord, of key: KeyRecord, identity: AccountIdentity) -> Bool {
        do throws(EnvelopeError) {
            _ = try KeyVersionSignature.verify(
                SignedVersion(version), context: KeyContext(key: key, version: version.version), identity: identity,
                writers: writers(of: version))
            return true
        } catch {
            return false
        }
    }
}

extension Acting {
    /// Who may have signed what this one sends, besides the identity key.
    func trustedWriters(identity: AccountIdentity) throws(EnvelopeError) -> TrustedWriters {
        guard let writer else { return .none }
        return TrustedWriters([try writer.verify(identity: identity)])
    }
}

extension WriterRecord {
    /// Checks the stored certificate.
    /// - Throws: `EnvelopeError`.
    func verify(identity: AccountIdentity) throws(EnvelopeError) -> VerifiedWriter {
        guard accountID == identity.accountID else { throw .accountMismatch }
        return try WriterCertificate(accountID: accountID, listed: AccessMessages.Access(self)).verify(
            signature: signature, identity: identity)
    }
}

extension AccessMessages.Access {
    init(_ record: WriterRecord) {
        self.init(
            writerID: record.id, name: record.name, publicKey: record.publicKey, rights: record.rights, aliases: record.aliases,
            notBefore: record.notBefore, expiresAt: record.expiresAt, accountRevision: record.accountRevision,
            signature: record.signature, createdAt: record.createdAt, revokedAt: record.revokedAt)
    }
}
