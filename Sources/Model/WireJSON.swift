internal import Foundation

/// The one way our messages become JSON and back: snake-case keys, sorted, and no field the receiver does not know.
package enum WireJSON {
    /// Encodes `message`; keys sorted, slashes plain.
    package static func encode(_ message: some Encodable) throws(ModelError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(message)) } catch { throw ModelError(.malformed, "could not encode \(type(of: message))") }
    }

    /// Decodes a message and refuses unknown fields: what the value encodes to must name every field that came in (a null counts as absent).
    /// - Throws: `.malformed` with the place, `.unknownField` with the field's path.
    package static func decode<T: Codable>(_ type: T.Type, from bytes: [UInt8]) throws(ModelError) -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let value: T
        let given: Any
        let known: Any
        do {
            value = try decoder.decode(type, from: Data(bytes))
            given = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
            known = try JSONSerialization.jsonObject(with: Data(try encode(value)), options: [.fragmentsAllowed])
        } catch let error as DecodingError {
            throw ModelError(.malformed, describe(error))
        } catch {
            throw ModelError(.malformed, "not a JSON document")
        }
        if let path = unknownField(in: given, known: known, path: "") {
            throw ModelError(.unknownField, "unknown field \(path)")
        }
        return value
    }

    private static func unknownField(in given: Any, known: Any, path: String) -> String? {
        if let given = given as? [String: Any] {
            let known = known as? [String: Any] ?? [:]
            for (key, value) in given where !(value is NSNull) {
                guard let match = known[key] else { return path + "." + key }
                if let inner = unknownField(in: value, known: match, path: path + "." + key) { return inner }
            }
        } else if let given = given as? [Any], let known = known as? [Any] {
            for (value, match) in zip(given, known) {
                if let inner = unknownField(in: value, known: match, path: path + "[]") { return inner }
            }
        }
        return nil
    }

    private static func describe(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch error {
        case .keyNotFound(let key, let context):
            "missing field \((context.codingPath.map(\.stringValue) + [key.stringValue]).joined(separator: "."))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "wrong type at \(place(context))"
        case .dataCorrupted(let context): "\(place(context)): \(context.debugDescription)"
        @unknown default: "malformed body"
        }
    }
}
