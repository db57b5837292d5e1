import Client
import Glibc
import Model
import Testing

@Suite struct KnownAccountsTests {
    private let name = AccountName("alice")

    private func entry(_ broker: String, _ store: UInt8, _ id: UInt8, epoch: UInt32 = 1) throws -> KnownAccount {
        KnownAccount(broker: broker, store: try storeID(store), name: try #require(name), id: try accountID(id), epoch: epoch)
    }

    @Test func refusesAnotherIdUnderTheSameNameAndBroker() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/tacit/known_accounts")
        try known.record(entry("unix:/a", 1, 1))
        #expect(throws: ClientError.self) { try known.record(entry("unix:/a", 2, 2)) }
        let error = #expect(throws: ClientError.self) {
            try known.check(accountID(2), broker: "unix:/a", store: storeID(2), name: #require(name))
        }
        #expect("\(try #require(error))".contains("known_accounts"))
    }

    @Test func refusesAnotherIdInTheSameStoreUnderAnotherAddress() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        try known.record(entry("unix:/a", 1, 1))
        #expect(throws: ClientError.self) {
            try known.check(accountID(2), broker: "https://b:443", store: storeID(1), name: #require(name))
        }
        try known.check(accountID(1), broker: "https://b:443", store: storeID(1), name: #require(name))
        try known.check(accountID(2), broker: "https://b:443", store: storeID(2), name: #require(name))
    }

    @Test func refusesAnIdThatOneOfTwoMatchingLinesDoesNotName() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        try known.record(entry("unix:/a", 1, 1))
        try known.record(entry("unix:/b", 2, 2))
        // At b's address, with a's store id: each line vouches for another account.
        for id in [UInt8(1), 2] {
            #expect(throws: ClientError.self) {
                try known.check(accountID(id), broker: "unix:/b", store: storeID(1), name: #require(name))
            }
            #expect(throws: ClientError.self) { try known.record(entry("unix:/b", 1, id)) }
        }
    }

    @Test func refusesAFileThatIsOpenToOthers() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        try known.record(entry("unix:/a", 1, 1))
        #expect(directory.mode("known_accounts") == 0o600)
        _ = unsafe chmod(known.path, 0o644)
        let error = #expect(throws: ClientError.self) { try known.all() }
        #expect("\(try #require(error))".contains("chmod 600"))
    }

    @Test(arguments: [
        "", "# tacit known_accounts v2\n", "# tacit known_accounts v1\nnonsense\n", "# tacit known_accounts v1\nunix:/a x alice@y 1\n",
    ])
    func refusesAFileItCannotRead(_ content: String) throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/known_accounts"
        try unsafe PrivateFile.replace(path, with: Array((content + "\n").utf8).span.bytes)
        #expect(throws: ClientError.self) { try KnownAccounts(path: path).all() }
    }

    @Test func refusesALink() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        try known.record(entry("unix:/a", 1, 1))
        _ = unsafe symlink(known.path, directory.path + "/link")
        #expect(throws: ClientError.self) { try KnownAccounts(path: directory.path + "/link").all() }
    }

    @Test func remembersTheHighestEpoch() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        #expect(try known.minimumEpoch(of: accountID(1)) == 1)
        try known.record(entry("unix:/a", 1, 1, epoch: 3))
        try known.record(entry("unix:/a", 1, 1, epoch: 2))
        try known.record(entry("https://b:443", 1, 1, epoch: 1))
        #expect(try known.minimumEpoch(of: accountID(1)) == 3)
        #expect(try known.all().count == 2)
    }

    @Test func keepsABrokerPathWithSpaces() throws {
        let directory = TemporaryDirectory()
        let known = KnownAccounts(path: directory.path + "/known_accounts")
        let odd = try entry("unix:/my data/control.sock", 1, 1)
        try known.record(odd)
        #expect(try known.all() == [odd])
    }

    @Test func findsNothingWhereThereIsNoFile() throws {
        let directory = TemporaryDirectory()
        #expect(try KnownAccounts(path: directory.path + "/none").all().isEmpty)
    }
}
