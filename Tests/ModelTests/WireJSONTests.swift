import Model
import Testing

@Suite("JSON messages")
struct WireJSONTests {
    @Test(
        "with a field the receiver does not know are refused, wherever it stands",
        arguments: [
            (#"{"name":"alice","x":1}"#, ".x"), (#"{"name":"alice","name2":null,"y":{}}"#, ".y"),
        ])
    func refusesUnknown(text: String, path: String) throws {
        let error = #expect(throws: ModelError.self) { _ = try WireJSON.decode(AccountMessages.LoginStart.self, from: Array(text.utf8)) }
        #expect(error?.code == .unknownField)
        #expect(error?.reason.contains(path) == true)
    }

    @Test("with an unknown field inside another or in an array are refused", arguments: ["slots[0]", "parameters", "account_key"])
    func refusesNestedUnknown(place: String) throws {
        let text = String(decoding: try WireJSON.encode(create()), as: UTF8.self)
        let altered =
            switch place {
            case "slots[0]": text.replacing("\"slots\":[{", with: "\"slots\":[{\"extra\":1,")
            case "parameters": text.replacing("\"parameters\":{", with: "\"parameters\":{\"extra\":1,")
            default: text.replacing("\"account_key\":{", with: "\"account_key\":{\"extra\":1,")
            }
        #expect(altered != text)
        #expect(throws: ModelError(.unknownField, "")) { _ = try WireJSON.decode(AccountMessages.Create.self, from: Array(altered.utf8)) }
    }

    @Test(
        "that are no JSON, of the wrong type or without a field are refused",
        arguments: [
            "", "{", "null", "[]", "1", "\"a\"", "{}", #"{"name":1}"#, #"{"name":null}"#, #"{"name":"Alice"}"#, #"{"name":"a"} x"#,
            #"{"name":"a"}{"name":"b"}"#, #"{'name':'a'}"#,
        ])
    func refusesMalformed(text: String) {
        #expect(throws: ModelError(.malformed, "")) { _ = try WireJSON.decode(AccountMessages.LoginStart.self, from: Array(text.utf8)) }
    }

    @Test("use snake case, sorted keys and unpadded base64url")
    func encodes() throws {
        let text = String(decoding: try WireJSON.encode(create()), as: UTF8.self)
        #expect(text.contains(#""identity_public_key":"AQID""#))
        #expect(text.contains(#""slot_list_signature":"_w""#))
        #expect(try WireJSON.decode(AccountMessages.Create.self, from: Array(text.utf8)) == create())
    }

    @Test("carry every field of every kind of message there and back")
    func roundTrips() throws {
        let keyID = try #require(KeyID(bytes: Array(1...16)))
        let sessionID = try #require(SessionID(bytes: Array(1...16)))
        let signer = Signer(kind: .writer, publicKey: Blob([1]))
        let version = KeyMessages.NewVersion(
            version: 1, ciphertext: Blob([1]), dekCommitment: Blob([2]), signer: signer, signature: Blob([3]), signedAt: .max,
            signedRevision: 5, accountSeal: Blob([6]))
        let enroll = KeyMessages.Enroll(
            keyID: keyID, alias: try #require(Alias("openai")), provider: "openai",
            destination: try Destination(url: "https://api.openai.com/v1"),
            injection: .header(name: "authorization", prefix: "Bearer ", suffix: ""), version: version)
        #expect(try WireJSON.decode(KeyMessages.Enroll.self, from: WireJSON.encode(enroll)) == enroll)
        let session = SessionMessages.Create(
            sessionID: sessionID, label: "a", publicKey: Blob([1]), verifierDigest: Blob([2]), keyIDs: [keyID], issuedAt: 1,
            expiresAt: .max,
            policy: SessionPolicy(kind: .lease), accountRevision: 3, signature: Blob([4]),
            entries: [SessionMessages.Entry(keyID: keyID, version: 1, entry: Blob([5]))])
        #expect(try WireJSON.decode(SessionMessages.Create.self, from: WireJSON.encode(session)) == session)
    }

    private func create() throws -> AccountMessages.Create {
        let parameters = SlotParameters(
            slotID: try #require(SlotID(bytes: Array(1...16))), kind: .passphrase, salt: Blob(Array(1...16)), costs: .standard)
        return AccountMessages.Create(
            name: try #require(AccountName("alice")), identityPublicKey: Blob([1, 2, 3]),
            accountKey: AccountMessages.AccountKey(epoch: 1, publicKey: Blob([4]), signature: Blob([5])),
            slots: [AccountMessages.NewSlot(parameters: parameters, publicKey: Blob([6]), record: Blob([7]))],
            slotListSignature: Blob([0xff]), invitation: nil)
    }
}
