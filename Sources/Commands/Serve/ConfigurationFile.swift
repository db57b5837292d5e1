import Foundation

/// The configuration file of `serve`: one JSON object whose keys are those of ``ServeSetting``. Nothing in it is secret.
enum ConfigurationFile {
    /// Most bytes of a file.
    private static let limit = 1 << 20

    /// Reads a file: texts, whole numbers, booleans, and lists of texts (joined with commas).
    /// - Throws: `.setting` for a file that cannot be read, is no such object, or has an unknown key; the key is named.
    static func read(_ path: String) throws(StartError) -> [ServeSetting: SettingValue] {
        guard let data = FileManager.default.contents(atPath: path), data.count <= limit else {
            throw .setting("--config \(path): the file cannot be read")
        }
        return try parse(data, path: path)
    }

    static func parse(_ data: Data, path: String) throws(StartError) -> [ServeSetting: SettingValue] {
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw .setting("\(path) is not one JSON object")
        }
        var settings: [ServeSetting: SettingValue] = [:]
        for (key, value) in object.sorted(by: { $0.key < $1.key }) {
            guard let setting = ServeSetting(rawValue: key) else {
                let known = ServeSetting.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                throw .setting("\(path): unknown key \(key.debugDescription); known are: \(known)")
            }
            guard let text = text(value) else {
                throw .setting("\(path): \(key) takes a text, a whole number, true, false, or a list of texts")
            }
            settings[setting] = SettingValue(text: text, source: "\"\(key)\" in \(path)")
        }
        return settings
    }

    private static func text(_ value: Any) -> String? {
        switch value {
        case let text as String: text
        case let list as [String]: list.joined(separator: ",")
        case let number as NSNumber where isBoolean(number): number.boolValue ? "true" : "false"
        case let number as NSNumber where number.doubleValue == Double(number.intValue): "\(number.intValue)"
        default: nil
        }
    }

    // On Linux a JSON boolean arrives as an NSNumber whose type is that of a C bool.
    private static func isBoolean(_ number: NSNumber) -> Bool {
        unsafe ["c", "B"].contains(String(cString: number.objCType))
    }
}
