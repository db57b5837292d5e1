import Model
import Primitives
package import SecretMemory

extension AccessFile {
    /// Most bytes an access file may have.
    package static let maximumCount = 131_072

    /// Reads a file. Its keys stand in one order and its strings need no escapes, so it is read in place and nothing secret becomes text.
    /// - Parameter bytes: the whole file; the caller's to wipe.
    /// - Throws: `.tooLarge`; `.malformed` for anything but exactly the format; `.accountMismatch`, `.signatureInvalid`.
    package init(reading bytes: RawSpan) throws(EnvelopeError) {
        guard bytes.byteCount <= Self.maximumCount else { throw .tooLarge("access file") }
        var reader = PlainJSONReader()
        try reader.expect("{", in: bytes)
        let format = try reader.member("format", of: bytes, isFirst: true)
        guard bytes.extracting(format).equals("tacit-access/v1") else { throw .malformed("access file format") }
        let url = Self.text(bytes.extracting(try reader.member("url", of: bytes)))
        let account = Self.text(bytes.extracting(try reader.member("account", of: bytes)))
        let identityKey = try Self.blob(bytes.extracting(reader.member("identity_public_key", of: bytes)))
        let token = bytes.extracting(try reader.member("token", of: bytes))
        let writerSeed = bytes.extracting(try reader.member("writer_private_key", of: bytes))
        let certificate = try Self.blob(bytes.extracting(reader.member("certificate", of: bytes)))
        let signature = try Self.blob(bytes.extracting(reader.member("signature", of: bytes)))
        try reader.expect("}", in: bytes)
        try reader.finish(bytes)

        guard let at = account.lastIndex(of: "@"), let name = AccountName(account[..<at]),
            let accountID = AccountID(text: account[account.index(after: at)...])
        else { throw .malformed("access file account") }
        guard token.byteCount == AccessToken.textCount else { throw .malformed("access file token") }
        let seed = try SecretBytes(count: Ed25519PrivateKey.seedCount) { (out) throws(EnvelopeError) in
            guard Base64URL.decode(from: writerSeed, into: &out) else { throw .malformed("access file writer key") }
        }
        try self.init(
            url: url, accountName: name, identity: AccountIdentity(accountID: accountID, publicKey: identityKey),
            token: SecretBytes(copying: token), writerKey: Ed25519PrivateKey(opened: seed),
            certificate: WriterCertificate(parsing: certificate), signature: signature)
    }

    /// The file's bytes, one member a line, a newline at the end.
    package borrowing func encoded() throws(EnvelopeError) -> SecretBytes {
        let head = """
            {
              "format": "tacit-access/v1",
              "url": "\(url)",
              "account": "\(accountName)@\(identity.accountID)",
              "identity_public_key": "\(Blob(identity.publicKey.bytes).text)",
              "token": "
            """
        let middle = "\",\n  \"writer_private_key\": \""
        let certificate = Blob(try writer.certificate.context().bytes).text
        let tail = "\",\n  \"certificate\": \"\(certificate)\",\n  \"signature\": \"\(signature.text)\"\n}\n"
        let seedCount = Base64URL.encodedCount(Ed25519PrivateKey.seedCount)
        let tokenStart = head.utf8.count
        let seedStart = tokenStart + AccessToken.textCount + middle.utf8.count
        return try SecretBytes(count: seedStart + seedCount + tail.utf8.count) { (out) throws(EnvelopeError) in
            out.copy(unsafe Array(head.utf8).span.bytes)
            withToken { out.copy($0, to: tokenStart) }
            out.copy(unsafe Array(middle.utf8).span.bytes, to: tokenStart + AccessToken.textCount)
            try writerKey.withSeed { (seed) throws(EnvelopeError) in
                try out.withPart(seedStart..<seedStart + seedCount) { (text) throws(EnvelopeError) in
                    do throws(PrimitiveError) { try Base64URL.encode(seed, into: &text) } catch { throw EnvelopeError(error) }
                }
            }
            out.copy(unsafe Array(tail.utf8).span.bytes, to: seedStart + seedCount)
        }
    }

    private static func text(_ value: RawSpan) -> String {
        unsafe value.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    private static func blob(_ value: RawSpan) throws(EnvelopeError) -> Blob {
        guard let blob = Blob(text: text(value)) else { throw .malformed("access file value that is not base64url") }
        return blob
    }
}
