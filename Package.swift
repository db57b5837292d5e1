// swift-tools-version:6.2
import PackageDescription

// The negative control of the memory test: the same program with its wipes left out. Never set this for anything else.
// Only C targets see it, so that the control is made by compiling two of them anew and linking again.
let wiping: [CSetting] = Context.environment["TACIT_INSECURE_NO_WIPE"] == "1" ? [.define("TACIT_INSECURE_NO_WIPE")] : []

// One array for every Swift target: what a reviewer may rely on in each file.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .strictMemorySafety(),
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

// The order is the architecture: a module depends only on modules above it (Docs/DESIGN.md, section 7).
let package = Package(
    name: "tacit",
    products: [.executable(name: "tacit", targets: ["tacit"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        // What those bring in, held still as well.
        .package(url: "https://github.com/apple/swift-algorithms.git", exact: "1.2.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-async-algorithms.git", exact: "1.1.4"),
        .package(url: "https://github.com/apple/swift-atomics.git", exact: "1.3.0"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-structured-headers.git", exact: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-transport-services.git", exact: "1.28.0"),
        .package(url: "https://github.com/apple/swift-numerics.git", exact: "1.1.1"),
        .package(url: "https://github.com/apple/swift-service-context.git", exact: "1.5.1"),
        .package(url: "https://github.com/apple/swift-system.git", exact: "1.8.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
    ],
    targets: [
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CHardening", cSettings: wiping),
        .target(name: "CWipe", cSettings: wiping),
        module("SecretMemory", ["CSodium", "CWipe"]),
        module("Primitives", ["SecretMemory", "CSodium", "COpenSSL", crypto]),
        module("Model", []),
        module("Envelope", ["Model", "Primitives", "SecretMemory"]),
        module("HTTPWire", []),
        module("Measures", []),
        module("HTTPTransport", ["CCurl", "SecretMemory"]),
        module("Providers", ["Model"]),
        module("Custody", ["Envelope", "HTTPTransport", "Primitives", "SecretMemory", "Model"]),
        module("Store", ["Model", grdb]),
        module("Audit", ["Store", "Model", "Primitives"]),
        module("Sessions", ["Envelope", "Model", "Primitives", "SecretMemory", heap]),
        module(
            "Broker",
            ["Sessions", "Custody", "Store", "Audit", "Measures", "Envelope", "Model", "Primitives", "SecretMemory", logging]),
        module(
            "BlindProxy",
            [
                "HTTPWire", "Sessions", "Audit", "Measures", "Model", "Primitives", "SecretMemory", logging, nioCore, nioPosix, nioTLS,
                nioSSL,
            ]),
        module(
            "ControlAPI",
            [
                "Broker", "Measures", "Model", "Primitives", "SecretMemory", logging, lifecycle, hummingbird, hummingbirdCore,
                hummingbirdTLS,
                httpTypes,
                nioCore, nioHTTP1, nioHTTPTypes, nioSSL,
            ]),
        module("Client", ["Envelope", "HTTPTransport", "Model", "Primitives", "SecretMemory"]),
        module(
            "Commands",
            [
                "CHardening", "Client", "ControlAPI", "BlindProxy", "Broker", "Custody", "Store", "Audit", "Measures", "Sessions",
                "Providers",
                "Envelope", "Model", "Primitives", "SecretMemory", "HTTPTransport", argumentParser, logging, lifecycle, nioCore,
                nioPosix, nioSSL,
            ]),
        .executableTarget(name: "tacit", dependencies: ["Commands", "CHardening"], swiftSettings: settings),
        // Load for Scripts/bench: an origin of event streams and a client that checks them. Not part of the product.
        .systemLibrary(name: "CEpoll", path: "Tests/Bench/CEpoll"),
        .executableTarget(name: "tacit-load", dependencies: ["CEpoll"], path: "Tests/Bench/Load", swiftSettings: settings),
        // Makes live sessions for Scripts/bench. Not part of the product.
        .executableTarget(
            name: "tacit-sessions",
            dependencies: ["Audit", "Broker", "Custody", "Envelope", "Model", "Primitives", "SecretMemory", "Sessions", "Store"],
            path: "Tests/Bench/Sessions", swiftSettings: settings),
        module("TacitTesting", ["Model", "Store"]),
        tests("CHardeningTests", ["CHardening"]),
        tests("SecretMemoryTests", ["SecretMemory"]),
        tests("PrimitivesTests", ["Primitives", "SecretMemory", "TacitTesting"]),
        tests("ModelTests", ["Model"]),
        tests("EnvelopeTests", ["Envelope", "Model", "Primitives", "SecretMemory", "TacitTesting"]),
        tests("HTTPWireTests", ["HTTPWire"]),
        tests("MeasuresTests", ["Measures", "TacitTesting"]),
        tests("HTTPTransportTests", ["HTTPTransport", "SecretMemory"]),
        tests("ProvidersTests", ["Providers", "Model"]),
        tests("CustodyTests", ["Custody", "Envelope", "HTTPTransport", "Primitives", "SecretMemory", "Model"]),
        tests("StoreTests", ["Store", "Model", "TacitTesting", grdb]),
        tests("AuditTests", ["Audit", "Store", "Model", "TacitTesting", grdb]),
        tests("SessionsTests", ["Sessions", "Envelope", "Model", "Primitives", "SecretMemory"]),
        tests(
            "BrokerTests",
            ["Broker", "Envelope", "Measures", "Model", "Store", "Custody", "Sessions", "Audit", "SecretMemory", "Primitives", grdb]),
        tests(
            "BlindProxyTests",
            [
                "BlindProxy", "Audit", "HTTPWire", "Measures", "Sessions", "Model", "SecretMemory", "Primitives", "Envelope",
                "TacitTesting",
                logging, nioCore,
                nioPosix, nioTLS, nioSSL,
            ]),
        tests(
            "ControlAPITests",
            [
                "ControlAPI", "Broker", "Audit", "Custody", "Envelope", "Measures", "Model", "Primitives", "SecretMemory", "Sessions",
                "Store",
                "TacitTesting",
                httpTypes,
            ]),
        tests("ClientTests", ["Client", "Envelope", "Model", "Primitives", "SecretMemory"]),
        tests(
            "CommandsTests",
            [
                "Commands", "Broker", "Client", "Custody", "Envelope", "HTTPTransport", "Model", "SecretMemory", "Store",
                "TacitTesting", argumentParser, logging,
            ]),
    ]
)
