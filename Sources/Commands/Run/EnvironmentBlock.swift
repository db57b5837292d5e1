import Client
import Glibc
import SecretMemory

/// The `envp` of a child: this process's own variables, untouched and never made into text, with some set or left out.
/// Wiped and released with the value; the child has its copy by then.
@safe
struct EnvironmentBlock: ~Copyable {
    private let pointers: UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>
    private let owned: [UnsafeMutableRawBufferPointer]

    /// - Parameters:
    ///   - token: borrowed; copied into the block where an assignment asks for it.
    ///   - omitting: names left out besides.
    init(_ assignments: [ChildAssignment], token: borrowing SecretBytes, omitting: Set<String>) {
        let replaced = omitting.union(assignments.map(\.name))
        var entries: [UnsafeMutablePointer<CChar>?] = unsafe []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let length = unsafe strcspn(text, "=")
            let name = unsafe String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
            if !replaced.contains(name) { unsafe entries.append(text) }
            unsafe entry = unsafe entry.advanced(by: 1)
        }
        var owned: [UnsafeMutableRawBufferPointer] = unsafe []
        for assignment in assignments {
            let start = Array((assignment.name + "=").utf8)
            let made: UnsafeMutableRawBufferPointer
            switch assignment.content {
            case .removed: continue
            case .text(let text): unsafe made = Self.entry(start + Array(text.utf8), nil)
            case .token: unsafe made = token.withBytes { unsafe Self.entry(start, $0) }
            }
            unsafe owned.append(made)
            unsafe entries.append(made.baseAddress?.assumingMemoryBound(to: CChar.self))
        }
        unsafe entries.append(nil)
        let pointers = unsafe UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: entries.count)
        _ = unsafe pointers.initialize(from: entries)
        unsafe self.pointers = unsafe pointers
        unsafe self.owned = unsafe owned
    }

    deinit {
        for index in unsafe owned.indices {
            unsafe wipe(owned[index])
            unsafe owned[index].deallocate()
        }
        unsafe pointers.deallocate()
    }

    /// Lends the null-terminated array.
    borrowing func withPointer<R>(_ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R? {
        guard let base = unsafe pointers.baseAddress else { return nil }
        return unsafe body(base)
    }

    private static func entry(_ start: [UInt8], _ rest: RawSpan?) -> UnsafeMutableRawBufferPointer {
        let count = start.count + (rest?.byteCount ?? 0)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count + 1, alignment: 1)
        unsafe buffer.copyBytes(from: start)
        if let rest {
            unsafe rest.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start.count..<count]).copyMemory(from: $0) }
        }
        unsafe buffer[count] = 0
        return unsafe buffer
    }
}
