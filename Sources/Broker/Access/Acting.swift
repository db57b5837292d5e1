import Model
import Store

/// Who acts on an account, once it was found out that they may.
enum Acting: Sendable {
    case owner(AccountID)
    /// An access file that is neither revoked nor over and has the right that was asked for.
    case access(WriterRecord)
    case `operator`(AccountID)

    var accountID: AccountID {
        switch self {
        case .owner(let id), .operator(let id): id
        case .access(let writer): writer.accountID
        }
    }

    /// The access file, where it is one.
    var writer: WriterRecord? {
        if case .access(let writer) = self { writer } else { nil }
    }

    /// Whether this alias is within the access file's limits; others have none.
    func reaches(_ alias: Alias) -> Bool { writer?.reaches(alias) ?? true }

    /// Whether another access file is within this one's limits: itself, and those that are for no other aliases.
    func reaches(_ other: WriterRecord) -> Bool {
        guard let writer, !writer.aliases.isEmpty, writer.id != other.id else { return true }
        return !other.aliases.isEmpty && other.aliases.allSatisfy(writer.reaches)
    }

    /// Whether every key of a session is: ending it touches them all.
    func reaches(_ session: SessionRecord, aliases: [KeyID: Alias]) -> Bool {
        guard let writer, !writer.aliases.isEmpty else { return true }
        return session.keyIDs.allSatisfy { aliases[$0].map(writer.reaches) ?? false }
    }
}

extension WriterRecord {
    func reaches(_ alias: Alias) -> Bool { aliases.isEmpty || aliases.contains(alias) }

    /// Whether the access file may be used now.
    func isLive(at now: UInt64) -> Bool { revokedAt == nil && notBefore <= now && now < expiresAt }
}

extension Broker {
    /// Who acts on an account with a route for its owner and for access files that have a right.
    /// - Parameters:
    ///   - right: `nil`: any access file.
    ///   - alias: the key it is about.
    /// - Throws: `.loginRequired`, `.forbidden`, `.accessEnded`.
    func acting(_ call: Call, needs right: AccessRight?, on alias: Alias? = nil) async throws(BrokerError) -> Acting {
        guard case .access(let id, let account) = call.principal else { return .owner(try call.ownerAccount()) }
        guard let writer = try await writer(id), writer.accountID == account, writer.isLive(at: clock()) else { throw .accessEnded }
        if let right, !writer.rights.contains(right) {
            throw BrokerError(.forbidden, "this access file may not \(right.rawValue); run: tacit access create")
        }
        if let alias, !writer.reaches(alias) {
            throw BrokerError(.forbidden, "this access file is not for \(alias); run: tacit access create")
        }
        return .access(writer)
    }

    /// The same for a route that the operator has too.
    /// - Parameter account: the account the operator names, by name or id; others give none.
    func acting(
        _ call: Call, needs right: AccessRight?, on alias: Alias? = nil, account named: String?
    ) async throws(BrokerError) -> Acting {
        if call.principal == .operator { return .operator(try await account(named: named).id) }
        guard named == nil else { throw .forbidden }
        return try await acting(call, needs: right, on: alias)
    }

    func writer(_ id: WriterID) async throws(BrokerError) -> WriterRecord? {
        try await stored { () async throws(StoreError) in try await store.writer(id) }
    }

    /// An owner's account, where the login is at most ``freshLoginSeconds`` old: a bearer left behind does not export or end an account.
    /// - Throws: `.loginRequired`, `.forbidden`.
    func freshOwnerAccount(_ call: Call) async throws(BrokerError) -> AccountID {
        let id = try call.ownerAccount()
        guard case .owner(_, let digest) = call.principal else { throw .loginRequired }
        let now = clock()
        let login = try await stored { () async throws(StoreError) in try await store.login(tokenDigest: digest, now: now) }
        guard let login, login.expiresAt + Self.freshLoginSeconds >= now + Self.loginLifetimeSeconds else {
            throw BrokerError(
                .loginRequired, "this needs a login made within the last \(Self.freshLoginSeconds) seconds; log in and try again")
        }
        return id
    }

    static let freshLoginSeconds: UInt64 = 60
}
