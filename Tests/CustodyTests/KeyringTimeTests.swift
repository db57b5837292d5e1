import Testing

@testable import Custody

@Suite struct KeyringTimeTests {
    @Test(arguments: [
        "", "2027-01-15", "2027-01-15T08:00:00", "2027-01-15T08:00:00z", "2027-01-15 08:00:00Z", "2027-02-29T08:00:00Z",
        "2027-13-01T08:00:00Z", "2027-01-15T24:00:00Z", "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z", "1969-12-31T23:59:59Z",
        "+027-01-15T08:00:00Z", "2027-01-15T08:00:00+", "2027-01-15T08:00:0éZ", "99999-01-15T08:00:0Z",
    ])
    func `refuses another form and a time that does not exist`(text: String) { #expect(KeyringTime.parse(text) == nil) }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_800_000_000, "2027-01-15T08:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] as [(UInt64, String)])
    func `writes and reads a time`(time: UInt64, text: String) {
        #expect(KeyringTime.text(time) == text)
        #expect(KeyringTime.parse(text) == time)
    }

    @Test func `a time beyond what four digits hold does not trap`() { #expect(KeyringTime.text(.max) == "9999-12-31T23:59:59Z") }
}
