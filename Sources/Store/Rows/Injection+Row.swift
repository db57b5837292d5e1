import GRDB
import Model

/// `injection_kind` as in FORMAT section 4; the columns a kind does not use are NULL.
extension Injection {
    init(row: RowReader) throws(RowFault) {
        let kind: UInt8 = try row.integer("injection_kind")
        let name = try row.optionalText("injection_name", limit: 64)
        let prefix = try row.optionalText("injection_prefix", limit: 256)
        let suffix = try row.optionalText("injection_suffix", limit: 256)
        let user = try row.optionalText("injection_user", limit: 256)
        let value: Injection
        switch (kind, name, prefix, suffix, user) {
        case (1, let name?, let prefix?, let suffix?, nil): value = .header(name: name, prefix: prefix, suffix: suffix)
        case (2, let name?, nil, nil, nil): value = .query(name: name)
        case (3, nil, nil, nil, let user?): value = .basic(user: user)
        default: throw RowFault("injection_kind")
        }
        do throws(ModelError) { self = try value.validated() } catch { throw RowFault("injection_kind") }
    }

    func columns() throws(StoreError) -> Columns {
        do throws(ModelError) { _ = try validated() } catch { throw StoreError.invalid(error.reason) }
        var kind: Int64
        var (name, prefix, suffix, user): (String?, String?, String?, String?) = (nil, nil, nil, nil)
        switch self {
        case .header(let header, let before, let after): (kind, name, prefix, suffix) = (1, header, before, after)
        case .query(let parameter): (kind, name) = (2, parameter)
        case .basic(let userName): (kind, user) = (3, userName)
        }
        return [
            ("injection_kind", kind),
            ("injection_name", name),
            ("injection_prefix", prefix),
            ("injection_suffix", suffix),
            ("injection_user", user),
        ]
    }
}
