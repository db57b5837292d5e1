package import Envelope
package import Model
package import SecretMemory

extension CustodySet {
    /// Asks, for each wrap, whoever knows its kind: the current custody before the previous one.
    package func unwrap(_ items: [UnwrapItem]) async throws(CustodyError) -> [Blob] {
        let asked = standing
        do throws(CustodyError) { return try await unwrap(items, asked) } catch {
            guard isOfWrap(error), try await hasChanged(since: asked) else { throw error }
            return try await unwrap(items, standing)
        }
    }

    package func unwrapSecret(_ wrap: Blob, context: ContextBytes) async throws(CustodyError) -> SecretBytes {
        let asked = standing
        do throws(CustodyError) { return try await unwrapSecret(wrap, context, asked) } catch {
            guard isOfWrap(error), try await hasChanged(since: asked) else { throw error }
            return try await unwrapSecret(wrap, context, standing)
        }
    }

    /// Whether there is somebody else to ask now: by a move that is followed here, or was followed by another task meanwhile.
    private func hasChanged(since asked: Members) async throws(CustodyError) -> Bool {
        let hasFollowed = try await follow()
        return hasFollowed || standing.generation != asked.generation
    }

    private func unwrap(_ items: [UnwrapItem], _ members: Members) async throws(CustodyError) -> [Blob] {
        guard let previous = members.previous else { return try await members.current.unwrap(items) }
        // A wrap's first byte tells its kind, so that one custody need not answer for the other's wraps.
        var groups: [Int: [Int]] = [:]
        for (place, item) in items.enumerated() {
            let kind = (members.current.version(of: item.wrap) != nil ? 1 : 0) | (previous.version(of: item.wrap) != nil ? 2 : 0)
            groups[kind, default: []].append(place)
        }
        guard groups[0] == nil else { throw .integrity }
        var opened = [Blob?](repeating: nil, count: items.count)
        for (kind, places) in groups {
            let part = places.map { items[$0] }
            let plaintexts =
                switch kind {
                case 1: try await members.current.unwrap(part)
                case 2: try await previous.unwrap(part)
                default: try await unwrapEither(part, members.current, previous)
                }
            guard plaintexts.count == places.count else {
                throw .unreachable("the KEK answered for another number of wraps; run: tacit kek status")
            }
            for (place, plaintext) in zip(places, plaintexts) { opened[place] = plaintext }
        }
        return opened.compactMap { $0 }
    }

    /// For two custodies of one kind. Batches are mostly of one of them; a mixed one is halved.
    private func unwrapEither(
        _ items: [UnwrapItem], _ one: any Custody, _ other: any Custody
    ) async throws(CustodyError) -> [Blob] {
        do throws(CustodyError) { return try await one.unwrap(items) } catch { guard isOfWrap(error) else { throw error } }
        do throws(CustodyError) { return try await other.unwrap(items) } catch {
            guard isOfWrap(error), items.count > 1 else { throw error }
        }
        let half = items.count / 2
        return try await unwrapEither(Array(items[..<half]), one, other) + unwrapEither(Array(items[half...]), one, other)
    }

    private func unwrapSecret(
        _ wrap: Blob, _ context: ContextBytes, _ members: Members
    ) async throws(CustodyError) -> SecretBytes {
        guard let previous = members.previous, previous.version(of: wrap) != nil else {
            return try await members.current.unwrapSecret(wrap, context: context)
        }
        guard members.current.version(of: wrap) != nil else { return try await previous.unwrapSecret(wrap, context: context) }
        do throws(CustodyError) { return try await members.current.unwrapSecret(wrap, context: context) } catch {
            guard isOfWrap(error) else { throw error }
            return try await previous.unwrapSecret(wrap, context: context)
        }
    }

    /// Whether an error is about the wrap and not about the custody.
    private func isOfWrap(_ error: CustodyError) -> Bool {
        switch error {
        case .integrity, .unknownVersion: true
        case .unreachable, .misconfigured, .tooLarge: false
        }
    }
}
