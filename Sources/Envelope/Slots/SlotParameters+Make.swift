package import Model
import Primitives

extension SlotParameters {
    /// Parameters of a new slot: random id, random salt.
    /// - Throws: `.costsRefused` for costs that no client would accept for the kind.
    package static func make(kind: SlotKind, costs: SlotCosts) throws(EnvelopeError) -> SlotParameters {
        guard let slotID = SlotID(bytes: Random.bytes(16)) else { throw .libraryFailure }
        let parameters = SlotParameters(slotID: slotID, kind: kind, salt: Blob(Random.bytes(16)), costs: costs)
        try parameters.requireAcceptable()
        return parameters
    }

    /// - Throws: `.costsRefused`; `.malformed` for a salt that is not 16 bytes.
    func requireAcceptable() throws(EnvelopeError) {
        guard costs.isAcceptable(for: kind) else { throw .costsRefused }
        guard salt.bytes.count == 16 else { throw .malformed("slot salt") }
    }
}
