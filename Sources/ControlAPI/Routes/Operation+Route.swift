import Broker
import HTTPTypes

extension Operation {
    /// Method and path of Docs/openapi.yaml; a segment in braces is a parameter.
    var route: (method: HTTPRequest.Method, path: String) {
        switch self {
        case .health: (.get, "/healthz")
        case .readiness: (.get, "/readyz")
        case .info: (.get, "/v1/info")
        case .metrics: (.get, "/metrics")
        case .createInvitation: (.post, "/v1/invitations")
        case .createAccount: (.post, "/v1/accounts")
        case .showAccount: (.get, "/v1/account")
        case .replaceSlots: (.put, "/v1/account/slots")
        case .startLogin: (.post, "/v1/login/start")
        case .finishLogin: (.post, "/v1/login/finish")
        case .logout: (.post, "/v1/logout")
        case .listKeys: (.get, "/v1/keys")
        case .enrollKey: (.post, "/v1/keys")
        case .revokeKey: (.post, "/v1/keys/{alias}/revoke")
        case .unlock: (.post, "/v1/unlock")
        case .createAccess: (.post, "/v1/access")
        case .listAccess: (.get, "/v1/access")
        case .revokeAccess: (.post, "/v1/access/{writer_id}/revoke")
        case .listRecipients: (.get, "/v1/keys/{alias}/recipients")
        case .rotateKey: (.post, "/v1/keys/{alias}/versions")
        case .activateVersion: (.post, "/v1/keys/{alias}/versions/{version}/activate")
        case .rollBackVersion: (.post, "/v1/keys/{alias}/versions/{version}/rollback")
        case .retireVersion: (.post, "/v1/keys/{alias}/versions/{version}/retire")
        case .exportCiphertexts: (.post, "/v1/keys/{alias}/ciphertexts")
        case .rotateAccountKey: (.post, "/v1/account/key")
        case .renewAccount: (.post, "/v1/account/renew")
        case .listSessions: (.get, "/v1/sessions")
        case .createSession: (.post, "/v1/sessions")
        case .revokeSession: (.post, "/v1/sessions/{session_id}/revoke")
        case .showOwnSession: (.get, "/v1/session")
        case .revokeOwnSession: (.post, "/v1/session/revoke")
        case .lock: (.post, "/v1/lock")
        case .assistedUnlock: (.post, "/v1/assisted-unlock")
        case .listUsage: (.get, "/v1/usage")
        case .listAudit: (.get, "/v1/audit")
        case .showKEK: (.get, "/v1/kek")
        case .newKEKVersion: (.post, "/v1/kek/versions")
        case .rotateKEK: (.post, "/v1/kek/rotation")
        case .showKEKRotation: (.get, "/v1/kek/rotation")
        case .retireKEKVersion: (.post, "/v1/kek/versions/{epoch}/retire")
        }
    }

    /// Methods it takes: that of its route, and for the page of metrics its head alone.
    var methods: [HTTPRequest.Method] { self == .metrics ? [.get, .head] : [route.method] }

    /// Whether it answers without asking who calls.
    var isPublic: Bool {
        switch self {
        case .health, .readiness, .info: true
        default: false
        }
    }

    /// Whether requests to this path, or their answers, hold a bearer, an invitation or a passphrase. A path is one wherever the router
    /// takes it for one, with a slash at its end too.
    static func carriesSecret(path: String) -> Bool {
        [Operation.finishLogin, .createAccount, .createInvitation, .assistedUnlock].contains { matches($0.route.path, path) }
    }

    /// Methods of a path, for `Allow`.
    static func allowed(at path: String) -> String {
        allCases.filter { matches($0.route.path, path) }.flatMap(\.methods).map(\.rawValue).sorted().joined(separator: ", ")
    }

    private static func matches(_ pattern: String, _ path: String) -> Bool {
        let expected = pattern.split(separator: "/")
        let given = path.split(separator: "/")
        return expected.count == given.count && zip(expected, given).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}
