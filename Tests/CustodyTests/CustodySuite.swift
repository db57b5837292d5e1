import Custody
import Envelope
import Model
import SecretMemory

/// What every custody must do, refusals first.
enum CustodySuite {
    struct Setup: Sendable {
        let custody: any Custody
        /// The same KEK, as another broker sees it.
        let other: any Custody
    }

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let run: @Sendable (Setup) async throws -> Void

        init(_ description: String, _ run: @escaping @Sendable (Setup) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let cases = versionCases + itemCases

    static let itemCases = [
        Case("a wrap opens under no other context") { setup in
            let wrap = try await setup.custody.wrap([item("one")])[0]
            for other in ["two", "one "] { try await refuses(.integrity, setup, wrap, try context(other)) }
            try await refuses(.integrity, setup, wrap, try context("one", store: 1))
        },
        Case("a wrap altered at any byte, cut or made longer opens nothing") { setup in
            let wrap = try await setup.custody.wrap([item("one")])[0].bytes
            for index in wrap.indices {
                var altered = wrap
                altered[index] ^= 1 << UInt8(index % 8)
                try await refuses(nil, setup, Blob(altered), context("one"))
            }
            for count in 0..<wrap.count { try await refuses(nil, setup, Blob(Array(wrap.prefix(count))), context("one")) }
            try await refuses(nil, setup, Blob(wrap + [0]), context("one"))
            try await refuses(nil, setup, Blob([0] + wrap), context("one"))
        },
        Case("refuses more bytes than a wrap may have") { setup in
            do {
                _ = try await setup.custody.wrap([WrapItem(plaintext: Blob([UInt8](repeating: 1, count: 131_073)), context: context("one"))]
                )
            } catch CustodyError.tooLarge { return }
            throw Failure(description: "it was wrapped")
        },
        Case("one altered wrap fails the batch, and unwrapEach names it and opens the others") { setup in
            let names = (0..<9).map { "secret-\($0)" }
            var wraps = try await setup.custody.wrap(names.map(item))
            for index in [2, 7] { wraps[index] = wraps[index - 1] }
            let items = try zip(wraps, names).map { UnwrapItem(wrap: $0, context: try context($1)) }
            do {
                _ = try await setup.custody.unwrap(items)
                throw Failure(description: "the batch was opened")
            } catch CustodyError.integrity {}
            let answers = try await setup.custody.unwrapEach(items)
            let expected: [Result<Blob, CustodyError>] = names.enumerated().map { index, name in
                [2, 7].contains(index) ? .failure(.integrity) : .success(plaintext(name))
            }
            guard answers == expected else { throw Failure(description: "\(answers)") }
        },
        Case("wraps and unwraps batches in their order, and none at all") { setup in
            let names = (0..<50).map { "secret-\($0)" }
            let wraps = try await setup.custody.wrap(names.map(item))
            let items = try zip(wraps, names).map { UnwrapItem(wrap: $0, context: try context($1)) }
            let opened = try await setup.custody.unwrap(items)
            guard opened == names.map(plaintext), Set(wraps).count == 50 else { throw Failure(description: "another order") }
            let none = try await (setup.custody.wrap([]), setup.custody.unwrap([]), setup.custody.unwrapEach([]), setup.custody.rewrap([]))
            guard none.0.isEmpty, none.1.isEmpty, none.2.isEmpty, none.3.isEmpty else { throw Failure(description: "not empty") }
        },
        Case("the same bytes never give the same wrap") { setup in
            let wraps = try await setup.custody.wrap([item("one"), item("one")])
            guard wraps[0] != wraps[1] else { throw Failure(description: "they are equal") }
        },
        Case("a secret comes back as it went in, under its context only") { setup in
            let secret = unsafe SecretBytes(copying: plaintext("one").bytes.span.bytes)
            let wrap = try await setup.custody.wrapSecret(secret, context: context("one"))
            do {
                _ = try await setup.custody.unwrapSecret(wrap, context: context("two"))
                throw Failure(description: "it was opened")
            } catch CustodyError.integrity {}
            let opened = try await setup.custody.unwrapSecret(wrap, context: context("one"))
            guard opened.isEqual(to: secret) else { throw Failure(description: "it is another") }
        },
        Case("after a new version old wraps open, new ones name it, and rewrapping moves the old ones") { setup in
            let old = try await setup.custody.versions()
            let wrap = try await setup.custody.wrap([item("one")])[0]
            let answer = try await setup.other.addVersion(after: old.current)
            let new = try await setup.custody.versions()
            guard new == answer, new.current > old.current, new.all.map(\.number) == old.all.map(\.number) + [new.current] else {
                throw Failure(description: "\(new)")
            }
            let unwrap = [UnwrapItem(wrap: wrap, context: try context("one"))]
            let opened = try await setup.custody.unwrap(unwrap)
            let moved = try await setup.custody.rewrap(unwrap)
            let again = try await setup.custody.unwrap([UnwrapItem(wrap: moved[0], context: context("one"))])
            guard opened == [plaintext("one")], again == opened else { throw Failure(description: "they do not open") }
            let versions = [setup.custody.version(of: wrap), setup.custody.version(of: moved[0])]
            guard versions == [old.current, new.current] else { throw Failure(description: "\(versions)") }
            guard setup.custody.version(of: Blob([])) == nil, setup.custody.version(of: Blob([9] + wrap.bytes.dropFirst())) == nil else {
                throw Failure(description: "a version of something else")
            }
            do {
                _ = try await setup.custody.rewrap([UnwrapItem(wrap: wrap, context: context("two"))])
            } catch CustodyError.integrity { return }
            throw Failure(description: "a foreign wrap was moved")
        },
    ]

    static func context(_ name: String, store: UInt8 = 0) throws -> ContextBytes {
        guard let id = StoreID(bytes: Array(store..<store + 16)) else { throw Failure(description: "no id") }
        return try WrapContexts.storeSecret(storeID: id, name: name)
    }

    static func plaintext(_ name: String) -> Blob { Blob(Array("the bytes of \(name)".utf8)) }

    static func item(_ name: String) throws -> WrapItem { WrapItem(plaintext: plaintext(name), context: try context(name)) }

    /// - Parameter error: `nil` where any error of a wrap is right.
    static func refuses(_ error: CustodyError?, _ setup: Setup, _ wrap: Blob, _ context: ContextBytes) async throws {
        do throws(CustodyError) { _ = try await setup.custody.unwrap([UnwrapItem(wrap: wrap, context: context)]) } catch let thrown {
            switch thrown {
            case .integrity, .unknownVersion: break
            default: throw Failure(description: "\(thrown)")
            }
            guard error == nil || error == thrown else { throw Failure(description: "\(thrown)") }
            return
        }
        throw Failure(description: "a wrap of \(wrap.bytes.count) bytes was opened")
    }
}
