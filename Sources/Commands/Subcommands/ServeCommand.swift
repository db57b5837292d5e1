import ArgumentParser
import Client
import Glibc

/// `tacit serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the broker: control plane and blind proxy.",
        discussion: """
            The first start makes the data directory (0700) with its database, and a keyring beside the configuration; later starts use \
            them. SIGTERM and SIGINT drain running calls for at most 10 seconds. Logs go to standard error; TACIT_LOG_LEVEL is one of \
            trace, debug, info, notice, warning, error, critical.

            Every option may also come from the environment (--proxy-threads as TACIT_PROXY_THREADS) or from the JSON file of --config \
            ("proxy_threads"); options win over the environment, the environment over the file. Unknown keys in the file are refused.
            """)

    @Option(
        help: ArgumentHelp(
            "Data directory. Default: $XDG_DATA_HOME/tacit, /var/lib/tacit for root, ~/.local/share/tacit.", valueName: "dir"))
    var data: String?

    @Option(help: ArgumentHelp("Control plane. Default: 127.0.0.1:8700.", valueName: "host:port"))
    var control: String?

    @Option(help: ArgumentHelp("Blind proxy. Default: 127.0.0.1:8701.", valueName: "host:port"))
    var proxy: String?

    @Option(help: ArgumentHelp("Also serve /metrics there, on loopback only. Default: the control socket alone.", valueName: "host:port"))
    var metrics: String?

    @Option(help: ArgumentHelp("Event loops of the proxy. Default: one a processor, at most 8.", valueName: "n"))
    var proxyThreads: String?

    @Option(
        help: ArgumentHelp(
            """
            Key encryption key: file:PATH, vault-transit:https://HOST:8200/MOUNT/KEYNAME or vault-kv:https://HOST:8200/MOUNT/PATH (its token by \
            VAULT_TOKEN_FILE and the like). Default: file: and $XDG_CONFIG_HOME/tacit/keyring, /etc/tacit/keyring for root, \
            ~/.config/tacit/keyring.
            """,
            valueName: "uri"))
    var kek: String?

    @Option(
        name: .customLong("upstream-ca"),
        help: ArgumentHelp("Certificates trusted for providers beside the system's, PEM.", valueName: "file"))
    var upstreamCA: String?

    @Option(help: ArgumentHelp("Private addresses that keys enrolled with --allow-private-destination may reach.", valueName: "cidr,…"))
    var privateDestinations: String?

    @Option(name: .customLong("control-tls-cert"), help: ArgumentHelp("Certificate chain of the control plane, PEM.", valueName: "file"))
    var controlTLSCert: String?

    @Option(name: .customLong("control-tls-key"), help: ArgumentHelp("Its private key, PEM.", valueName: "file"))
    var controlTLSKey: String?

    @Option(name: .customLong("proxy-tls-cert"), help: ArgumentHelp("Certificate chain of the proxy, PEM.", valueName: "file"))
    var proxyTLSCert: String?

    @Option(name: .customLong("proxy-tls-key"), help: ArgumentHelp("Its private key, PEM.", valueName: "file"))
    var proxyTLSKey: String?

    @Option(
        help: ArgumentHelp("Who may create accounts over TCP: open (loopback only), invite, closed. Default: invite.", valueName: "who"))
    var registration: String?

    @Option(help: ArgumentHelp("Addresses under which clients and browsers reach this broker.", valueName: "url,…"))
    var origin: String?

    @Option(help: ArgumentHelp("The operator's socket. Default: control.sock in the data directory.", valueName: "path"))
    var controlSocket: String?

    @Flag(help: "Offer unlocking in the broker to thin clients; the passphrase then passes through it.")
    var assistedUnlock = false

    @Flag(help: "Do not start where memory cannot be kept out of swap.")
    var requireMlock = false

    @Option(
        help: ArgumentHelp(
            "stored: sessions survive restarts, encrypted for their tokens. memory: they end with the broker. Default: stored.",
            valueName: "where"))
    var sessions: String?

    @Option(help: ArgumentHelp("Configuration file, JSON.", valueName: "file"), completion: .file())
    var config: String?

    func run() async throws {
        let names = ServeSetting.allCases.map(\.variable) + ["TACIT_CONFIG", "TACIT_LOG_LEVEL"]
        let environment = ProcessEnvironment.values(names)
        let file = try (config ?? environment["TACIT_CONFIG"]).map { path throws(StartError) in try ConfigurationFile.read(path) } ?? [:]
        let settings = SettingLayers(options: options, environment: environment, file: file)
        let paths = ClientPaths(environment: ProcessEnvironment.values(["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"]))
        let processors = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        let configuration = try ServeConfiguration(settings, paths: paths, processors: processors)
        let logger = try ServeLogging.start(level: environment["TACIT_LOG_LEVEL"])
        try await BrokerProgram(configuration: configuration, logger: logger).run()
    }

    /// What stands on the command line; a flag that is not there leaves its setting to the layers below.
    private var options: [ServeSetting: String] {
        let texts: [ServeSetting: String?] = [
            .data: data, .control: control, .proxy: proxy, .metrics: metrics, .proxyThreads: proxyThreads, .kek: kek,
            .upstreamCA: upstreamCA,
            .privateDestinations: privateDestinations, .controlTLSCert: controlTLSCert, .controlTLSKey: controlTLSKey,
            .proxyTLSCert: proxyTLSCert, .proxyTLSKey: proxyTLSKey, .registration: registration, .origin: origin,
            .controlSocket: controlSocket, .assistedUnlock: assistedUnlock ? "true" : nil, .requireMlock: requireMlock ? "true" : nil,
            .sessions: sessions,
        ]
        return texts.compactMapValues(\.self)
    }
}
