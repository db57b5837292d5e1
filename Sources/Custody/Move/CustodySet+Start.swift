extension CustodySet {
    /// The custody a broker starts with: the one it is told, or, where the KEK was moved from or to that one, what the move file says.
    /// - Parameters:
    ///   - uri: of `--kek`, canonical.
    ///   - standing: URI of the custody the store is wrapped under, as its own epochs say; `nil` where it says none. Compared, never opened.
    ///   - mayCreate: whether the store holds nothing yet, so that a keyring may be made for it.
    /// - Returns: also what the operator should know; `nil` where there is nothing to say.
    /// - Throws: what no waiting cures.
    package static func start(
        uri: String, standing: String? = nil, mayCreate: Bool = false, file: CustodyMoveFile, opener: @escaping Opener
    ) async throws(CustodyError) -> (set: CustodySet, notice: String?) {
        let move = try file.read()
        guard let move else { return (CustodySet(try await opener(uri, mayCreate), file: file, opener: opener), nil) }
        // The file decides, never the database; but somebody has to say that a database from before is what is meant.
        guard !move.isFinished || move.from != uri || standing != uri else {
            throw .misconfigured(
                "the KEK was moved from \(uri) to \(move.to), and the database is from before that; "
                    + "to go on with it as it is run: rm \(file.path)")
        }
        // Where a move went says nothing of a custody that has another address since.
        if move.isFinished, move.to != uri, move.from != uri {
            return (CustodySet(try await opener(uri, mayCreate), file: file, ignoring: move, opener: opener), nil)
        }
        guard move.from == uri || move.to == uri else {
            throw .misconfigured("the KEK is being moved from \(move.from) to \(move.to); run: tacit serve --kek \(move.to)")
        }
        let current = try await opener(move.to, false)
        guard !move.isFinished else {
            let notice = move.from == uri ? "the KEK was moved; run: tacit serve --kek \(move.to)" : nil
            return (CustodySet(current, file: file, opener: opener), notice)
        }
        let previous = try await opener(move.from, false)
        return (CustodySet(current, previous: previous, file: file, opener: opener), "the KEK is being moved to \(move.to)")
    }
}
