import Envelope
import HTTPTransport
import Model
import SecretMemory

extension Vault {
    /// Logs in and opens the account's private keys on this device.
    ///
    /// What the broker sends is believed in this order: the account id must be the one named or pinned, before anything is derived for it;
    /// the slot's costs must be ones this program accepts; the private keys must open; every public key is derived from them. Then the id
    /// is pinned.
    /// - Throws: `.loginFailed`, `.pinMismatch`, `.untrusted`, `.transport`, `.refused`.
    package func login(_ secret: borrowing LoginSecret) async throws(ClientError) -> Owner {
        let info = try await info()
        var tried: Set<SlotID> = []
        while true {
            let challenge = try await connection.send(
                "POST", "/v1/login/start", AccountMessages.LoginStart(name: account.name), as: AccountMessages.LoginChallenge.self)
            try check(challenge.accountID, store: info.storeID)
            let next = challenge.slots.first { $0.kind == secret.slotKind && !tried.contains($0.slotID) }
            guard let parameters = next, tried.count < 8 else { throw .loginFailed(account.name) }
            tried.insert(parameters.slotID)
            let root = try await secret.root(accountID: challenge.accountID, parameters: parameters)
            if let owner = try await finish(challenge, root: root, info: info) { return owner }
        }
    }

    /// `nil` where the broker refuses this slot: wrong secret, or an account with several slots of the kind.
    private func finish(
        _ challenge: AccountMessages.LoginChallenge, root: borrowing SlotRoot, info: InfoMessages.Info
    ) async throws(ClientError) -> Owner? {
        let finish: AccountMessages.LoginFinish
        do {
            let loginKey = try root.loginKey()
            finish = try LoginSignature.make(
                challenge: challenge, slotID: root.parameters.slotID, origin: connection.origin.loginOrigin, key: loginKey)
        } catch {
            throw .untrusted(error, what: "the login challenge")
        }
        let answer: AccountMessages.LoggedIn
        do {
            answer = try await connection.send("POST", "/v1/login/finish", finish, as: AccountMessages.LoggedIn.self)
        } catch {
            if case .refused(401, "login_failed", _) = error { return nil }
            throw error
        }
        guard answer.account.name == account.name else { throw .untrusted(.accountMismatch, what: "the account") }
        let bearer = try Self.header(answer.bearer)
        let minimumEpoch = try known.minimumEpoch(of: challenge.accountID)
        let keys: AccountKeys
        do { keys = try root.open(answer.slot, account: answer.account, minimumEpoch: minimumEpoch) } catch {
            throw .untrusted(error, what: "the account's slot")
        }
        try pin(keys.accountID, epoch: keys.epoch, store: info.storeID)
        return Owner(vault: self, info: info, keys: keys, bearer: bearer, account: answer.account, slotID: root.parameters.slotID)
    }

    /// The bearer comes as JSON text; the array made of it is wiped here, the text when it is freed. It is good for 15 minutes.
    private static func header(_ bearer: String) throws(ClientError) -> HTTPSecretHeader {
        var bytes = Array(bearer.utf8)
        defer { wipe(&bytes) }
        guard (1...256).contains(bytes.count) else { throw .unusableAnswer("bearer") }
        do { return try unsafe HTTPSecretHeader.bearer(SecretBytes(copying: bytes.span.bytes)) } catch { throw .unusableAnswer("bearer") }
    }
}
