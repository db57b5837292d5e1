import Logging
import Model

/// A log handler that passes only the fields of ``LogField`` on, whoever logs: an allow-list stays right when a library adds a field.
struct FieldFilter<Handler: LogHandler>: LogHandler {
    private var handler: Handler

    init(_ handler: Handler) {
        self.handler = handler
    }

    var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = Self.allowed(newValue) }
    }

    /// Kept nowhere: what a provider gives at the time of a line would pass no filter.
    var metadataProvider: Logger.MetadataProvider? {
        get { nil }
        set {}
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { handler[metadataKey: key] }
        set { if LogField.names.contains(key) { handler[metadataKey: key] = newValue } }
    }

    func log(event: LogEvent) {
        var event = event
        event.metadata = event.metadata.map(Self.allowed)
        if let error = event.error {
            // An error's text may quote what a peer sent; its type does not.
            event.error = nil
            event.metadata = (event.metadata ?? [:]).merging([LogField.errorType.rawValue: "\(type(of: error))"]) { first, _ in first }
        }
        handler.log(event: event)
    }

    private static func allowed(_ metadata: Logger.Metadata) -> Logger.Metadata {
        metadata.filter { LogField.names.contains($0.key) }
    }
}
