package import Model
import Store

extension Broker {
    /// Makes a pending version the active one (`activate_version`). The one that was stays in grace for a rollback, or is shredded where
    /// `graceSeconds` is 0; calls that run with it go on. Done twice it changes nothing.
    /// - Throws: `.versionState`, `.notFound` for a version that is not there, `.integrity` where it was altered, `.aliasUnknown`,
    ///   `.keyRevoked`, `.forbidden`.
    package func activateVersion(
        _ version: UInt32, of alias: Alias, graceSeconds: UInt64, call: Call
    ) async throws(BrokerError) -> KeyMessages.List {
        try await changeVersion(.activateVersion, version, of: alias, call) { (key, now) async throws(BrokerError) in
            try Self.requireGrace(graceSeconds)
            try self.requireIntact(version, of: key)
            let graceUntil = graceSeconds > 0 ? now + graceSeconds : nil
            return try await self.stored { () async throws(StoreError) in
                try await self.store.activateVersion(version, of: key.key.record.id, account: key.account.id, graceUntil: graceUntil)
            }
        }
    }

    /// Brings a version in grace back (`rollback_version`); the one that was active becomes pending.
    /// - Throws: as ``activateVersion(_:of:graceSeconds:call:)``; `.versionState` also where the grace is over.
    package func rollBackVersion(_ version: UInt32, of alias: Alias, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await changeVersion(.rollBackVersion, version, of: alias, call) { (key, now) async throws(BrokerError) in
            try self.requireIntact(version, of: key)
            return try await self.stored { () async throws(StoreError) in
                try await self.store.rollBackVersion(version, of: key.key.record.id, account: key.account.id, now: now)
            }
        }
    }

    /// Shreds a version that is pending or in grace (`retire_version`): its ciphertext, seals and session entries. Needs no KEK.
    /// - Throws: `.versionState` for the active one, `.notFound`, `.aliasUnknown`, `.keyRevoked`, `.forbidden`.
    package func retireVersion(_ version: UInt32, of alias: Alias, call: Call) async throws(BrokerError) -> KeyMessages.List {
        try await changeVersion(.retireVersion, version, of: alias, call) { (key, _) async throws(BrokerError) in
            try await self.stored { () async throws(StoreError) in
                try await self.store.retireVersion(version, of: key.key.record.id, account: key.account.id)
            }
        }
    }

    private func changeVersion(
        _ operation: Operation, _ version: UInt32, of alias: Alias, _ call: Call,
        _ body: (KeyFacts, UInt64) async throws(BrokerError) -> UInt64
    ) async throws(BrokerError) -> KeyMessages.List {
        try await audited(operation, call) { (facts) async throws(BrokerError) in
            facts.subject = "\(alias)@\(version)"
            let id = try await acting(call, needs: .rotate, on: alias).accountID
            let key = try await keyFacts(alias, of: id)
            guard key.key.versions.contains(where: { $0.version == version }) else {
                throw BrokerError(.notFound, "\(alias) has no version \(version); run: tacit keys")
            }
            _ = try await body(key, clock())
            await reload(id)
            return try await keyFacts(alias, of: id).list
        }
    }

    /// That calls would open the version: one that was altered must not replace one that works.
    private func requireIntact(_ number: UInt32, of key: KeyFacts) throws(BrokerError) {
        guard let version = key.key.versions.first(where: { $0.version == number }), version.state != .retired else { return }
        guard key.trust.isIntact(version, of: key.key.record, identity: key.identity) else {
            let fault = IntegrityFault(table: "key_versions", id: "\(key.key.record.id)@\(number)")
            faults.add(account: key.account.id, fault)
            throw .integrity(fault.description)
        }
    }
}
