import Model

/// The fields every slot context shares: 01 0a 0b 0c 0d.
enum SlotFields {
    static func fields(_ accountID: AccountID, _ parameters: SlotParameters) -> [ContextField] {
        [
            ContextField(.accountID, accountID), ContextField(.slotID, parameters.slotID),
            ContextField(.slotKind, parameters.kind.rawValue), ContextField(.slotSalt, parameters.salt),
            ContextField(.slotCosts, costs(parameters.costs)),
        ]
    }

    private static func costs(_ costs: SlotCosts) -> [UInt8] {
        switch costs {
        case .argon2id(let memoryKiB, let passes): bigEndianBytes(memoryKiB) + bigEndianBytes(passes) + bigEndianBytes(UInt32(1))
        case .pbkdf2(let iterations): bigEndianBytes(iterations)
        case .none: []
        }
    }
}
