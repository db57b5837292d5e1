import Store
import TacitTesting
import Testing

@Suite struct StoreSuiteTests {
    @Test("SQLiteStore keeps the protocol", arguments: StoreSuite.cases)
    func keepsTheProtocol(_ rule: StoreSuite.Case) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let store = try SQLiteStore(directory: directory.path)
        try await rule.run(store)
        try store.close()
    }
}
