import Client

/// Words of a unit file, quoted so that systemd reads them as they are (systemd.syntax(7), systemd.service(5)).
enum UnitText {
    /// One argument of a command line: `%` is a specifier, `$` a variable, and what is not plain stands in quotes.
    /// - Throws: `.invalidInput` for control characters: a unit is lines.
    static func argument(_ text: String) throws(ClientError) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
            throw .invalidInput("an argument with control characters cannot stand in a unit file")
        }
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%").replacing("$", with: "$$")
        let isPlain = !escaped.isEmpty && escaped.utf8.allSatisfy { isPlainByte($0) }
        return isPlain ? escaped : "\"\(escaped)\""
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "/._-:=,@%$[]+".utf8.contains(byte)
        }
    }

    /// A command line.
    static func command(_ words: [String]) throws(ClientError) -> String {
        var line: [String] = []
        for word in words { line.append(try argument(word)) }
        return line.joined(separator: " ")
    }
}
