import Broker
import Client
import Custody
import Foundation
import Testing

@testable import Commands

@Suite struct ServeConfigurationTests {
    private let paths = ClientPaths(environment: [:], userID: 1000, home: "/h")

    private func configuration(
        _ options: [ServeSetting: String] = [:], environment: [String: String] = [:], file: String = "{}"
    ) throws -> ServeConfiguration {
        let file = try ConfigurationFile.parse(Data(file.utf8), path: "tacit.json")
        return try ServeConfiguration(
            SettingLayers(options: options, environment: environment, file: file), paths: paths, processors: 4)
    }

    @Test(arguments: [ServeSetting.control, .proxy, .metrics])
    func refusesAListenerOffLoopbackWithoutTLS(_ setting: ServeSetting) {
        for address in ["0.0.0.0:8700", "192.0.2.1:8700", "[::]:8700", "broker.example:8700"] {
            let error = #expect(throws: StartError.self) { try configuration([setting: address]) }
            #expect(error.map { ExitStatus($0) } == .refused && error?.description.contains("TLS") == true)
        }
    }

    @Test(arguments: [
        (ServeSetting.control, "8700"), (.control, "127.0.0.1"), (.control, "127.0.0.1:65536"), (.control, "127.1:1"), (.proxyThreads, "0"),
        (.proxyThreads, "many"), (.kek, "/keyring"), (.kek, "vault-kv:https://v/x"), (.kek, "file:"), (.privateDestinations, "10.0.0.0/33"),
        (.registration, "everyone"), (.metrics, "9464"), (.metrics, "127.0.0.1"), (.metrics, ""), (.controlTLSCert, "c.pem"),
        (.proxyTLSKey, "k.pem"), (.assistedUnlock, "maybe"), (.data, ""),
        (.sessions, "nowhere"),
    ])
    func refusesASettingOfAnotherForm(_ setting: ServeSetting, _ text: String) {
        #expect(throws: StartError.self) { try configuration([setting: text]) }
    }

    @Test(arguments: [
        "[]", "{", "{\"contrl\":\"127.0.0.1:1\"}", "{\"proxy_threads\":1.5}", "{\"origin\":[1]}", "{\"kek\":null}", "{\"data\":{}}",
    ])
    func refusesAConfigurationFile(_ text: String) {
        #expect(throws: StartError.self) { try configuration(file: text) }
    }

    @Test func metricsAreServedOnLoopbackOnlyWhereAsked() throws {
        #expect(try configuration().metrics == nil)
        #expect(try configuration(environment: ["TACIT_METRICS": "[::1]:9464"]).metrics == ListenAddress(host: "::1", port: 9464))
        // TLS elsewhere does not help: this listener has none.
        let error = #expect(throws: StartError.self) {
            try configuration([.metrics: "0.0.0.0:9464", .controlTLSCert: "c.pem", .controlTLSKey: "k.pem"])
        }
        #expect(error.map { ExitStatus($0) } == .refused)
    }

    @Test func anUnknownKeyIsNamed() {
        let error = #expect(throws: StartError.self) { try configuration(file: "{\"proxythreads\":1}") }
        #expect(error?.description.contains("\"proxythreads\"") == true)
    }

    @Test func optionsWinOverTheEnvironmentAndItOverTheFile() throws {
        let file = "{\"proxy_threads\":2,\"control\":\"127.0.0.1:1\",\"registration\":\"closed\"}"
        let environment = ["TACIT_PROXY_THREADS": "3", "TACIT_CONTROL": "127.0.0.1:2", "TACIT_REGISTRATION": ""]
        let made = try configuration([.control: "127.0.0.1:3"], environment: environment, file: file)
        #expect(made.control.port == 3 && made.proxyThreads == 3 && made.registration == .closed)
    }

    @Test func readsEveryKindOfValueFromTheFile() throws {
        let made = try configuration(
            file: """
                {"assisted_unlock":true,"require_mlock":false,"origin":["https://a.example","https://b.example"],
                 "private_destinations":"10.0.0.0/8,::1/128","proxy_threads":5,"kek":"file:/k/keyring","data":"/d",
                 "proxy":"0.0.0.0:8701","proxy_tls_cert":"c.pem","proxy_tls_key":"k.pem"}
                """)
        #expect(made.assistedUnlock && !made.requiresLockedMemory && made.proxyThreads == 5)
        #expect(made.origins == ["https://a.example", "https://b.example"])
        #expect(made.privateDestinations.count == 2 && made.kek == .file(path: "/k/keyring"))
        #expect(made.dataDirectory == "/d" && made.controlSocket == "/d/control.sock")
        #expect(made.proxyTLS == (try configuration([.proxyTLSCert: "c.pem", .proxyTLSKey: "k.pem"]).proxyTLS))
    }

    @Test func hasSafeDefaults() throws {
        let made = try configuration()
        #expect(made.control == ListenAddress(host: "127.0.0.1", port: 8700) && made.proxy == ListenAddress(host: "127.0.0.1", port: 8701))
        #expect(made.registration == .invite && !made.assistedUnlock && made.privateDestinations.isEmpty && made.proxyThreads == 4)
        #expect(made.dataDirectory == "/h/.local/share/tacit" && made.kek == .file(path: "/h/.config/tacit/keyring"))
    }

    @Test(arguments: ["127.0.0.1:0", "localhost:1", "[::1]:2", "127.8.8.8:3"])
    func takesLoopbackWithoutTLS(_ address: String) throws {
        #expect(try configuration([.control: address]).control.isLoopback)
    }
}
