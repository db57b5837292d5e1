import Model

extension FieldTag {
    /// Refuses a value that is not in this field's one accepted form. Reader and writer both ask, so that nothing is written that would
    /// not be read.
    /// - Throws: `.malformed` naming the field; `.tooLarge` for a destination above its maximum.
    func check(_ value: [UInt8]) throws(EnvelopeError) {
        switch self {
        case .accountID, .keyID, .recipientID, .slotID, .slotSalt, .sessionID, .writerID, .storeID:
            try require(value.count == 16)
        case .recipientPublicKey, .slotPublicKey, .identityPublicKey, .accountPublicKey, .sessionPublicKey, .verifierDigest,
            .policyDigest, .ciphertextDigest, .dekCommitment, .serverNonce, .clientNonce, .loginPublicKey, .writerPublicKey,
            .bodyDigest, .auditPreviousHash:
            try require(value.count == 32)
        case .keyVersion, .epoch:
            try require(value.count == 4 && value.contains { $0 != 0 })
        case .burst, .maximumConcurrent, .idleLimit:
            try require(value.count == 4)
        case .auditSequence:
            try require(value.count == 8 && value.contains { $0 != 0 })
        case .issuedAt, .expiresAt, .accountRevision, .signedAt, .notBefore, .maximumRequests, .rate, .timeMilliseconds:
            try require(value.count == 8)
        case .alias:
            try require(text(value).flatMap { Alias($0) } != nil)
        case .destination:
            _ = try DestinationCoding.decode(value)
        case .injection:
            _ = try InjectionCoding.decode(value)
        case .recipientKind:
            try require(value.count == 1 && RecipientKind(rawValue: value[0]) != nil)
        case .slotKind:
            try require(value.count == 1 && SlotKind(rawValue: value[0]) != nil)
        case .sessionKind:
            try require(value.count == 1 && SessionPolicy.Kind(rawValue: value[0]) != nil)
        case .upgradeAllowed:
            try require(value.count == 1 && value[0] <= 1)
        case .rights:
            try require(value.count == 1 && value[0] & ~WriterRights.all.rawValue == 0)
        case .slotCosts:
            try require([0, 4].contains(value.count) || (value.count == 12 && value.suffix(4) == [0, 0, 0, 1]))
        case .keyIDs:
            try requireRows(value, width: 16, maximum: 256)
        case .slotEntries:
            try requireRows(value, width: SlotList.entryCount, maximum: SlotList.maximumCount, keyWidth: 16)
        case .signer:
            try require(value.count == 33 && Signer.Kind(rawValue: value[0]) != nil)
        case .name, .change, .secretName:
            try require((1...64).contains(value.count) && text(value) != nil)
        case .origin:
            try require((1...300).contains(value.count) && text(value) != nil)
        case .actor, .action, .subject, .outcome, .requestID:
            try require(value.count <= 1024 && text(value) != nil)
        case .aliases, .methods, .pathPrefixes, .browserOrigins, .mintingPaths:
            _ = try FieldList.decode(value)
        case .encryptedSlotPrivateKey:
            try require(value.count == 60)
        case .sealedIdentityKey, .sealedAccountKey:
            try require(value.count == 80)
        }
    }

    private func require(_ holds: Bool) throws(EnvelopeError) {
        guard holds else { throw .malformed("field \(self)") }
    }

    /// Rows of `width` bytes, at least one, ascending by their first `keyWidth` bytes without duplicates.
    private func requireRows(_ value: [UInt8], width: Int, maximum: Int, keyWidth: Int? = nil) throws(EnvelopeError) {
        try require(!value.isEmpty && value.count % width == 0 && value.count / width <= maximum)
        let keys = stride(from: 0, to: value.count, by: width).map { value[$0..<$0 + (keyWidth ?? width)] }
        try require(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }

    private func text(_ value: [UInt8]) -> String? {
        String(validating: value, as: UTF8.self)
    }
}
