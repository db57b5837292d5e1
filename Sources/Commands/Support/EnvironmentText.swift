import SecretMemory

/// Assignments as text that holds the token, made in guarded memory.
enum EnvironmentText {
    /// One line an assignment (JSON: one document). Removed variables become `unset` in a shell and are left out elsewhere.
    /// Values are URLs of the broker and a token of base64url, so that single quotes are all the quoting a shell needs.
    static func render(_ assignments: [ChildAssignment], format: EnvCommand.Format, token: borrowing SecretBytes) -> SecretBytes {
        var pieces: [Piece] = []
        func value(_ content: ChildAssignment.Content) -> Piece? {
            switch content {
            case .text(let text): .text(format == .json ? escaped(text) : text.replacing("'", with: "'\\''"))
            case .token: .token
            case .removed: nil
            }
        }
        var isFirst = true
        if format == .json { pieces.append(.text("{")) }
        for assignment in assignments {
            guard let value = value(assignment.content) else {
                if format == .sh { pieces.append(.text("unset \(assignment.name)\n")) }
                continue
            }
            switch format {
            case .sh: pieces += [.text("export \(assignment.name)='"), value, .text("'\n")]
            case .dotenv: pieces += [.text("\(assignment.name)="), value, .text("\n")]
            case .json: pieces += [.text((isFirst ? "" : ",") + "\"\(assignment.name)\":\""), value, .text("\"")]
            }
            isFirst = false
        }
        pieces.append(.text(format == .json ? "}\n" : ""))
        return join(pieces, token)
    }

    private enum Piece {
        case text(String)
        case token
    }

    private static func join(_ pieces: [Piece], _ token: borrowing SecretBytes) -> SecretBytes {
        token.withBytes { token in
            var count = 0
            for piece in pieces {
                switch piece {
                case .text(let text): count += text.utf8.count
                case .token: count += token.byteCount
                }
            }
            return SecretBytes(count: max(count, 1)) { span in
                var offset = 0
                for piece in pieces {
                    switch piece {
                    case .text(let text):
                        for byte in text.utf8 {
                            span.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                            offset += 1
                        }
                    case .token:
                        for index in token.byteOffsets {
                            let byte = unsafe token.unsafeLoad(fromByteOffset: index, as: UInt8.self)
                            span.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
                            offset += 1
                        }
                    }
                }
            }
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
