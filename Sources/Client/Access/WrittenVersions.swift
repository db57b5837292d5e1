package import Model

/// What an access file has written that still counts.
package struct WrittenVersions: Sendable {
    /// What ends one key's values of that file.
    package enum Remedy: Hashable, Sendable {
        /// Every version that is left is the file's.
        case revoke
        /// Calls go back to this version, which is not the file's; then these are retired.
        case rollBack(to: UInt32, retiring: [UInt32])
        /// These are not in use.
        case retire([UInt32])
    }

    package struct Item: Hashable, Sendable {
        package let alias: Alias
        package let versions: [UInt32]
        package let remedy: Remedy
    }

    package let items: [Item]

    /// - Parameter publicKey: of the file's writer key.
    package init(of publicKey: Blob, in keys: [KeyMessages.Key]) {
        items = keys.filter { $0.revokedAt == nil }.compactMap { key in
            let live = key.versions.filter { $0.state != .retired }
            let written = live.filter { $0.signer.kind == .writer && $0.signer.publicKey == publicKey }
            guard !written.isEmpty else { return nil }
            let numbers = written.map(\.version).sorted()
            let others = live.filter { other in !numbers.contains(other.version) }
            let remedy: Remedy
            if !written.contains(where: { $0.state == .active }) {
                remedy = .retire(numbers)
            } else if let back = others.filter({ $0.state == .grace }).map(\.version).max() {
                remedy = .rollBack(to: back, retiring: numbers)
            } else {
                remedy = .revoke
            }
            return Item(alias: key.alias, versions: numbers, remedy: remedy)
        }
    }
}
