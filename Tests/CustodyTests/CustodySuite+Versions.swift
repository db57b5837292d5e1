import Custody
import Envelope
import Model

extension CustodySuite {
    /// Making and destroying versions, how the custody says it is, and its end.
    static let versionCases = [
        Case("the current version cannot be retired, nor one that never was") { setup in
            let current = try await setup.custody.versions().current
            do {
                try await setup.custody.retire(current)
                throw Failure(description: "the current one was retired")
            } catch CustodyError.misconfigured(let reason) {
                guard reason.contains("run: tacit ") else { throw Failure(description: reason) }
            }
            for version in [0, current + 1, UInt32.max] {
                do {
                    try await setup.custody.retire(version)
                    throw Failure(description: "\(version) was retired")
                } catch CustodyError.unknownVersion(version) {}
            }
            guard try await setup.custody.versions().current == current else { throw Failure(description: "it is another") }
        },
        Case("a version is made only after the one that is current") { setup in
            let old = try await setup.custody.versions()
            for stale in [0, old.current + 1, UInt32.max] {
                guard try await setup.custody.addVersion(after: stale) == old else { throw Failure(description: "one was made") }
            }
            guard try await setup.custody.versions() == old else { throw Failure(description: "one was made") }
        },
        Case("brokers that want a new version at once get one between them") { setup in
            for _ in 0..<4 {
                let old = try await setup.custody.versions()
                let answers = try await withThrowingTaskGroup(of: KEKVersions.self) { group in
                    for index in 0..<6 {
                        let custody = index % 2 == 0 ? setup.custody : setup.other
                        group.addTask { try await custody.addVersion(after: old.current) }
                    }
                    var answers: Set<KEKVersions> = []
                    for try await answer in group { answers.insert(answer) }
                    return answers
                }
                let new = try await setup.other.versions()
                guard new.current == old.current + 1, answers == [new], new.all.count == old.all.count + 1 else {
                    throw Failure(description: "\(old) \(answers) \(new)")
                }
            }
        },
        Case("of a retired version nothing opens any more, and the others stay") { setup in
            var wraps = [try await setup.custody.wrap([item("one")])[0]]
            for _ in 0..<2 {
                try await setup.custody.addVersion(after: setup.custody.versions().current)
                wraps.append(try await setup.custody.wrap([item("one")])[0])
            }
            let before = try await setup.custody.versions()
            let moved = try await setup.custody.rewrap([UnwrapItem(wrap: wraps[0], context: context("one"))])[0]
            let first = before.current - 2
            for _ in 0..<2 { try await setup.other.retire(first) }
            try await refuses(.unknownVersion(first), setup, wraps[0], context("one"))
            for wrap in [moved, wraps[1], wraps[2]] {
                guard try await setup.custody.unwrap([UnwrapItem(wrap: wrap, context: context("one"))]) == [plaintext("one")] else {
                    throw Failure(description: "another text")
                }
            }
            let after = try await setup.custody.versions()
            guard after.current == before.current, after.all == before.all.filter({ $0.number > first }) else {
                throw Failure(description: "\(after)")
            }
            try await setup.custody.retire(before.current - 1)
            try await refuses(.unknownVersion(before.current - 1), setup, wraps[1], context("one"))
            guard try await setup.custody.addVersion(after: before.current).current == before.current + 1 else {
                throw Failure(description: "a number was used again")
            }
        },
        Case("says that it works and what it holds") { setup in
            let status = await setup.custody.status()
            guard status == CustodyStatus(state: .ok, cause: "", versions: try await setup.custody.versions()) else {
                throw Failure(description: "\(status)")
            }
            guard setup.custody.uri == setup.other.uri, setup.custody.uri.hasPrefix(setup.custody.kind + ":") else {
                throw Failure(description: setup.custody.uri)
            }
        },
        Case("its upkeep goes on until it is cancelled") { setup in
            let task = Task { await setup.custody.run() }
            task.cancel()
            await task.value
        },
    ]
}
