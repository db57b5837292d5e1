package import Model

/// Contexts of KEK wraps that belong to no key: a DEK seal and a session entry are wrapped under the context they were made with
/// (``KeyContext``).
package enum WrapContexts {
    /// Of a slot record: `tacit/slot/v1`.
    /// - Throws: `.malformed` for a salt that is not 16 bytes.
    package static func slot(accountID: AccountID, parameters: SlotParameters) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(.slot, SlotFields.fields(accountID, parameters))
    }

    /// Of a secret of the store itself: `tacit/store-secret/v1`.
    /// - Parameter name: 1 to 64 bytes.
    /// - Throws: `.malformed` for another name.
    package static func storeSecret(storeID: StoreID, name: String) throws(EnvelopeError) -> ContextBytes {
        try ContextBytes(.storeSecret, [ContextField(.storeID, storeID), ContextField(.secretName, text: name)])
    }
}
