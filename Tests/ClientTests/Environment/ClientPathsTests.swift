import Client
import Testing

@Suite struct ClientPathsTests {
    @Test func followsTheXDGVariables() {
        let paths = ClientPaths(
            environment: ["XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "XDG_RUNTIME_DIR": "/r", "HOME": "/h"], userID: 0, home: "/x")
        #expect(paths.dataDirectory == "/d/tacit" && paths.keyring == "/c/tacit/keyring")
        #expect(paths.knownAccounts == "/c/tacit/known_accounts" && paths.tokenDirectory == "/r/tacit")
        #expect(paths.controlSocket == "/d/tacit/control.sock")
    }

    @Test func relativeVariablesCountAsUnset() {
        let paths = ClientPaths(
            environment: ["XDG_DATA_HOME": "d", "XDG_CONFIG_HOME": "", "XDG_RUNTIME_DIR": "run"], userID: 1000, home: "/h")
        #expect(paths.dataDirectory == "/h/.local/share/tacit" && paths.keyring == "/h/.config/tacit/keyring")
        #expect(paths.tokenDirectory == nil)
    }

    @Test func rootHasSystemDirectories() {
        let paths = ClientPaths(environment: [:], userID: 0, home: "/root")
        #expect(paths.dataDirectory == "/var/lib/tacit" && paths.keyring == "/etc/tacit/keyring")
        #expect(paths.knownAccounts == "/root/.config/tacit/known_accounts")
    }

    @Test func theBrokerIsTheOneNamedElseTheSocketElseLoopback() throws {
        let paths = ClientPaths(environment: [:], userID: 1000, home: "/h")
        func address(_ environment: [String: String], socket: Bool) throws -> String {
            let origin = try BrokerAddress.resolve(environment: environment, paths: paths) { path in socket && path == paths.controlSocket }
            return "\(origin)"
        }
        #expect(try address([:], socket: true) == "unix:/h/.local/share/tacit/control.sock")
        #expect(try address([:], socket: false) == "http://127.0.0.1:8700")
        #expect(try address(["TACIT_URL": "https://broker.example"], socket: true) == "https://broker.example:443")
        #expect(throws: ClientError.self) { try address(["TACIT_URL": "broker.example"], socket: true) }
    }

    @Test func aSocketNobodyListensOnCannotBeOpened() {
        #expect(!UnixSocket.accepts("/nonexistent/control.sock"))
        #expect(!UnixSocket.accepts(String(repeating: "x", count: 200)))
        #expect(!UnixSocket.accepts(""))
    }
}
