/// Every context there is: its label and exactly the fields it holds, ascending (FORMAT sections 5 to 12).
package enum ContextKind: Sendable, CaseIterable {
    case accountKey, slotList, change, login, writer
    case recovery, slotKey, slotLogin, slotPrivate, identitySeal, accountKeySeal, slotRecord, slot
    case keyCiphertext, dekCommitment, dekSeal, keyVersion
    case sessionVerifier, sessionAEAD, sessionX25519, policy, session, sessionEntry
    case storeSecret, audit

    /// The purpose, first in the bytes.
    package var label: String {
        switch self {
        case .accountKey: "tacit/account-key/v1"
        case .slotList: "tacit/slot-list/v1"
        case .change: "tacit/change/v1"
        case .login: "tacit/login/v1"
        case .writer: "tacit/writer/v1"
        case .recovery: "tacit/recovery/v1"
        case .slotKey: "tacit/slot-key/v1"
        case .slotLogin: "tacit/slot-login/v1"
        case .slotPrivate: "tacit/slot-private/v1"
        case .identitySeal: "tacit/identity-seal/v1"
        case .accountKeySeal: "tacit/account-key-seal/v1"
        case .slotRecord: "tacit/slot-record/v1"
        case .slot: "tacit/slot/v1"
        case .keyCiphertext: "tacit/key-ciphertext/v1"
        case .dekCommitment: "tacit/dek-commitment/v1"
        case .dekSeal: "tacit/dek-seal/v1"
        case .keyVersion: "tacit/key-version/v1"
        case .sessionVerifier: "tacit/session-verifier/v1"
        case .sessionAEAD: "tacit/session-aead/v1"
        case .sessionX25519: "tacit/session-x25519/v1"
        case .policy: "tacit/policy/v1"
        case .session: "tacit/session/v1"
        case .sessionEntry: "tacit/session-entry/v1"
        case .storeSecret: "tacit/store-secret/v1"
        case .audit: "tacit/audit/v1"
        }
    }

    /// Its fields, in order; none is optional.
    package var tags: [FieldTag] {
        switch self {
        case .accountKey: [.accountID, .epoch, .accountPublicKey]
        case .slotList: [.accountID, .accountRevision, .slotEntries]
        case .change: [.accountID, .accountRevision, .change, .bodyDigest]
        case .login: [.accountID, .slotID, .origin, .serverNonce, .clientNonce]
        case .writer: [.accountID, .expiresAt, .accountRevision, .name, .rights, .aliases, .notBefore, .writerID, .writerPublicKey]
        case .recovery: [.accountID, .slotID]
        case .slotKey, .slotLogin, .slot: Self.slotFields
        case .slotPrivate: Self.slotFields + [.slotPublicKey]
        case .identitySeal: [.accountID, .slotID, .slotPublicKey, .identityPublicKey]
        case .accountKeySeal: [.accountID, .slotID, .slotPublicKey, .epoch, .accountPublicKey]
        case .slotRecord:
            [
                .slotPublicKey, .epoch, .accountPublicKey, .loginPublicKey, .encryptedSlotPrivateKey, .sealedIdentityKey,
                .sealedAccountKey,
            ]
        case .keyCiphertext, .dekCommitment: Self.keyFields
        case .dekSeal: Self.keyFields + [.recipientKind, .recipientID, .recipientPublicKey]
        case .keyVersion: Self.keyFields + [.accountRevision, .ciphertextDigest, .dekCommitment, .signedAt, .signer]
        case .sessionVerifier, .sessionAEAD, .sessionX25519: [.accountID]
        case .policy:
            [
                .sessionKind, .methods, .pathPrefixes, .browserOrigins, .maximumRequests, .rate, .burst, .maximumConcurrent,
                .idleLimit, .upgradeAllowed, .mintingPaths,
            ]
        case .session:
            [
                .accountID, .sessionID, .sessionKind, .sessionPublicKey, .verifierDigest, .keyIDs, .issuedAt, .expiresAt,
                .policyDigest, .accountRevision,
            ]
        case .sessionEntry: Self.keyFields + [.sessionID, .expiresAt, .policyDigest]
        case .storeSecret: [.storeID, .secretName]
        case .audit:
            [
                .accountID, .auditSequence, .auditPreviousHash, .timeMilliseconds, .actor, .action, .subject, .outcome, .requestID,
            ]
        }
    }

    private static let keyFields: [FieldTag] = [.accountID, .keyID, .keyVersion, .alias, .destination, .injection]
    private static let slotFields: [FieldTag] = [.accountID, .slotID, .slotKind, .slotSalt, .slotCosts]
}
