package import Store

/// What every `Store` must do, refusals first. A new backend is done when each case passes on a fresh, empty store.
package enum StoreSuite {
    /// One rule of the protocol.
    package struct Case: Sendable, CustomStringConvertible {
        /// A sentence, which test output shows.
        package let description: String
        /// Runs on a store that holds nothing; it gets its first KEK epoch here.
        /// - Throws: a ``SuiteFailure`` where the rule is broken, or what the store threw.
        package let run: @Sendable (any Store) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (any Store) async throws -> Void) {
            self.description = description
            self.run = { store in
                try await StoreFixture.registerKEK(in: store)
                try await run(store)
            }
        }
    }

    package static let cases =
        accountCases + loginCases + keyCases + sessionCases + requestCases + stateCases + recordCases + usageCases + kekCases
        + writerCases + versionCases + renewalCases
}

/// - Throws: a ``SuiteFailure`` where `body` does anything but throw `expected`.
func refuses(
    _ expected: StoreError, line: UInt = #line, file: String = #fileID, _ body: () async throws -> Void
) async throws {
    do { try await body() } catch let error as StoreError {
        guard error == expected else { throw SuiteFailure("\(file):\(line): \(error) is not \(expected)") }
        return
    }
    throw SuiteFailure("\(file):\(line): nothing was thrown instead of \(expected)")
}

/// - Throws: a ``SuiteFailure`` where `body` does anything but throw `.invalid`, whatever its text.
func refusesAsInvalid(line: UInt = #line, file: String = #fileID, _ body: () async throws -> Void) async throws {
    do { try await body() } catch StoreError.invalid { return }
    throw SuiteFailure("\(file):\(line): nothing was refused as invalid")
}
