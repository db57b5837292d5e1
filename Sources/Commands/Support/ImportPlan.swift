import Client
import Model
import Providers
import SecretMemory

/// What `import` will do with a `.env` file.
struct ImportPlan {
    /// A key to enrol.
    struct Item {
        let entry: DotEnvEntry
        let preset: ProviderPreset
        let alias: Alias
        /// Further lines with the same value.
        var repeats: [DotEnvEntry] = []
    }

    private(set) var items: [Item] = []
    /// What was found, a line each, names only.
    private(set) var report: [String] = []

    /// Matches names with presets. Two names of one provider with the same value are one key; another value gets the alias `NAME-2`.
    /// - Parameter value: the value of an entry; asked for known names only.
    init(entries: [DotEnvEntry], value: (DotEnvEntry) -> SecretBytes?) {
        for entry in entries {
            guard let preset = ProviderPresets.enrolling(environmentName: entry.name) else { continue }
            guard let key = value(entry) else {
                report.append("line \(entry.line): \(entry.name) is empty, left out")
                continue
            }
            let same = items.indices.filter { items[$0].preset == preset }
            if let first = same.first(where: { value(items[$0].entry)?.isEqual(to: key) ?? false }) {
                items[first].repeats.append(entry)
                report.append("line \(entry.line): \(entry.name) is the same \(preset.title) key again")
                continue
            }
            guard let alias = Alias(same.isEmpty ? preset.name : "\(preset.name)-\(same.count + 1)") else { continue }
            items.append(Item(entry: entry, preset: preset, alias: alias))
            report.append("line \(entry.line): \(entry.name) (\(preset.title)), to be enrolled as \(alias)")
        }
        let others = entries.count { ProviderPresets.enrolling(environmentName: $0.name) == nil }
        if others > 0 { report.append("\(others) other \(others == 1 ? "name" : "names"), left alone") }
    }
}
