/// Options over environment over file: the settings in force, read once at the start.
///
/// A small strict layer of our own: a configuration library would read whole environments and cannot list a file's keys, so that both
/// refusals (unknown keys, other people's variables) would have to be built beside it anyway.
struct SettingLayers: Sendable {
    private let values: [ServeSetting: SettingValue]

    /// - Parameters:
    ///   - options: what stands on the command line.
    ///   - environment: `TACIT_*` by name; empty values count as unset.
    ///   - file: from ``ConfigurationFile``.
    init(options: [ServeSetting: String], environment: [String: String], file: [ServeSetting: SettingValue]) {
        var values = file
        for setting in ServeSetting.allCases {
            if let text = environment[setting.variable], !text.isEmpty {
                values[setting] = SettingValue(text: text, source: setting.variable)
            }
            if let text = options[setting] { values[setting] = SettingValue(text: text, source: setting.option) }
        }
        self.values = values
    }

    /// A setting as text; `nil` where nobody set it.
    subscript(_ setting: ServeSetting) -> SettingValue? { values[setting] }

    /// A switch.
    /// - Throws: `.setting` for anything but true and false.
    func flag(_ setting: ServeSetting) throws(StartError) -> Bool {
        guard let value = values[setting] else { return false }
        switch value.text {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: throw .setting("\(value.source): \(value.text.debugDescription) is neither true nor false")
        }
    }

    /// A list between commas.
    func list(_ setting: ServeSetting) -> [String] {
        Arguments.words(values[setting]?.text)
    }
}
