import Model
import Testing

@testable import Client

@Suite struct RenewalJournalTests {
    @Test func movesNoPinThatThisDeviceDidNotExchange() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        let journal = RenewalJournal(beside: known)
        let name = try #require(AccountName("alice"))
        #expect(try !journal.holds(store: storeID(1), name: name, old: accountID(1), new: accountID(2)), "no file yet")
        try journal.note(store: storeID(1), name: name, old: accountID(1), new: accountID(2))
        #expect(try journal.holds(store: storeID(1), name: name, old: accountID(1), new: accountID(2)))
        for (store, old, new) in try [
            (storeID(2), accountID(1), accountID(2)), (storeID(1), accountID(3), accountID(2)),
            (storeID(1), accountID(1), accountID(3)),
        ] {
            #expect(try !journal.holds(store: store, name: name, old: old, new: new))
        }
        #expect(directory.mode("known_accounts.renewals") == 0o600)
        try journal.forget(new: accountID(2))
        #expect(try !journal.holds(store: storeID(1), name: name, old: accountID(1), new: accountID(2)))
    }

    @Test func refusesAFileItCannotRead() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        try unsafe PrivateFile.replace(known.path + ".renewals", with: Array("# tacit renewals v1\nnonsense\n".utf8).span.bytes)
        let name = try #require(AccountName("alice"))
        #expect(throws: ClientError.self) {
            _ = try RenewalJournal(beside: known).holds(store: storeID(1), name: name, old: accountID(1), new: accountID(2))
        }
    }

    @Test func anExchangedPinHoldsForTheNewIdentityAlone() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        let name = try #require(AccountName("alice"))
        let other = try #require(AccountName("bob"))
        let line = { (broker: String, store: UInt8, name: AccountName, id: UInt8, epoch: UInt32) in
            KnownAccount(broker: broker, store: try storeID(store), name: name, id: try accountID(id), epoch: epoch)
        }
        try known.record(line("unix:/a", 1, name, 1, 4))
        try known.record(line("http://127.0.0.1:8700", 1, name, 1, 4))
        try known.record(line("https://else:443", 2, name, 1, 4))
        try known.record(line("unix:/a", 1, other, 1, 4))
        try known.exchange(accountID(1), for: line("unix:/a", 1, name, 2, 1))
        #expect(throws: ClientError.self) { try known.check(accountID(1), broker: "unix:/a", store: storeID(1), name: name) }
        try known.check(accountID(2), broker: "http://127.0.0.1:8700", store: storeID(1), name: name)
        try known.check(accountID(1), broker: "https://else:443", store: storeID(2), name: name)
        try known.check(accountID(1), broker: "unix:/a", store: storeID(1), name: other)
        #expect(try known.minimumEpoch(of: accountID(2)) == 1)
        #expect(try known.all().count == 3)
    }
}
