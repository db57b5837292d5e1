package import Envelope
package import Model
package import SecretMemory

/// Who holds the key encryption key and wraps with it what rests in the store. The per-request path never needs it.
///
/// Every call takes a batch, because a custody may be a server or a file that is read once per batch. A batch succeeds or throws as a
/// whole; results come in the order of the items. What is wrapped at rest is sealed or encrypted already, so a `Blob` is right for it;
/// a secret of the store itself goes through `wrapSecret` and `unwrapSecret`.
package protocol Custody: Sendable {
    /// `file`, `vault-transit`, `vault-kv`.
    var kind: String { get }
    /// Wraps under the current version.
    /// - Throws: `.tooLarge` for a plaintext that gives more than 131 072 bytes, `.unreachable`, `.misconfigured`.
    func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob]
    /// - Throws: `.integrity` and `.unknownVersion` besides what `wrap` throws. See also ``unwrapEach(_:)``.
    func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob]
    func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob
    func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes
    /// Opens each wrap and wraps it anew under the current version and the same context.
    func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob]
    func versions() async throws(CustodyError) -> KEKVersions
    /// The version a wrap says it was made with; `nil` where it is none of this custody's wraps.
    func version(of wrap: Blob) -> UInt32?
}

extension Custody {
    /// Unwraps a batch in which single wraps may have been altered: those get their own answer and the others are opened.
    /// - Throws: what concerns the custody and not a wrap.
    package func unwrapEach(_ items: [UnwrapItem]) async throws(CustodyError) -> [Result<Blob, CustodyError>] {
        do throws(CustodyError) { return try await unwrap(items).map { .success($0) } } catch {
            switch error {
            case .integrity, .unknownVersion, .tooLarge: break
            case .unreachable, .misconfigured: throw error
            }
            guard items.count > 1 else { return items.map { _ in .failure(error) } }
            let half = items.count / 2
            return try await unwrapEach(Array(items[..<half])) + unwrapEach(Array(items[half...]))
        }
    }
}

/// Something to wrap, and what the wrap is bound to.
package struct WrapItem: Hashable, Sendable {
    package let plaintext: Blob
    package let context: ContextBytes

    package init(plaintext: Blob, context: ContextBytes) {
        self.plaintext = plaintext
        self.context = context
    }
}

/// A wrap, and what it must be bound to.
package struct UnwrapItem: Hashable, Sendable {
    package let wrap: Blob
    package let context: ContextBytes

    package init(wrap: Blob, context: ContextBytes) {
        self.wrap = wrap
        self.context = context
    }
}

/// The versions a custody holds; the highest is current.
package struct KEKVersions: Hashable, Sendable {
    package let current: UInt32
    /// Ascending.
    package let all: [KEKVersion]

    package init(current: UInt32, all: [KEKVersion]) {
        self.current = current
        self.all = all
    }
}

package struct KEKVersion: Hashable, Sendable {
    /// From 1.
    package let number: UInt32
    /// Seconds since 1970.
    package let createdAt: UInt64

    package init(number: UInt32, createdAt: UInt64) {
        self.number = number
        self.createdAt = createdAt
    }
}
