import Client
import Envelope
import HTTPTransport
import Model
import Testing

@testable import Commands

@Suite struct ExitStatusTests {
    @Test(
        arguments: [
            (ClientError.refused(status: 401, code: "login_required", message: ""), 3),
            (.refused(status: 403, code: "forbidden", message: ""), 3),
            (.refused(status: 404, code: "alias_unknown", message: ""), 4), (.refused(status: 409, code: "alias_taken", message: ""), 3),
            (.refused(status: 503, code: "kek_unreachable", message: ""), 5), (.refused(status: 503, code: "integrity", message: ""), 6),
            (.refused(status: 500, code: "internal", message: ""), 1), (.transport(.unreachable(host: "x"), broker: "x"), 5),
            (.transport(.plaintextRefused(host: "x"), broker: "x"), 3), (.transport(.tls(reason: "x"), broker: "x"), 5),
            (.untrusted(.signatureInvalid, what: "key"), 6), (.untrusted(.epochTooLow(seen: 2, offered: 1), what: "key"), 6),
            (.untrusted(.costsRefused, what: "slot"), 3), (.invalidInput("x"), 2), (.needsTerminal("x"), 2), (.notFound("x"), 4),
            (ClientError.cancelled, 1), (.file(path: "x", reason: "y"), 1), (.unusableAnswer("x"), 1),
        ] as [(ClientError, Int32)])
    func aClientsErrorHasItsStatus(_ error: ClientError, _ status: Int32) {
        #expect(ExitStatus(error).rawValue == status)
    }

    @Test func aChangedPinIsAnIntegrityFailure() throws {
        let name = try #require(AccountName("alice"))
        let one = try #require(AccountID(bytes: [UInt8](repeating: 1, count: 16)))
        let two = try #require(AccountID(bytes: [UInt8](repeating: 2, count: 16)))
        let error = ClientError.pinMismatch(name: name, expected: one, offered: two, source: "known_accounts")
        #expect(ExitStatus(error) == .integrity)
        #expect("\(error)".contains("known_accounts"))
        #expect(ExitStatus(ClientError.loginFailed(name)) == .refused)
    }

    @Test func everyErrorOfTheStartHasItsStatus() {
        #expect(ExitStatus(StartError.setting("x")).rawValue == 2)
        #expect(ExitStatus(StartError.refused("x")).rawValue == 3)
        #expect(ExitStatus(StartError.unreachable("x")).rawValue == 5)
        #expect(ExitStatus(StartError.integrity("x")).rawValue == 6)
        #expect(ExitStatus(StartError.failed("x")).rawValue == 1)
    }
}
