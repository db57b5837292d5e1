package import Envelope
package import SecretMemory

/// An access file just made; its bytes go to one place and are kept nowhere else.
package struct NewAccess: ~Copyable, Sendable {
    package let certificate: WriterCertificate
    /// The whole file.
    package let file: SecretBytes
}
