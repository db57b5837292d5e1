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
    /// As `--kek` names it, in its canonical form and without credentials; equal for two custodies of the same KEK.
    var uri: String { get }
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
    /// Makes a version and makes it current, unless another than `current` is current already: then nothing is made, so that of two
    /// brokers which both want a successor of `current` one makes it.
    /// - Returns: the versions as they are afterwards.
    @discardableResult
    func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions
    /// Destroys a version for good: no wrap of it opens any more. Doing it again does nothing.
    /// - Throws: `.misconfigured` for the current version, and where the custody may not destroy; `.unknownVersion` for one that never was.
    func retire(_ version: UInt32) async throws(CustodyError)
    /// As ``retire(_:)``. A custody that destroys only from the lowest version up takes lower ones along that nobody needs.
    /// - Parameter needed: the versions wraps may be left of.
    func retire(_ version: UInt32, needed: Set<UInt32>) async throws(CustodyError)
    /// How the custody is now, asked anew; plain words for people where something is wrong. Changes nothing.
    func status() async -> CustodyStatus
    /// Keeps the custody usable (renewal of logins) until the task is cancelled.
    func run() async
}

extension Custody {
    package func retire(_ version: UInt32, needed: Set<UInt32>) async throws(CustodyError) { try await retire(version) }

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
