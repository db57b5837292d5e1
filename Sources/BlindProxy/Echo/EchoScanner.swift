/// Overwrites echoes of an injected key in a response, across the borders of its pieces.
///
/// A byte waits only from a possible match on: while what has come could still become a form of the key. At each position the four
/// first bytes are compared, then checks of the first and last eight; only then a window is hashed, and overlapping windows share that
/// work, so near matches sent on purpose cost a small factor and not a multiple of the key's length.
final class EchoScanner {
    private let patterns: EchoPatterns
    /// Made when the first byte waits.
    private var held: WipingBuffer?
    /// Matches overwritten so far.
    private(set) var redactions: UInt64 = 0

    init(_ patterns: consuming EchoPatterns) { self.patterns = patterns }

    /// Bytes that wait for what follows.
    var heldCount: Int { held?.count ?? 0 }

    /// Takes the next bytes and passes on what is decided.
    /// - Parameters:
    ///   - input: the next bytes of the body.
    ///   - isLast: nothing follows; everything is passed on.
    ///   - emit: gets the bytes that may go, zero, one or two times, never empty.
    /// - Returns: from where on the input was held or overwritten: its source should be wiped from there.
    func scan(_ input: Span<UInt8>, isLast: Bool, _ emit: (Span<UInt8>) -> Void) -> Int? {
        var heldFrom: Int?
        if heldCount == 0 {
            let start = patterns.count > 0 ? patterns.search.first(in: input, from: 0) ?? input.count : input.count
            if start > 0 { emit(input.extracting(0..<start)) }
            guard start < input.count else { return nil }
            heldFrom = start
            if held == nil { held = WipingBuffer() }
            held?.append(input.extracting(start..<input.count))
        } else if !input.isEmpty {
            heldFrom = 0
            held?.append(input)
        }
        guard let held else { return heldFrom }
        let decided = held.withMutableBytes { bytes in overwrite(&bytes, isLast: isLast) }
        if decided > 0 {
            held.withBytes { bytes in emit(bytes.extracting(0..<decided)) }
            held.removeFirst(decided)
        }
        return heldFrom
    }

    /// Overwrites echoes in bytes that are there as a whole, such as a head.
    func redact(_ bytes: inout MutableRawSpan) {
        _ = overwrite(&bytes, isLast: true)
    }

    /// Overwrites every match; the number of bytes that are decided.
    private func overwrite(_ bytes: inout MutableRawSpan, isLast: Bool) -> Int {
        guard patterns.count > 0 else { return bytes.byteCount }
        let search = patterns.search
        let function = patterns.function
        var windows: [EchoWindow] = []
        var at = 0
        while true {
            let matched: Int?
            do {
                let span = Span<UInt8>(_bytes: bytes.bytes)  // every byte is a UInt8
                guard let candidate = search.first(in: span, from: at) else { return span.count }
                switch judge(candidate, in: span, function, &windows) {
                case .match(let count): (at, matched) = (candidate, count)
                case .noMatch: (at, matched) = (candidate + 1, nil)
                case .undecided where isLast: (at, matched) = (candidate + 1, nil)
                case .undecided: return candidate
                }
            }
            guard let matched else { continue }
            for index in at..<at + matched { bytes.storeBytes(of: UInt8(ascii: "*"), toByteOffset: index, as: UInt8.self) }
            windows = []
            at += matched
            redactions += 1
        }
    }

    private enum Judgement { case match(Int), noMatch, undecided }

    /// Whether a form begins at `start`. A longer form waits for its bytes only where no shorter one matches.
    private func judge(_ start: Int, in bytes: Span<UInt8>, _ function: EchoHash, _ windows: inout [EchoWindow]) -> Judgement {
        var judgement = Judgement.noMatch
        for index in 0..<patterns.count {
            let pattern = patterns[index]
            guard EchoSearch.begins(pattern.first, bytes, start) else { continue }
            if bytes.count - start >= 8, function.check(Self.word(bytes, at: start)) != pattern.start { continue }
            guard bytes.count - start >= pattern.count else {
                judgement = .undecided
                continue
            }
            guard function.check(Self.word(bytes, at: start + pattern.count - 8)) == pattern.end else { continue }
            if windows.isEmpty { windows = [EchoWindow](repeating: EchoWindow(), count: patterns.count) }
            if windows[index].hash(at: start, pattern, function, bytes) == pattern.hash { return .match(pattern.count) }
        }
        return judgement
    }

    /// Eight bytes, which are there, the first in the lowest bits.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
        let raw = unsafe bytes.bytes
        precondition(index >= 0 && index <= raw.byteCount - 8, "a word of other bytes")
        // In bounds by the check above; every pattern of bits is a UInt64.
        return UInt64(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }
}

/// The last window hashed for one form.
private struct EchoWindow {
    private var start: Int?
    private var value: UInt64 = 0

    /// The hash of the window at `position`, from the last one where they overlap.
    mutating func hash(at position: Int, _ pattern: EchoPattern, _ function: EchoHash, _ bytes: Span<UInt8>) -> UInt64 {
        if let old = start, position >= old, position - old < pattern.count {
            for index in old..<position {
                value = function.moving(value, weight: pattern.weight, from: bytes[index], to: bytes[index + pattern.count])
            }
        } else {
            value = 0
            for index in position..<position + pattern.count { value = function.appending(bytes[index], to: value) }
        }
        start = position
        return value
    }
}
