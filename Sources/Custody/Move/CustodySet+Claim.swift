extension CustodySet {
    /// Writes down, for the other stores of this machine, which custodies this store uses now.
    package func claim() throws(CustodyError) {
        let standing = standing
        try file?.claim.write([standing.current.uri] + (standing.previous.map { [$0.uri] } ?? []))
    }

    /// The files in which other stores say that they use a custody, too.
    package func otherClaims(of uri: String) throws(CustodyError) -> [String] { try file?.claim.others(naming: uri) ?? [] }
}
