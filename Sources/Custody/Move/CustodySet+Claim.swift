extension CustodySet {
    /// Writes down, for the other stores of this machine, which custodies this store uses now.
    package func claim() throws(CustodyError) {
        guard let file else { return }
        let standing = standing
        try file.makeDirectory()
        try file.claim.write([standing.current.uri] + (standing.previous.map { [$0.uri] } ?? []))
    }

    /// The files in which other stores say that they use a custody, too.
    package func otherClaims(of uri: String) throws(CustodyError) -> [String] { try file?.claim.others(naming: uri) ?? [] }
}
