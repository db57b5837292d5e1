import GRDB
import Model

/// Each part has its own column, so that what a context covers can be read, and altered in a test, by itself.
extension Destination {
    init(row: RowReader) throws(RowFault) {
        guard let scheme = Scheme(rawValue: try row.integer("destination_scheme")) else { throw RowFault("destination_scheme") }
        let hostText = try row.text("destination_host", limit: 253)
        guard let host = try? HostName(hostText), host.text == hostText else { throw RowFault("destination_host") }
        let base = try row.text("destination_base_path", limit: 1024)
        let basePath = base.isEmpty ? nil : try? PathPrefix(base)
        guard (basePath?.text ?? "") == base else { throw RowFault("destination_base_path") }
        let allowed = try row.paths("destination_allowed_prefixes")
        let denied = try row.paths("destination_denied_prefixes")
        let port: UInt16 = try row.integer("destination_port")
        let isPrivate = try row.flag("destination_allows_private")
        let isPlaintext = try row.flag("destination_allows_plaintext")
        do throws(ModelError) {
            try self.init(
                scheme: scheme, host: host, port: port, basePath: basePath, allowedPrefixes: allowed, deniedPrefixes: denied,
                allowsPrivateAddresses: isPrivate, allowsPlaintext: isPlaintext)
        } catch { throw RowFault("destination_scheme") }
        // Sorted and unique in the row as in the value: one destination, one row.
        guard allowedPrefixes == allowed, deniedPrefixes == denied else { throw RowFault("destination_allowed_prefixes") }
    }

    func columns() throws(StoreError) -> Columns {
        [
            ("destination_scheme", Int64(scheme.rawValue)),
            ("destination_host", host.text),
            ("destination_port", Int64(port)),
            ("destination_base_path", basePath?.text ?? ""),
            ("destination_allowed_prefixes", try ColumnValue.lines(allowedPrefixes.map(\.text), "allowed prefixes")),
            ("destination_denied_prefixes", try ColumnValue.lines(deniedPrefixes.map(\.text), "denied prefixes")),
            ("destination_allows_private", allowsPrivateAddresses),
            ("destination_allows_plaintext", allowsPlaintext),
        ]
    }
}
