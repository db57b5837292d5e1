/// Status and headers of a final answer.
package struct HTTPResponseHead: Sendable {
    /// 200 to 999.
    package let status: Int
    /// In the order received, names as received; at most 256, 64 KiB together. Values without the white space around them.
    package let headers: [(String, String)]

    /// The value of the first header of that name, whatever the case of its letters.
    package func header(_ name: String) -> String? {
        let name = name.lowercased()
        return headers.first { $0.0.lowercased() == name }?.1
    }
}
