package import Model

/// What Tacit knows about one provider: where its API is, how the key travels, which paths hand out credentials, and the environment its
/// SDKs read. Only destination and injection are authenticated with a key; the rest serves the command line.
package struct ProviderPreset: Sendable, Hashable {
    /// As in `tacit enroll NAME`; also the default alias.
    package let name: String
    /// As people write it.
    package let title: String
    /// Without a trailing slash. Calls go to this URL followed by what stands behind the alias.
    package let baseURL: String
    package let injection: Injection
    /// Paths behind the base URL known to mint or list credentials. They are bound to the key and refused, whatever the method.
    package let deniedPrefixes: [String]
    /// What `tacit rotate key --probe` calls.
    package let probe: ProviderProbe
    /// What `tacit run` and `tacit env` set.
    package let environment: [EnvironmentVariable]
    /// Names under which `tacit import` finds this provider's key in a `.env` file.
    package let enrolEnvironmentNames: [String]
    /// How keys of this provider start, where that is known; a hint for people, never a check.
    package let keyPrefixHint: String?

    package init(
        name: String, title: String, baseURL: String, injection: Injection, deniedPrefixes: [String] = [],
        probe: ProviderProbe, environment: [EnvironmentVariable], enrolEnvironmentNames: [String], keyPrefixHint: String? = nil
    ) {
        self.name = name
        self.title = title
        self.baseURL = baseURL
        self.injection = injection
        self.deniedPrefixes = deniedPrefixes
        self.probe = probe
        self.environment = environment
        self.enrolEnvironmentNames = enrolEnvironmentNames
        self.keyPrefixHint = keyPrefixHint
    }

    /// The destination a key of this provider is bound to.
    /// - Parameter baseURL: another address of the same API (a gateway, a test server) in place of the preset's. Where its path ends with
    ///   the segment a denied prefix starts with (`…/v1` and `/v1/organization`), the rest of the prefix is denied as well.
    /// - Throws: as `Destination` does.
    package func destination(
        baseURL override: String? = nil, allowsPrivateAddresses: Bool = false, allowsPlaintext: Bool = false
    ) throws(ModelError) -> Destination {
        let plain = try Destination(
            url: override ?? baseURL, allowsPrivateAddresses: allowsPrivateAddresses, allowsPlaintext: allowsPlaintext)
        var denied: [PathPrefix] = []
        for prefix in deniedPrefixes {
            denied.append(try PathPrefix(prefix))
            if let rest = Self.rest(of: prefix, behind: plain.basePath) { denied.append(try PathPrefix(rest)) }
        }
        return try Destination(
            scheme: plain.scheme, host: plain.host, port: plain.port, basePath: plain.basePath, deniedPrefixes: denied,
            allowsPrivateAddresses: allowsPrivateAddresses, allowsPlaintext: allowsPlaintext)
    }

    /// The probe's path behind a destination's base path, which may not be the preset's: where it ends with the segment the probe starts
    /// with (`…/v1` and `/v1/models`), that segment is there already.
    package func probePath(behind basePath: PathPrefix?) -> String {
        Self.rest(of: probe.path, behind: basePath) ?? probe.path
    }

    private static func rest(of prefix: String, behind basePath: PathPrefix?) -> String? {
        guard let last = basePath?.text.split(separator: "/").last else { return nil }
        let segments = prefix.split(separator: "/")
        guard segments.count > 1, segments.first == last else { return nil }
        return "/" + segments.dropFirst().joined(separator: "/")
    }
}
