import Primitives
import Testing

@Suite struct PrimitiveLibrariesTests {
    @Test func theInstalledLibrariesAreNewEnoughAndNamed() throws {
        try PrimitiveLibraries.initialize()
        #expect(PrimitiveLibraries.versions.contains("libsodium 1.") && PrimitiveLibraries.versions.contains("OpenSSL 3."))
    }
}
