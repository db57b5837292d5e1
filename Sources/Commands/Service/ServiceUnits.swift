import Client

/// The unit files of the broker and of its timers, as texts.
struct ServiceUnits: Sendable {
    let scope: ServiceScope
    /// The program, absolute.
    let program: String
    /// What `tacit serve` gets.
    let serveArguments: [String]
    /// The control socket the timers use; `nil`: the default one of the user they run as.
    let controlSocket: String?

    /// File name and content, in the order they are written.
    func files() throws(ClientError) -> [(name: String, text: String)] {
        [
            ("tacit.service", try broker()),
            ("tacit-rotate-kek.service", try rotateKEK()),
            (
                "tacit-rotate-kek.timer",
                timer("Give Tacit a new key encryption key every quarter", calendar: "*-01,04,07,10-01 03:30:00")
            ),
            ("tacit-rotate-due@.service", try rotateDue()),
            ("tacit-rotate-due@.timer", timer("Look every day which keys of %i are due for rotation", calendar: "*-*-* 04:00:00")),
        ]
    }

    private func broker() throws(ClientError) -> String {
        let defaults = scope == .system ? Self.systemDefaults.filter { !hasOption($0.option) }.flatMap { [$0.option, $0.value] } : []
        return """
            [Unit]
            Description=Tacit, a vault and broker for the API keys of AI providers
            Wants=network-online.target
            After=network-online.target

            [Service]
            Type=notify
            ExecStart=\(try UnitText.command([program, "serve"] + defaults + serveArguments))
            Restart=on-failure
            RestartSec=2
            # SIGTERM lets running calls go on for 10 seconds.
            TimeoutStopSec=20
            WatchdogSec=60
            LimitCORE=0
            LimitMEMLOCK=infinity
            LimitNOFILE=524288
            MemorySwapMax=0
            \(scope == .system ? Self.systemIdentity + "\n" + Self.systemConfinement : Self.common)

            [Install]
            WantedBy=\(scope == .system ? "multi-user.target" : "default.target")

            """
    }

    private func rotateKEK() throws(ClientError) -> String {
        """
        [Unit]
        Description=New key encryption key for Tacit, everything wrapped again
        After=tacit.service

        [Service]
        Type=oneshot
        \(try socketEnvironment())ExecStart=\(try UnitText.command([program, "rotate", "kek", "--json"]))
        LimitCORE=0
        \(scope == .system ? Self.systemIdentity + "\n" : "")\(Self.common)

        """
    }

    private func rotateDue() throws(ClientError) -> String {
        let directory = scope == .system ? "/etc/tacit/access" : "%E/tacit/access"
        return """
            [Unit]
            Description=Which keys of %i are due for rotation
            After=tacit.service

            [Service]
            Type=oneshot
            # An access file made with: tacit access create %i --can list,rotate --out \(directory)/%i.json
            Environment=TACIT_ACCESS_FILE=\(directory)/%i.json
            # Fails where something is due; add --exec COMMAND to have new keys made.
            ExecStart=\(try UnitText.command([program, "rotate", "due", "--json"]))
            LimitCORE=0
            \(scope == .system ? Self.systemIdentity + "\n" : "")\(Self.common)

            """
    }

    private func timer(_ description: String, calendar: String) -> String {
        """
        [Unit]
        Description=\(description)

        [Timer]
        OnCalendar=\(calendar)
        RandomizedDelaySec=30min
        Persistent=true

        [Install]
        WantedBy=timers.target

        """
    }

    private func socketEnvironment() throws(ClientError) -> String {
        guard let controlSocket else { return "" }
        return "Environment=\(try UnitText.argument("TACIT_URL=unix:\(controlSocket)"))\n"
    }

    private func hasOption(_ name: String) -> Bool {
        serveArguments.contains { $0 == name || $0.hasPrefix(name + "=") }
    }

    private static let systemDefaults = [
        (option: "--data", value: "/var/lib/tacit"), (option: "--kek", value: "file:/etc/tacit/keyring"),
    ]

    private static let systemIdentity = """
        User=tacit
        Group=tacit
        """

    private static let common = """
        UMask=0077
        NoNewPrivileges=yes
        """

    /// What the broker needs is its data directory, its keyring and the network; everything else is closed.
    private static let systemConfinement =
        common + """

            StateDirectory=tacit
            StateDirectoryMode=0700
            ReadWritePaths=/etc/tacit
            CapabilityBoundingSet=
            ProtectSystem=strict
            ProtectHome=yes
            PrivateTmp=yes
            PrivateDevices=yes
            ProtectKernelTunables=yes
            ProtectKernelModules=yes
            ProtectKernelLogs=yes
            ProtectControlGroups=yes
            ProtectClock=yes
            ProtectHostname=yes
            ProtectProc=invisible
            RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            MemoryDenyWriteExecute=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            """
}
