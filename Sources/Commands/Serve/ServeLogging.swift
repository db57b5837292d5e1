import Logging

/// The broker's log: lines on standard error, with the fields of `LogField` only.
enum ServeLogging {
    /// Sets the process's log up; called once.
    /// - Parameter level: `TACIT_LOG_LEVEL`; `nil` for info.
    /// - Throws: `.setting` for an unknown level.
    static func start(level text: String?) throws(StartError) -> Logger {
        let level: Logger.Level
        if let text, !text.isEmpty {
            guard let given = Logger.Level(rawValue: text.lowercased()) else {
                let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw .setting("TACIT_LOG_LEVEL: \(text.debugDescription) is none of \(known)")
            }
            level = given
        } else {
            level = .info
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return FieldFilter(handler)
        }
        return Logger(label: "tacit")
    }
}
