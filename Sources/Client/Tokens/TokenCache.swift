import Glibc
package import Model
import Primitives
package import SecretMemory

/// Session tokens between commands: one file for each broker and account in `$XDG_RUNTIME_DIR/tacit/` (0700), 0600, in memory file systems
/// on most machines and gone at logout. Where `XDG_RUNTIME_DIR` is unset nothing is kept.
///
/// A file is the token (68 bytes), a line feed, and ``CachedToken`` as JSON.
package struct TokenCache: Sendable {
    private let directory: String?
    private static let tokenCount = 68
    private static let limit = 1 << 16

    /// - Parameter directory: `nil`: every store is skipped, every load finds nothing.
    package init(directory: String?) {
        self.directory = directory
    }

    /// Whether tokens are kept at all.
    package var isEnabled: Bool { directory != nil }

    /// The token kept for an account, with its description; `nil` where there is none.
    /// - Throws: `.file` for a file that is open to others or not a token file.
    package func load(broker: String, account: AccountName) throws(ClientError) -> LoadedToken? {
        guard let path = path(broker: broker, account: account), let content = try PrivateFile.readSecret(path, limit: Self.limit) else {
            return nil
        }
        guard content.count > Self.tokenCount + 1 else { throw .file(path: path, reason: "not a session token file; remove it") }
        return try content.withBytes { (bytes) throws(ClientError) in
            guard bytes.byte(at: Self.tokenCount) == UInt8(ascii: "\n") else {
                throw .file(path: path, reason: "not a session token file; remove it")
            }
            let json = bytes.extracting((Self.tokenCount + 1)..<bytes.byteCount)
            let description: CachedToken
            do {
                description = try WireJSON.decode(CachedToken.self, from: unsafe json.withUnsafeBytes { unsafe Array($0) })
            } catch {
                throw .file(path: path, reason: "not a session token file (\(error)); remove it")
            }
            guard description.broker == broker, description.account == account else {
                throw .file(path: path, reason: "belongs to another account; remove it")
            }
            return LoadedToken(description: description, token: SecretBytes(copying: bytes.extracting(0..<Self.tokenCount)))
        }
    }

    /// Keeps a token in place of the one kept before.
    /// - Returns: the file, or `nil` where nothing is kept.
    @discardableResult
    package func store(_ token: borrowing SecretBytes, _ description: CachedToken) throws(ClientError) -> String? {
        guard let path = path(broker: description.broker, account: description.account) else { return nil }
        let json: [UInt8]
        do { json = try WireJSON.encode(description) } catch { throw .invalidInput("\(error)") }
        guard token.count == Self.tokenCount else { throw .system("a session token has \(Self.tokenCount) bytes") }
        let content = token.withBytes { token in
            SecretBytes(count: Self.tokenCount + 1 + json.count) { span in
                for index in 0..<Self.tokenCount { span.storeBytes(of: token.byte(at: index), toByteOffset: index, as: UInt8.self) }
                span.storeBytes(of: UInt8(ascii: "\n"), toByteOffset: Self.tokenCount, as: UInt8.self)
                for (index, byte) in json.enumerated() {
                    span.storeBytes(of: byte, toByteOffset: Self.tokenCount + 1 + index, as: UInt8.self)
                }
            }
        }
        try content.withBytes { (bytes) throws(ClientError) in try PrivateFile.replace(path, with: bytes) }
        return path
    }

    /// Forgets the token of an account.
    package func remove(broker: String, account: AccountName) {
        if let path = path(broker: broker, account: account) { _ = unsafe unlink(path) }
    }

    /// The file of an account: its name says nothing about broker or account.
    private func path(broker: String, account: AccountName) -> String? {
        guard let directory else { return nil }
        let digest = unsafe SHA256.hash(Array("\(broker)\n\(account)".utf8).span.bytes)
        let name = unsafe Hex.encode(Array(digest.prefix(12)).span.bytes)
        return "\(directory)/session-\(name)"
    }
}
