/// Bodies of the account and login routes (Docs/openapi.yaml). JSON keys are these names in snake case.
package enum AccountMessages {
    /// A slot as the client makes it. The record is not secret to the broker (its private parts are encrypted to the slot).
    package struct NewSlot: Codable, Sendable, Hashable {
        package var parameters: SlotParameters
        /// X25519, 32 bytes.
        package var publicKey: Blob
        /// Bytes of `tacit/slot-record/v1`.
        package var record: Blob
        package init(parameters: SlotParameters, publicKey: Blob, record: Blob) {
            self.parameters = parameters
            self.publicKey = publicKey
            self.record = record
        }
    }

    /// An entry of the signed slot list.
    package struct SlotEntry: Codable, Sendable, Hashable {
        package var slotID: SlotID
        package var kind: SlotKind
        package var publicKey: Blob
        package init(slotID: SlotID, kind: SlotKind, publicKey: Blob) {
            self.slotID = slotID
            self.kind = kind
            self.publicKey = publicKey
        }
        private enum CodingKeys: String, CodingKey {
            case slotID = "slotId"
            case kind, publicKey
        }
    }

    package struct AccountKey: Codable, Sendable, Hashable {
        package var epoch: UInt32
        package var publicKey: Blob
        package var signature: Blob
        package init(epoch: UInt32, publicKey: Blob, signature: Blob) {
            self.epoch = epoch
            self.publicKey = publicKey
            self.signature = signature
        }
    }

    /// `POST /v1/accounts`. The slot list is signed for revision 0; the account starts at revision 1.
    package struct Create: Codable, Sendable, Hashable {
        package var name: AccountName
        package var identityPublicKey: Blob
        package var accountKey: AccountKey
        package var slots: [NewSlot]
        package var slotListSignature: Blob
        package var invitation: String?
        package init(
            name: AccountName, identityPublicKey: Blob, accountKey: AccountKey, slots: [NewSlot], slotListSignature: Blob,
            invitation: String?
        ) {
            self.name = name
            self.identityPublicKey = identityPublicKey
            self.accountKey = accountKey
            self.slots = slots
            self.slotListSignature = slotListSignature
            self.invitation = invitation
        }
    }

    package struct Account: Codable, Sendable, Hashable {
        package var accountID: AccountID
        package var name: AccountName
        package var identityPublicKey: Blob
        package var accountKey: AccountKey
        package var revision: UInt64
        package var slots: [SlotEntry]
        /// Revision the slot list's signature covers.
        package var slotListRevision: UInt64
        package var slotListSignature: Blob
        package var createdAt: UInt64
        package init(
            accountID: AccountID, name: AccountName, identityPublicKey: Blob, accountKey: AccountKey, revision: UInt64,
            slots: [SlotEntry], slotListRevision: UInt64, slotListSignature: Blob, createdAt: UInt64
        ) {
            self.accountID = accountID
            self.name = name
            self.identityPublicKey = identityPublicKey
            self.accountKey = accountKey
            self.revision = revision
            self.slots = slots
            self.slotListRevision = slotListRevision
            self.slotListSignature = slotListSignature
            self.createdAt = createdAt
        }
        private enum CodingKeys: String, CodingKey {
            case accountID = "accountId"
            case name, identityPublicKey, accountKey, revision, slots, slotListRevision, slotListSignature, createdAt
        }
    }

    /// `POST /v1/login/start`
    package struct LoginStart: Codable, Sendable, Hashable {
        package var name: AccountName
        package init(name: AccountName) { self.name = name }
    }

    package struct LoginChallenge: Codable, Sendable, Hashable {
        package var accountID: AccountID
        package var slots: [SlotParameters]
        /// 32 bytes, good once within 60 s.
        package var serverNonce: Blob
        package init(accountID: AccountID, slots: [SlotParameters], serverNonce: Blob) {
            self.accountID = accountID
            self.slots = slots
            self.serverNonce = serverNonce
        }
        private enum CodingKeys: String, CodingKey {
            case accountID = "accountId"
            case slots, serverNonce
        }
    }

    /// `POST /v1/login/finish`; the signature is over `tacit/login/v1`.
    package struct LoginFinish: Codable, Sendable, Hashable {
        package var accountID: AccountID
        package var slotID: SlotID
        /// The control plane's origin as dialled: `unix` or `scheme://host:port`.
        package var origin: String
        package var serverNonce: Blob
        package var clientNonce: Blob
        package var signature: Blob
        package init(accountID: AccountID, slotID: SlotID, origin: String, serverNonce: Blob, clientNonce: Blob, signature: Blob) {
            self.accountID = accountID
            self.slotID = slotID
            self.origin = origin
            self.serverNonce = serverNonce
            self.clientNonce = clientNonce
            self.signature = signature
        }
        private enum CodingKeys: String, CodingKey {
            case accountID = "accountId"
            case slotID = "slotId"
            case origin, serverNonce, clientNonce, signature
        }
    }

    package struct LoggedIn: Codable, Sendable, Hashable {
        /// `tco_…`, for `Authorization: Bearer`.
        package var bearer: String
        package var expiresAt: UInt64
        package var account: Account
        /// The slot that logged in.
        package var slot: NewSlot
        package init(bearer: String, expiresAt: UInt64, account: Account, slot: NewSlot) {
            self.bearer = bearer
            self.expiresAt = expiresAt
            self.account = account
            self.slot = slot
        }
    }

    /// `PUT /v1/account/slots`: the new set is the kept ones and the added ones, signed as one list for `revision`.
    package struct ReplaceSlots: Codable, Sendable, Hashable {
        package var revision: UInt64
        package var keep: [SlotID]
        package var add: [NewSlot]
        package var slotListSignature: Blob
        package init(revision: UInt64, keep: [SlotID], add: [NewSlot], slotListSignature: Blob) {
            self.revision = revision
            self.keep = keep
            self.add = add
            self.slotListSignature = slotListSignature
        }
    }

    /// `POST /v1/invitations` (operator).
    package struct Invitation: Codable, Sendable, Hashable {
        package var invitation: String
        package var expiresAt: UInt64
        package init(invitation: String, expiresAt: UInt64) {
            self.invitation = invitation
            self.expiresAt = expiresAt
        }
    }
}
