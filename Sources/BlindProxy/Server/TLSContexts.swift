import NIOCore
import NIOSSL

/// Makes the TLS contexts of the proxy from files.
enum TLSContexts {
    /// What TLS decrypted and never delivered lives as long as a closing connection does.
    private static let shutdownTimeout = TimeAmount.seconds(1)

    /// For upstreams: TLS 1.2 or newer, HTTP/1.1, the system's trust plus the operator's, names and addresses verified.
    static func upstream(additionalTrustFile file: String?) throws(ProxyStartError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.certificateVerification = .fullVerification
        configuration.shutdownTimeout = shutdownTimeout
        if let file {
            do {
                configuration.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
            } catch {
                throw .tlsFile("no certificates could be read from \(file) (--upstream-ca)")
            }
        }
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw .tlsFile("the trust for upstreams could not be set up (--upstream-ca)")
        }
    }

    /// For the listener: TLS 1.3, HTTP/1.1; `nil` where no files are named.
    static func listener(certificate: String?, key: String?) throws(ProxyStartError) -> NIOSSLContext? {
        guard let certificate, let key else {
            guard certificate == nil, key == nil else {
                throw .configuration("--proxy-tls-cert and --proxy-tls-key belong together")
            }
            return nil
        }
        let chain: [NIOSSLCertificateSource]
        do { chain = try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) } } catch {
            throw .tlsFile("no certificates could be read from \(certificate) (--proxy-tls-cert)")
        }
        do {
            let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = .tlsv13
            configuration.applicationProtocols = ["http/1.1"]
            configuration.shutdownTimeout = shutdownTimeout
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tlsFile("the key in \(key) does not serve the certificate in \(certificate) (--proxy-tls-key)")
        }
    }
}
