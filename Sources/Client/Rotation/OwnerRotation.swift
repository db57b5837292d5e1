package import Envelope
package import HTTPTransport
package import Model
package import SecretMemory

/// The owner giving keys new values: versions are signed by the identity key.
package struct OwnerRotation: KeyRotator {
    package let owner: Owner
    /// A key whose destination the owner has looked at and taken for right, although only an access file vouches for it so far.
    package var confirmed: ConfirmedDestination?

    package init(_ owner: Owner, confirmed: ConfirmedDestination? = nil) {
        self.owner = owner
        self.confirmed = confirmed
    }

    package var connection: BrokerConnection { owner.vault.connection }
    package var bearer: HTTPSecretHeader { owner.bearer }
    package var identity: AccountIdentity { owner.keys.publicIdentity }
    package var clock: @Sendable () -> UInt64 { owner.vault.clock }

    package func minimumEpoch() throws(ClientError) -> UInt32 {
        max(try owner.vault.known.minimumEpoch(of: identity.accountID), owner.keys.epoch)
    }

    package func saw(_ key: VerifiedAccountKey) throws(ClientError) {
        try owner.vault.pin(key.accountID, epoch: key.epoch, store: owner.info.storeID)
    }

    package func requireConfirmed(_ target: RotationTarget) throws(ClientError) {
        guard target.unconfirmedWriter == nil || ConfirmedDestination(target) == confirmed else {
            throw .unconfirmedDestination(target.key.alias, target.key.destination)
        }
    }

    package func message(
        _ value: borrowing SecretBytes, for target: RotationTarget, activate: Bool, graceSeconds: UInt64
    ) throws(ClientError) -> RotationMessages.AddVersion {
        try target.message(value, activate: activate, graceSeconds: graceSeconds, now: clock(), signedBy: owner.keys)
    }
}
