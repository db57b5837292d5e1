import ArgumentParser
import Client
import Glibc

/// `tacit service`.
struct ServiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "Run the broker under systemd.",
        subcommands: [ServiceInstallCommand.self, ServiceUninstallCommand.self])
}

/// Whose service manager.
struct ServiceScopeOptions: ParsableArguments {
    @Flag(help: "For your own service manager. The default for everybody but root.")
    var user = false

    @Flag(help: "For the machine, with a user tacit of its own. The default for root.")
    var system = false

    @Option(
        help: ArgumentHelp("Work on the unit files in this directory and touch nothing else; for packagers.", valueName: "dir"),
        completion: .directory)
    var output: String?

    func validate() throws {
        if user, system { throw ValidationError("give --user or --system, not both") }
    }

    var scope: ServiceScope { user || (!system && geteuid() != 0) ? .user : .system }

    func installation() throws(ClientError) -> ServiceInstallation {
        if let output {
            guard let directory = AbsolutePath.of(output) else { throw .invalidInput("--output: not a usable path") }
            return ServiceInstallation(scope: scope, directory: directory)
        }
        let environment = ProcessEnvironment.values(["XDG_CONFIG_HOME", "HOME"])
        return ServiceInstallation(scope: scope, directory: try scope.unitDirectory(environment: environment))
    }
}

/// `tacit service install`.
struct ServiceInstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Write unit files for the broker and its rotation timers.",
        discussion: """
            Writes tacit.service (Type=notify: it counts as started when the proxy listens), tacit-rotate-kek.timer (a new key encryption \
            key every quarter) and tacit-rotate-due@NAME.timer (a daily look at keys that are due, with the access file \
            tacit/access/NAME.json of the configuration directory). Timers are off until you enable them.

            What follows -- goes to tacit serve; paths in it must be absolute.

              tacit service install --user --now
              sudo tacit service install -- --proxy-threads 2
            """)

    @OptionGroup var place: ServiceScopeOptions

    @Flag(help: "Start the broker now, and at every boot.")
    var now = false

    @Flag(help: "Print the files instead of writing them.")
    var show = false

    @Argument(parsing: .postTerminator, help: "Options of tacit serve.")
    var serveArguments: [String] = []

    func validate() throws {
        if now, show || place.output != nil { throw ValidationError("--now needs the units in their place") }
        if show, place.output != nil { throw ValidationError("give --show or --output, not both") }
    }

    func run() async throws {
        let installation = try place.installation()
        let files = try units().files()
        if show { return Output.data(files.map { "# \(installation.directory)/\($0.name)\n\($0.text)" }.joined(separator: "\n")) }
        if place.output == nil, place.scope == .system {
            guard geteuid() == 0 else { throw ClientError.system("only root installs for the machine\nrun it with sudo, or add --user") }
            try await installation.makeSystemUser()
        }
        try installation.write(files)
        for file in files { Output.data("\(installation.directory)/\(file.name)") }
        guard place.output == nil else { return }
        guard ServiceInstallation.isManagerRunning else {
            if now {
                throw ClientError.system("the units are written, but systemd does not run here: nothing was started\nrun: tacit serve")
            }
            return Output.words("systemd does not run here: the units wait for it.")
        }
        try await installation.systemctl(["daemon-reload"])
        if now { try await installation.systemctl(["enable", "--now", "tacit.service"]) }
        Output.words(next)
    }

    private var next: String {
        let manager = place.scope.systemctlText
        let start = now ? "The broker runs. Look at it: \(manager) status tacit" : "Start it now and at boot: \(manager) enable --now tacit"
        let linger = place.scope == .user ? "\nTo let it run while you are logged out: loginctl enable-linger" : ""
        return """
            \(start)\(linger)
            Rotate the KEK every quarter: \(manager) enable --now tacit-rotate-kek.timer
            Look daily for keys that are due: \(manager) enable --now tacit-rotate-due@NAME.timer
            """
    }

    private func units() throws -> ServiceUnits {
        let serve: ServeCommand
        do { serve = try ServeCommand.parse(serveArguments) } catch {
            throw ClientError.invalidInput("tacit serve would refuse its options: \(ServeCommand.message(for: error))")
        }
        for path in [
            serve.data, serve.upstreamCA, serve.controlTLSCert, serve.controlTLSKey, serve.proxyTLSCert, serve.proxyTLSKey,
            serve.controlSocket, serve.config, serve.kek.flatMap(Self.keyringPath),
        ] {
            guard path?.hasPrefix("/") ?? true else {
                throw ClientError.invalidInput("\((path ?? "").debugDescription) must start with /: a service has no directory of yours")
            }
        }
        let data = serve.data ?? (place.scope == .system ? "/var/lib/tacit" : nil)
        guard let program = Self.ownPath else { throw ClientError.system("this program's own path is unknown; is /proc mounted?") }
        if place.scope == .system, place.output == nil, !show, ["/home/", "/root/", "/tmp/"].contains(where: program.hasPrefix) {
            throw ClientError.invalidInput(
                "the machine's service cannot reach \(program)\nrun: sudo install -m 755 \(program) /usr/local/bin/tacit, and that one")
        }
        return ServiceUnits(
            scope: place.scope, program: program, serveArguments: serveArguments,
            controlSocket: serve.controlSocket ?? data.map { $0 + "/control.sock" })
    }

    private static func keyringPath(_ kek: String) -> String? {
        kek.hasPrefix("file:") ? String(kek.dropFirst(5)) : nil
    }

    private static var ownPath: String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let room = buffer.baseAddress else { return nil }
            let count = unsafe readlink("/proc/self/exe", room, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            let bytes = unsafe UnsafeRawBufferPointer(start: room, count: count)
            return unsafe String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// `tacit service uninstall`.
struct ServiceUninstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall", abstract: "Stop the broker's service and remove its unit files.",
        discussion: "Database, keyring and access files stay where they are.")

    @OptionGroup var place: ServiceScopeOptions

    func run() async throws {
        let installation = try place.installation()
        let names = try ServiceUnits(scope: place.scope, program: "/", serveArguments: [], controlSocket: nil).files().map(\.name)
        let isManaged = place.output == nil && ServiceInstallation.isManagerRunning
        if isManaged, FileExistence.of(installation.directory + "/tacit.service") {
            try await installation.systemctl(["disable", "--now", "tacit.service", "tacit-rotate-kek.timer"])
        }
        let removed = try installation.remove(names)
        guard !removed.isEmpty else { throw ClientError.notFound("there is no service of tacit in \(installation.directory)") }
        if isManaged { try await installation.systemctl(["daemon-reload"]) }
        for name in removed { Output.data("\(installation.directory)/\(name)") }
        Output.words("Removed. Data, keyring and access files are untouched.")
    }
}
