import Store

/// Where the job stands and what comes next: the whole course of wrapping everything anew, without a store or a KEK.
///
/// A pass walks every table by row id. When it is through, the log is cut, and the job ends if nothing but damaged rows is left; else
/// another pass begins. Nothing is remembered between brokers: one that takes the job over begins a pass and finds less to do.
struct KEKPass: Equatable, Sendable {
    enum Step: Equatable, Sendable {
        /// Wrap the next rows of a table anew.
        case rewrap(WrapTable, after: Int64)
        /// Cut the log, in which old wraps still stand.
        case truncate
        case finish
        case end
    }

    /// The epoch everything gets.
    let target: UInt32
    private(set) var step: Step
    /// Rows of this pass that did not open.
    private(set) var damaged: [IntegrityFault] = []

    init(target: UInt32) {
        self.target = target
        step = Self.begin
    }

    /// A batch was wrapped anew and stored.
    /// - Parameter last: the last row id looked at; `nil` where the table has no more.
    mutating func didRewrap(last: Int64?, damaged more: [IntegrityFault]) {
        guard case .rewrap(let table, _) = step else { return }
        damaged += more
        if let last {
            step = .rewrap(table, after: last)
        } else {
            step = Self.table(after: table).map { .rewrap($0, after: .min) } ?? .truncate
        }
    }

    /// - Parameter isEmpty: whether the log holds nothing any more; else it is tried again.
    mutating func didTruncate(_ isEmpty: Bool) {
        guard step == .truncate, isEmpty else { return }
        step = .finish
    }

    /// - Parameter hasEnded: `false` where rows are left that nobody looked at yet.
    mutating func didFinish(_ hasEnded: Bool) {
        guard step == .finish else { return }
        if hasEnded {
            step = .end
        } else {
            step = Self.begin
            damaged = []
        }
    }

    private static let begin = Step.rewrap(.secrets, after: .min)

    private static func table(after table: WrapTable) -> WrapTable? {
        let all = WrapTable.allCases
        guard let place = all.firstIndex(of: table), place + 1 < all.count else { return nil }
        return all[place + 1]
    }
}
