/// Where one value of a JSON text stands. Holds no byte of it.
struct JSONNode: Equatable {
    enum Kind { case object, array, string, number, `true`, `false`, null }

    let kind: Kind
    /// The value's first byte; of a string the one behind its quotation mark.
    let start: Int
    /// Behind the value's last byte; of a string its closing quotation mark.
    var end: Int
    /// The index of the node behind this one and all within it.
    var next: Int
}
