/// What a route does; the raw value is its operation id in Docs/openapi.yaml and the `action` in the audit log.
package enum Operation: String, Sendable, CaseIterable {
    case health, readiness, info, metrics
    case createInvitation = "create_invitation"
    case createAccount = "create_account"
    case showAccount = "show_account"
    case replaceSlots = "replace_slots"
    case startLogin = "start_login"
    case finishLogin = "finish_login"
    case logout
    case listKeys = "list_keys"
    case enrollKey = "enroll_key"
    case revokeKey = "revoke_key"
    case unlock
    case createAccess = "create_access"
    case listAccess = "list_access"
    case revokeAccess = "revoke_access"
    case listRecipients = "list_recipients"
    case rotateKey = "rotate_key"
    case activateVersion = "activate_version"
    case rollBackVersion = "rollback_version"
    case retireVersion = "retire_version"
    case exportCiphertexts = "export_ciphertexts"
    case rotateAccountKey = "rotate_account_key"
    case renewAccount = "renew_account"
    case listSessions = "list_sessions"
    case createSession = "create_session"
    case revokeSession = "revoke_session"
    case showOwnSession = "show_own_session"
    case revokeOwnSession = "revoke_own_session"
    case lock
    case assistedUnlock = "assisted_unlock"
    case listUsage = "list_usage"
    case listAudit = "list_audit"
    case showKEK = "show_kek"
    case newKEKVersion = "new_kek_version"
    case rotateKEK = "rotate_kek"
    case showKEKRotation = "show_kek_rotation"
    case retireKEKVersion = "retire_kek_version"

    /// Whether it goes on while the broker drains: reading and revoking do, making something new does not.
    var worksWhileDraining: Bool {
        switch self {
        case .createInvitation, .createAccount, .replaceSlots, .startLogin, .finishLogin, .enrollKey, .unlock, .createSession,
            .assistedUnlock, .createAccess, .rotateKey, .activateVersion, .rollBackVersion, .exportCiphertexts, .rotateAccountKey,
            .renewAccount, .newKEKVersion, .rotateKEK, .retireKEKVersion:
            false
        case .health, .readiness, .info, .metrics, .showAccount, .logout, .listKeys, .revokeKey, .listSessions, .revokeSession,
            .showOwnSession, .revokeOwnSession, .listAccess, .revokeAccess, .listRecipients, .retireVersion, .lock, .listUsage, .listAudit,
            .showKEK, .showKEKRotation:
            true
        }
    }
}
