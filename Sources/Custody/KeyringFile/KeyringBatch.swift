import Envelope
import Model
import SecretMemory

/// What a custody of a keyring does with one batch, wherever the keyring came from.
enum KeyringBatch {
    static func wrap(_ items: [WrapItem], _ keyring: borrowing Keyring) throws(CustodyError) -> [Blob] {
        let workspace = KeyringWorkspace()
        var wraps: [Blob] = []
        for item in items { wraps.append(try workspace.wrap(unsafe item.plaintext.bytes.span.bytes, item.context, keyring)) }
        return wraps
    }

    static func unwrap(_ items: [UnwrapItem], _ keyring: borrowing Keyring) throws(CustodyError) -> [Blob] {
        let workspace = KeyringWorkspace()
        var plaintexts: [Blob] = []
        for item in items {
            var plaintext = [UInt8](repeating: 0, count: try KeyringWrap.plaintextCount(of: item.wrap, kind: keyring.wrapKind))
            var elements = plaintext.mutableSpan
            var out = unsafe elements.mutableBytes
            try workspace.unwrap(item.wrap, item.context, keyring, into: &out)
            plaintexts.append(Blob(plaintext))
        }
        return plaintexts
    }

    static func rewrap(_ items: [UnwrapItem], _ keyring: borrowing Keyring) throws(CustodyError) -> [Blob] {
        let workspace = KeyringWorkspace()
        var wraps: [Blob] = []
        for item in items { wraps.append(try workspace.rewrap(item.wrap, item.context, keyring)) }
        return wraps
    }

    static func unwrapSecret(_ wrap: Blob, _ context: ContextBytes, _ keyring: borrowing Keyring) throws(CustodyError) -> SecretBytes {
        let count = try KeyringWrap.plaintextCount(of: wrap, kind: keyring.wrapKind)
        guard count >= 1 else { throw .integrity }
        return try SecretBytes(count: count) { (out) throws(CustodyError) in
            try KeyringWorkspace().unwrap(wrap, context, keyring, into: &out)
        }
    }
}
