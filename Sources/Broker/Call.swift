package import Model

/// Who asks (Docs/DESIGN.md, section 2).
package enum Principal: Hashable, Sendable {
    case anonymous
    /// Whoever could open the control socket and presented no bearer.
    case `operator`
    /// The account's owner after a login; `tokenDigest` names the bearer (SHA-256, 32 bytes).
    case owner(AccountID, tokenDigest: Blob)
    /// An access file, whose token was verified; what it may do is asked of the store at each use.
    case access(WriterID, AccountID)
    /// A session token, verified.
    case session(SessionID, AccountID)

    /// The account it belongs to; `nil` for nobody and for the operator.
    var accountID: AccountID? {
        switch self {
        case .owner(let account, _), .access(_, let account), .session(_, let account): account
        case .anonymous, .operator: nil
        }
    }

    /// As it stands in the audit log.
    var actor: String {
        switch self {
        case .anonymous: "anonymous"
        case .operator: "operator"
        case .owner(let account, _): "owner:\(account)"
        case .access(let writer, _): "access:\(writer)"
        case .session(let session, _): "session:\(session)"
        }
    }
}

/// How a request came in.
package enum Transport: Sendable {
    case unix, tcp, tls
}

/// Where a request came from.
package struct Peer: Hashable, Sendable {
    package let transport: Transport
    /// IP address without port; `unix` over the Unix socket. Login failures are counted by it.
    package let address: String

    package init(transport: Transport, address: String) {
        self.transport = transport
        self.address = address
    }
}

/// One request as every route method sees it.
package struct Call: Sendable {
    package let principal: Principal
    package let peer: Peer
    package let requestID: String

    package init(principal: Principal, peer: Peer, requestID: String) {
        self.principal = principal
        self.peer = peer
        self.requestID = requestID
    }

    /// The owner's account.
    /// - Throws: `.loginRequired` for nobody, `.forbidden` for anybody else.
    func ownerAccount() throws(BrokerError) -> AccountID {
        switch principal {
        case .owner(let account, _): return account
        case .anonymous: throw .loginRequired
        case .operator:
            throw BrokerError(.loginRequired, "the control socket opens the operator's routes; this one belongs to an account: log in")
        case .session, .access: throw .forbidden
        }
    }

    /// - Throws: `.tokenMissing` for nobody, `.forbidden` for anybody but the operator.
    func requireOperator() throws(BrokerError) {
        switch principal {
        case .operator: return
        case .anonymous: throw BrokerError(.tokenMissing, "this is for the operator: use the control socket, TACIT_URL=unix:PATH")
        case .owner, .session, .access: throw .forbidden
        }
    }
}
