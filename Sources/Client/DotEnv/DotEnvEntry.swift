/// One assignment in a `.env` file: where it stands and where its value is, not the value.
package struct DotEnvEntry: Hashable, Sendable {
    package let name: String
    /// From 1.
    package let line: Int
    /// Bytes of the whole line in the file, without its line feed.
    package let lineRange: Range<Int>
    /// Bytes of the value in the file, without quotes; may be empty.
    package let valueRange: Range<Int>
}
