package import Envelope
package import Model
package import SecretMemory
import Synchronization

/// The custody a broker works with: one, and during a move also the one the KEK comes from.
///
/// Everything is wrapped with the current one; what is unwrapped may be either's. Brokers that share a store follow each other's moves by
/// the move file, which is read again whenever a wrap is nobody's.
package final class CustodySet: Custody {
    /// Opens a custody by its URI; a new keyring or version may be made in a custody that is moved to.
    package typealias Opener = @Sendable (_ uri: String, _ mayCreate: Bool) async throws(CustodyError) -> any Custody

    struct Members: Sendable {
        let current: any Custody
        let previous: (any Custody)?
        /// Grows with every change.
        let generation: UInt64
    }

    private static let immovable = CustodyError.misconfigured("this broker cannot move its KEK; run: tacit kek status")

    private let members: Mutex<Members>
    let file: CustodyMoveFile?
    private let opener: Opener
    /// A finished move that is not about where the KEK is now.
    private let ignored: CustodyMove?

    /// - Parameters:
    ///   - previous: the custody a move that is under way comes from.
    ///   - file: where moves are written down; `nil`: there are none.
    package init(
        _ current: any Custody, previous: (any Custody)? = nil, file: CustodyMoveFile? = nil, ignoring ignored: CustodyMove? = nil,
        opener: @escaping Opener = { (_, _) async throws(CustodyError) in throw CustodySet.immovable }
    ) {
        members = Mutex(Members(current: current, previous: previous, generation: 0))
        self.file = file
        self.ignored = ignored
        self.opener = opener
    }

    var standing: Members { members.withLock { $0 } }

    /// The custody that wraps now, with the URI it comes from during a move: one value, for whoever wraps and then says with what, and whose
    /// `generation` names the move.
    package var pinned: (custody: any Custody, predecessor: String?, generation: UInt64) {
        let standing = standing
        return (standing.current, standing.previous?.uri, standing.generation)
    }

    private func replace(current: any Custody, previous: (any Custody)?) {
        members.withLock { $0 = Members(current: current, previous: previous, generation: $0.generation &+ 1) }
    }

    // MARK: Moves

    /// URI of the custody the KEK is being moved away from; `nil` where no move is under way.
    package var predecessor: String? { standing.previous?.uri }

    /// Opens a custody that the KEK may be moved to.
    package func open(_ uri: String) async throws(CustodyError) -> any Custody { try await opener(uri, true) }

    /// Writes the move down and wraps with `new` from now on.
    /// - Parameter isCurrent: whether the store is wrapped under the custody of a URI; asked when no other broker can begin or end a move.
    /// - Throws: `.misconfigured` where another move is under way, also another broker's, or none can be written down; `.unreachable`.
    package func beginMove(to new: any Custody, where isCurrent: (_ uri: String) async -> Bool) async throws(CustodyError) {
        guard let file else { throw Self.immovable }
        let lock = try await file.lock()
        defer { lock.release() }
        let old = standing
        let last = try file.read()
        // A move away from the custody we still wrap with is another broker's, and not followed yet.
        let isFollowed = last.map { $0.isFinished && ($0.to == old.current.uri || $0.from != old.current.uri) } ?? true
        guard old.previous == nil, isFollowed, await isCurrent(old.current.uri) else {
            throw .misconfigured("another move is under way; run: tacit kek status")
        }
        try file.claim.write([old.current.uri, new.uri])
        try file.write(CustodyMove(from: old.current.uri, to: new.uri, isFinished: false))
        replace(current: new, previous: old.current)
    }

    /// Writes down that nothing needs the old custody any more, and lets go of it.
    /// - Parameters:
    ///   - generation: of ``pinned``, when the caller began to see to it: what it found out is about that move and no later one.
    ///   - isAlone: whether every row is under the custody of a URI; asked when no other broker can begin or end a move.
    /// - Returns: whether it was that move; where it was not, or rows are left, nothing was done.
    package func finishMove(generation: UInt64, where isAlone: (_ uri: String) async -> Bool) async throws(CustodyError) -> Bool {
        guard let file else { return false }
        // Another broker may begin the next move as soon as this one is written down as finished.
        let lock = try await file.lock()
        defer { lock.release() }
        let old = standing
        guard old.generation == generation, let previous = old.previous, let move = try file.read(), move.from == previous.uri,
            move.to == old.current.uri, await isAlone(move.to)
        else { return false }
        if !move.isFinished { try file.write(CustodyMove(from: previous.uri, to: old.current.uri, isFinished: true)) }
        members.withLock { members in
            guard members.generation == generation else { return }
            members = Members(current: old.current, previous: nil, generation: generation &+ 1)
        }
        return true
    }

    /// Takes over what another broker of the store began or finished.
    /// - Returns: whether there is another custody to ask now.
    /// - Throws: where the file cannot be read or the custody it names not opened.
    @discardableResult
    package func follow() async throws(CustodyError) -> Bool {
        let old = standing
        guard let move = try file?.read(), move != ignored else { return false }
        if move.to == old.current.uri {
            if move.isFinished {
                if old.previous != nil { replace(current: old.current, previous: nil) }
                return false
            }
            guard old.previous?.uri != move.from else { return false }
            let previous = try await opener(move.from, false)
            guard standing.generation == old.generation else { return true }
            replace(current: old.current, previous: previous)
            return true
        }
        let new = try await opener(move.to, false)
        let previous: (any Custody)? =
            move.isFinished ? nil : move.from == old.current.uri ? old.current : try await opener(move.from, false)
        guard standing.generation == old.generation else { return true }
        replace(current: new, previous: previous)
        return true
    }

    /// The member of a URI.
    package func member(_ uri: String) -> (any Custody)? {
        let standing = standing
        return [standing.current, standing.previous].compactMap { $0 }.first { $0.uri == uri }
    }

    // MARK: Custody

    package var kind: String { standing.current.kind }
    package var uri: String { standing.current.uri }

    package func wrap(_ items: [WrapItem]) async throws(CustodyError) -> [Blob] { try await standing.current.wrap(items) }

    package func wrapSecret(_ secret: borrowing SecretBytes, context: ContextBytes) async throws(CustodyError) -> Blob {
        try await standing.current.wrapSecret(secret, context: context)
    }

    package func rewrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        if standing.previous == nil { return try await standing.current.rewrap(items) }
        let opened = try await unwrap(items)
        return try await wrap(zip(items, opened).map { WrapItem(plaintext: $1, context: $0.context) })
    }

    package func versions() async throws(CustodyError) -> KEKVersions { try await standing.current.versions() }
    package func version(of wrap: Blob) -> UInt32? { standing.current.version(of: wrap) }

    package func addVersion(after current: UInt32) async throws(CustodyError) -> KEKVersions {
        try await standing.current.addVersion(after: current)
    }

    package func retire(_ version: UInt32) async throws(CustodyError) { try await standing.current.retire(version) }

    /// Of the current one; of the old one where only that is in the way of a move.
    package func status() async -> CustodyStatus {
        let standing = standing
        let status = await standing.current.status()
        guard status.state == .ok, let previous = standing.previous else { return status }
        let before = await previous.status()
        guard before.state != .ok else { return status }
        return CustodyStatus(
            state: before.state, cause: "the custody the KEK is moved from, \(previous.uri): \(before.cause)", versions: status.versions)
    }

    /// Keeps every member usable; starts anew when they change.
    package func run() async {
        while !Task.isCancelled {
            let now = standing
            try? claim()
            await withTaskGroup(of: Void.self) { group in
                for member in [now.current, now.previous].compactMap({ $0 }) { group.addTask { await member.run() } }
                group.addTask { await self.waitForChange(after: now.generation) }
                _ = await group.next()
                group.cancelAll()
            }
        }
    }

    private func waitForChange(after generation: UInt64) async {
        while standing.generation == generation {
            do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
        }
    }
}
