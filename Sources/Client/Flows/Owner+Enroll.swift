import Envelope
package import Model
import Primitives
package import SecretMemory

extension Owner {
    /// Enrols a provider key: encrypted under a fresh DEK, the DEK sealed to the account key, the whole signed. Only that leaves the device.
    /// - Parameters:
    ///   - value: 1 to 16 384 bytes, already cleaned; borrowed, the caller's to wipe.
    ///   - provider: a preset's name or `custom`.
    /// - Returns: the key as the broker stored it.
    /// - Throws: `.refused` (409 `alias_taken` among others), `.untrusted` where the broker's account key does not verify.
    package func enroll(
        _ value: borrowing SecretBytes, alias: Alias, provider: String, destination: Destination, injection: Injection
    ) async throws(ClientError) -> KeyMessages.Key {
        guard let keyID = KeyID(bytes: Random.bytes(16)) else { throw .system("no random bytes") }
        var attempt = 0
        while true {
            attempt += 1
            let message = try makeEnrolment(
                value, keyID: keyID, alias: alias, provider: provider, destination: destination, injection: injection)
            do throws(ClientError) {
                let answer = try await vault.connection.send("POST", "/v1/keys", message, bearer: bearer, as: KeyMessages.List.self)
                guard let key = answer.keys.first, answer.keys.count == 1, key.keyID == keyID, key.destination == destination,
                    key.injection == injection, key.alias == alias
                else { throw ClientError.unusableAnswer("the enrolled key came back changed") }
                try await refresh()
                return key
            } catch {
                guard case .refused(409, "revision_conflict", _) = error, attempt < 5 else { throw error }
                try await refresh()
            }
        }
    }

    private func makeEnrolment(
        _ value: borrowing SecretBytes, keyID: KeyID, alias: Alias, provider: String, destination: Destination, injection: Injection
    ) throws(ClientError) -> KeyMessages.Enroll {
        let account = account
        let revision = account.revision
        let signedAt = vault.clock()
        do throws(EnvelopeError) {
            let accountKey = try VerifiedAccountKey(
                verifying: account.accountKey, identity: keys.publicIdentity, minimumEpoch: keys.epoch)
            let context = try KeyContext(
                accountID: keys.accountID, keyID: keyID, version: 1, alias: alias, destination: destination, injection: injection)
            let version = try value.withBytes { (bytes) throws(EnvelopeError) in
                try KeyVersionMaker.make(
                    value: bytes, context: context, dek: DEK(), accountKey: accountKey, signedBy: keys, revision: revision,
                    signedAt: signedAt)
            }
            return KeyMessages.Enroll(
                keyID: keyID, alias: alias, provider: provider, destination: destination, injection: injection, version: version)
        } catch {
            throw .untrusted(error, what: "the account key")
        }
    }
}
