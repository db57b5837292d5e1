import BlindProxy
import Broker
import Client

/// The settings of `serve`, parsed and checked against one another; nothing below reads options, environment or files of settings.
struct ServeConfiguration: Sendable {
    let dataDirectory: String
    let control: ListenAddress
    let proxy: ListenAddress
    /// On loopback; `nil`: metrics over the control socket only.
    let metrics: ListenAddress?
    /// 1 to 256.
    let proxyThreads: Int
    /// The keyring file of `--kek file:PATH`.
    let keyring: String
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
        keyring = try Self.keyring(settings[.kek], default: paths.keyring)
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

    private static func keyring(_ value: SettingValue?, default fallback: String) throws(StartError) -> String {
        guard let value else { return fallback }
        guard value.text.hasPrefix("file:"), value.text.utf8.count > 5, let path = AbsolutePath.of(String(value.text.dropFirst(5))) else {
            throw .setting("\(value.source): \(value.text.debugDescription) is no KEK this version knows: write file:PATH")
        }
        return path
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
