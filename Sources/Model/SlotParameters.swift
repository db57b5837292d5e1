/// One way to open an account's private keys; an open registry, unknown numbers are refused.
package enum SlotKind: UInt8, Sendable, Codable, CaseIterable {
    case passphrase = 1, browserPassphrase = 2, passkey = 3, recoveryCode = 4, device = 5
}

/// What a guess costs.
package enum SlotCosts: Hashable, Sendable {
    /// Memory in KiB; one lane.
    case argon2id(memoryKiB: UInt32, passes: UInt32)
    case pbkdf2(iterations: UInt32)
    /// The secret has full entropy.
    case none

    /// 256 MiB, 3 passes.
    package static let standard = SlotCosts.argon2id(memoryKiB: 262_144, passes: 3)

    /// Whether a client may use these costs for `kind`: Argon2id within 64 MiB / 3 passes and 1 GiB / 10 passes, PBKDF2 within 600 000
    /// and 10 000 000 iterations, and only the form that belongs to the kind.
    package func isAcceptable(for kind: SlotKind) -> Bool {
        switch (kind, self) {
        case (.passphrase, .argon2id(let memory, let passes)): (65_536...1_048_576).contains(memory) && (3...10).contains(passes)
        case (.browserPassphrase, .pbkdf2(let iterations)): (600_000...10_000_000).contains(iterations)
        case (.passkey, .none), (.recoveryCode, .none), (.device, .none): true
        default: false
        }
    }
}

extension SlotCosts: Codable {
    private enum CodingKeys: String, CodingKey { case memoryKib, passes, iterations }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let memory = try container.decodeIfPresent(UInt32.self, forKey: .memoryKib)
        let passes = try container.decodeIfPresent(UInt32.self, forKey: .passes)
        let iterations = try container.decodeIfPresent(UInt32.self, forKey: .iterations)
        switch (memory, passes, iterations) {
        case (let memory?, let passes?, nil): self = .argon2id(memoryKiB: memory, passes: passes)
        case (nil, nil, let iterations?): self = .pbkdf2(iterations: iterations)
        case (nil, nil, nil): self = .none
        default:
            throw DecodingError.dataCorruptedError(forKey: .memoryKib, in: container, debugDescription: "costs of one kind, please")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .argon2id(let memory, let passes):
            try container.encode(memory, forKey: .memoryKib)
            try container.encode(passes, forKey: .passes)
        case .pbkdf2(let iterations): try container.encode(iterations, forKey: .iterations)
        case .none: break
        }
    }
}

/// What stands in plain about a slot, before anybody has logged in.
package struct SlotParameters: Hashable, Sendable, Codable {
    package let slotID: SlotID
    package let kind: SlotKind
    /// 16 bytes.
    package let salt: Blob
    package let costs: SlotCosts

    package init(slotID: SlotID, kind: SlotKind, salt: Blob, costs: SlotCosts) {
        self.slotID = slotID
        self.kind = kind
        self.salt = salt
        self.costs = costs
    }

    private enum CodingKeys: String, CodingKey {
        case slotID = "slotId"
        case kind, salt, costs
    }
}
