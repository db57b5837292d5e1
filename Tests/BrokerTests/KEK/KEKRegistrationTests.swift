import Store
import Testing

@testable import Broker

@Suite struct KEKRegistrationTests {
    private static let file = "file:/a/keyring"
    private static let vault = "vault-transit:https://vault:8200/transit/tacit"

    private static func epoch(_ number: UInt32, _ custody: String, _ version: UInt32, _ state: KEKEpoch.State) -> KEKEpoch {
        KEKEpoch(epoch: number, custody: custody, version: version, state: state, createdAt: 1, probe: nil)
    }

    private static func plan(_ epochs: [KEKEpoch], _ custody: String, _ version: UInt32, from predecessor: String? = nil) -> KEKRegistration
    {
        KEKRegistration(epochs: epochs, custody: custody, version: version, predecessor: predecessor)
    }

    @Test func refusesVersionsThatArePassed() {
        let epochs = [Self.epoch(1, Self.file, 1, .old), Self.epoch(2, Self.file, 2, .current)]
        #expect(Self.plan(epochs, Self.file, 1) == .passed)
        let moved = [Self.epoch(1, Self.file, 1, .old), Self.epoch(2, Self.vault, 1, .current)]
        #expect(Self.plan(moved, Self.file, 1, from: Self.vault) == .passed)
    }

    @Test func comparesACustodyThatNobodyMovedTo() {
        let current = Self.epoch(1, Self.file, 1, .current)
        #expect(Self.plan([current], Self.vault, 1) == .compare(current))
        #expect(Self.plan([current], Self.vault, 1, from: "file:/other") == .compare(current))
    }

    @Test func registersWhatComesNext() {
        let current = Self.epoch(1, Self.file, 1, .current)
        #expect(Self.plan([], Self.file, 3) == .register(replacing: nil))
        #expect(Self.plan([current], Self.file, 1) == .known(1))
        #expect(Self.plan([current], Self.file, 2) == .register(replacing: 1))
        #expect(Self.plan([current], Self.vault, 1, from: Self.file) == .register(replacing: 1))
    }
}
