import Custody
import Logging
import Model
import Store

/// Opens the broker's custody: the one of `--kek`, or the one the KEK was moved to since.
struct CustodyStart: Sendable {
    let uri: CustodyURI
    let settings: VaultSettings
    let dataDirectory: String
    /// Where moves are written down.
    let configurationDirectory: String
    let logger: Logger

    /// The custody of a store that is still to be made: a start that is broken off in between leaves a keyring without a store, which the
    /// next start takes.
    func prepare() async throws(StartError) -> any Custody {
        try await StartErrors.catching { () async throws(CustodyError) in try await open(uri, mayCreate: true) }
    }

    /// - Parameter prepared: from ``prepare()``; `nil` where the store was there already.
    func open(for store: SQLiteStore, prepared: (any Custody)?) async throws(StartError) -> CustodySet {
        let file = CustodyMoveFile(directory: configurationDirectory, storeID: store.storeID.description)
        let opener: CustodySet.Opener = { (text, mayCreate) async throws(CustodyError) in
            try await open(try CustodyURI.parse(text), mayCreate: mayCreate)
        }
        if let prepared { return CustodySet(prepared, file: file, opener: opener) }
        // A first start that never reached its Vault has left a store with nothing in it.
        let epochs = try await StartErrors.catching { () async throws(StoreError) in try await store.kekEpochs() }
        let isUnused = try await StartErrors.catching { () async throws(StoreError) in
            epochs.isEmpty ? try await store.kekUses().isEmpty : false
        }
        let standing = epochs.first { $0.state == .current }?.custody
        return try await StartErrors.catching { () async throws(CustodyError) in
            let name = try uri.canonical(settings: settings, dataDirectory: dataDirectory)
            let (set, notice) = try await CustodySet.start(uri: name, standing: standing, mayCreate: isUnused, file: file, opener: opener)
            if let notice { logger.warning("\(notice)") }
            return set
        }
    }

    private func open(_ uri: CustodyURI, mayCreate: Bool) async throws(CustodyError) -> any Custody {
        let (custody, isNew) = try await Custodies.open(
            uri, settings: settings, dataDirectory: dataDirectory, isNewStore: mayCreate, now: TimeText.now())
        if isNew { logger.notice("made a keyring; back it up apart from the data", metadata: ["kek.custody": "\(custody.uri)"]) }
        return custody
    }
}
