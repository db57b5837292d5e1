package import Model

/// Why the store did not do what was asked. No text holds a bound value; ids may show.
package enum StoreError: Error, Equatable, Sendable {
    /// Another account has this name.
    case nameTaken
    /// A key that is not revoked has this alias, or a revoked one has it and the new version is not signed by the identity key.
    case aliasTaken
    /// The account is at `current` and not at the revision that was expected; nothing was changed.
    case revisionConflict(current: UInt64)
    /// The wraps were made with a KEK that is not the current one any more; nothing was changed, and wrapping again may help.
    case kekEpochPassed
    /// The invitation is unknown, used or expired: one answer for all three.
    case invitationInvalid
    /// There is no such account, key, session or slot.
    case notFound
    /// The key version is in this state, in which what was asked for is not done; `.retired` also where its grace is over.
    case versionState(KeyVersionState)
    /// The access file whose key signed a new version is revoked, over or not there.
    case writerEnded
    /// A row with this id is there already, ended or not.
    case duplicate
    /// The disk, or the database's own limit, is full; nothing was changed.
    case full
    /// The record breaks a rule of the store (a length, a range, an id of another account); nothing was changed.
    case invalid(String)
    /// The one row that was asked for does not parse.
    case integrity(IntegrityFault)
    /// SQLite says that the file is damaged or no database, or it is not one of ours.
    case corrupt(String)
    /// Anything else: busy for too long, closed, an I/O error, a wrong mode or owner. Says what to do where that is known.
    case unavailable(String)
}
