import Foundation
import Logging
import Model
import Testing

@testable import Commands

/// The one list of what the log may carry.
@Suite struct LogFieldTests {
    /// Keeps the last line.
    private final class Last: @unchecked Sendable {
        var event: LogEvent?
        var metadata = Logger.Metadata()
    }

    private struct Inner: LogHandler {
        let last: Last
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata {
            get { last.metadata }
            set { last.metadata = newValue }
        }

        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { last.metadata[key] }
            set { last.metadata[key] = newValue }
        }

        func log(event: LogEvent) { last.event = event }
    }

    private struct Quoting: Error { let text: String }

    @Test func aFieldThatIsNotListedIsDroppedWhoeverLogsIt() throws {
        let last = Last()
        var logger = Logger(label: "library") { _ in FieldFilter(Inner(last: last)) }
        logger.logLevel = .trace
        logger[metadataKey: "request.id"] = "r"
        logger[metadataKey: "hb.request.path"] = "canary"
        logger.error("x", error: Quoting(text: "canary"), metadata: ["status": "200", "url": "canary", "header": ["canary"]])
        let event = try #require(last.event)
        #expect(event.metadata?.keys.sorted() == ["error.type", "status"])
        #expect(event.error == nil)
        #expect(last.metadata == ["request.id": "r"])
        #expect(!"\(event)\(last.metadata)".contains("canary"))
    }

    @Test func everyFieldTheSourcesNameIsListed() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources").resolvingSymlinksInPath()
        let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)).compactMap { $0 as? URL }
        var found: Set<String> = []
        for file in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("logger.") || text.contains("metadataKey") else { continue }
            for match in text.matches(of: /"([a-z]+(?:\.[a-z]+)*)": "\\\(/) { found.insert(String(match.1)) }
            for match in text.matches(of: /metadataKey: "([^"]+)"/) { found.insert(String(match.1)) }
        }
        // That the search finds anything at all.
        #expect(found.isSuperset(of: ["store.reason", "kek.reason", "error.code", "host", "request.id"]))
        #expect(found.subtracting(LogField.names).isEmpty)
    }
}
