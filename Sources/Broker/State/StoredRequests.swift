import Logging
import Model
import Sessions
import Store
import Synchronization

/// Sessions' requests out of the store's blocks. One write at a time: what is asked for meanwhile goes into the next one, so that others'
/// writes, revocations among them, wait for two of these at most.
final class StoredRequests: RequestReserve {
    private struct Question: Sendable {
        let wanted: WantedRequests
        let done: @Sendable (ReservedRequests) -> Void
    }

    private struct State {
        var questions: [Question] = []
        var isWriting = false
    }

    private let store: any Store
    private let logger: Logger
    private let state = Mutex(State())

    init(store: any Store, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    func reserve(of session: SessionID, maximum: UInt64, wanted: UInt64, _ done: @escaping @Sendable (ReservedRequests) -> Void) {
        let question = Question(wanted: WantedRequests(session: session, maximum: maximum, count: wanted), done: done)
        let begins = state.withLock { state in
            state.questions.append(question)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { Task { await answerAll() } }
    }

    private func answerAll() async {
        while true {
            let questions = state.withLock { state in
                defer { state.questions = [] }
                state.isWriting = !state.questions.isEmpty
                return state.questions
            }
            guard !questions.isEmpty else { return }
            for (question, answer) in zip(questions, await answers(to: questions.map(\.wanted))) { question.done(answer) }
        }
    }

    private func answers(to wanted: [WantedRequests]) async -> [ReservedRequests] {
        do throws(StoreError) {
            return try await store.reserveRequests(wanted).map { result in
                do throws(StoreError) { return .granted(try result.get()) } catch {
                    guard case .integrity(let fault) = error else { return .failed }
                    logger.error("a stored row does not pass its check", metadata: ["row": "\(fault)"])
                    return .damaged
                }
            }
        } catch {
            logger.error("requests of sessions could not be reserved", metadata: ["store.reason": "\(error)"])
            return wanted.map { _ in .failed }
        }
    }
}
