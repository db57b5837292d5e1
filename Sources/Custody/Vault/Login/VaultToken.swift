import HTTPTransport
import SecretMemory

/// A token in use.
struct VaultToken: Sendable {
    /// `X-Vault-Token`, the value in guarded memory.
    let header: HTTPSecretHeader
    /// Differs for each token one login had.
    let serial: Int
    /// `nil` while nothing is known about its end.
    var lease: VaultLease?
    /// Of the file it was read from.
    var stamp: VaultSecretFile.Stamp?

    /// - Throws: `.misconfigured` for bytes no token has.
    init(_ secret: VaultSecret, serial: Int, lease: VaultLease?, stamp: VaultSecretFile.Stamp?) throws(CustodyError) {
        do throws(HTTPTransportError) {
            header = try secret.withBytes { (bytes) throws(HTTPTransportError) in
                try HTTPSecretHeader(name: "X-Vault-Token", value: SecretBytes(copying: bytes))
            }
        } catch { throw .misconfigured("what was given as Vault token is none (\(error)); run: vault token lookup") }
        self.serial = serial
        self.lease = lease
        self.stamp = stamp
    }
}
