/// What is wrong with a vector file; the text names file and key.
package struct VectorError: Error, CustomStringConvertible {
    /// For the person who wrote the file.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
