import BlindProxy
import Broker
import Client
import Custody

/// The settings of `serve`, parsed and checked against one another; nothing below reads options, environment or files of settings.
struct ServeConfiguration: Sendable {
    let dataDirectory: String
    let control: ListenAddress
    let proxy: ListenAddress
    /// On loopback; `nil`: metrics over the control socket only.
    let metrics: ListenAddress?
    /// 1 to 256.
    let proxyThreads: Int
    /// A keyring has an absolute path.
    let kek: CustodyURI
    /// Where the keyring lies by default, and where moves of the KEK are written down.
    let configurationDirectory: String
    let upstreamCAFile: String?
    let privateDestinations: [CIDR]
    let controlTLS: TLSFiles?
    let proxyTLS: TLSFiles?
    let registration: Registration
    /// `scheme://host[:port]`.
    let origins: [String]
    let controlSocket: String
    let assistedUnlock: Bool
    let requiresLockedMemory: Bool
    /// Whether sessions end with the process.
    let keepsSessionsInMemory: Bool

    /// - Throws: `.setting` for a value of another form; `.refused` for a listener off loopback without TLS.
    init(_ settings: SettingLayers, paths: ClientPaths, processors: Int) throws(StartError) {
        dataDirectory = try Self.absolute(settings[.data], default: paths.dataDirectory)
        control = try Self.address(settings[.control], default: ListenAddress(host: "127.0.0.1", port: 8700))
        proxy = try Self.address(settings[.proxy], default: ListenAddress(host: "127.0.0.1", port: 8701))
        metrics = try settings[.metrics].map { value throws(StartError) in try ListenAddress(value) }
        proxyThreads = try Self.number(settings[.proxyThreads], 1...256, default: min(max(processors, 1), 8))
        kek = try Self.kek(settings[.kek], default: paths.keyring)
        configurationDirectory = paths.keyring.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        upstreamCAFile = settings[.upstreamCA]?.text
        controlTLS = try TLSFiles(settings, certificate: .controlTLSCert, key: .controlTLSKey)
        proxyTLS = try TLSFiles(settings, certificate: .proxyTLSCert, key: .proxyTLSKey)
        origins = settings.list(.origin)
        controlSocket = try Self.absolute(settings[.controlSocket], default: dataDirectory + "/control.sock")
        assistedUnlock = try settings.flag(.assistedUnlock)
        requiresLockedMemory = try settings.flag(.requireMlock)
        var ranges: [CIDR] = []
        for text in settings.list(.privateDestinations) {
            do { ranges.append(try CIDR(text)) } catch {
                throw .setting(
                    "\(ServeSetting.privateDestinations.option): \(text.debugDescription) is no address range such as 10.0.0.0/8")
            }
        }
        privateDestinations = ranges
        registration = try Self.registration(settings[.registration])
        keepsSessionsInMemory = try Self.sessionsInMemory(settings[.sessions])
        try Self.requireTLS(control, controlTLS, option: "--control", files: "--control-tls-cert and --control-tls-key")
        if let metrics, !metrics.isLoopback {
            throw .refused(
                "--metrics \(metrics.urlHost):\(metrics.port) can be reached from other machines, and metrics are served without TLS to whoever asks: give a loopback address, or scrape /metrics over the control socket"
            )
        }
        try Self.requireTLS(proxy, proxyTLS, option: "--proxy", files: "--proxy-tls-cert and --proxy-tls-key")
    }

    private static func requireTLS(
        _ address: ListenAddress, _ tls: TLSFiles?, option: String, files: String
    ) throws(StartError) {
        guard tls == nil, !address.isLoopback else { return }
        throw .refused(
            "\(option) \(address.urlHost):\(address.port) can be reached from other machines and would not use TLS: add \(files)")
    }

    private static func address(_ value: SettingValue?, default fallback: ListenAddress) throws(StartError) -> ListenAddress {
        try value.map { value throws(StartError) in try ListenAddress(value) } ?? fallback
    }

    private static func number(_ value: SettingValue?, _ range: ClosedRange<Int>, default fallback: Int) throws(StartError) -> Int {
        guard let value else { return fallback }
        guard let number = Int(value.text), range.contains(number) else {
            throw .setting("\(value.source): \(value.text.debugDescription) is no number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func absolute(_ value: SettingValue?, default fallback: String) throws(StartError) -> String {
        guard let value else { return fallback }
        guard !value.text.isEmpty, let path = AbsolutePath.of(value.text) else { throw .setting("\(value.source): not a usable path") }
        return path
    }

    private static func kek(_ value: SettingValue?, default fallback: String) throws(StartError) -> CustodyURI {
        guard let value else { return .file(path: fallback) }
        let uri: CustodyURI
        do throws(CustodyError) { uri = try CustodyURI.parse(value.text) } catch {
            guard case .misconfigured(let reason) = error else { throw .setting("\(value.source): not a KEK") }
            throw .setting("\(value.source): \(reason)")
        }
        guard case .file(let path) = uri else { return uri }
        guard let absolute = AbsolutePath.of(path) else { throw .setting("\(value.source): not a usable path") }
        return .file(path: absolute)
    }

    private static func sessionsInMemory(_ value: SettingValue?) throws(StartError) -> Bool {
        switch value?.text {
        case nil, "stored": return false
        case "memory": return true
        case let text?: throw .setting("\(value?.source ?? ""): \(text.debugDescription) is neither stored nor memory")
        }
    }

    private static func registration(_ value: SettingValue?) throws(StartError) -> Registration {
        guard let value else { return .invite }
        guard let registration = Registration(rawValue: value.text) else {
            throw .setting("\(value.source): \(value.text.debugDescription) is none of open, invite, closed")
        }
        return registration
    }
}
