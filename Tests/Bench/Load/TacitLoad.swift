import Glibc

/// The load program of the benchmark: an origin of event streams, and a client that opens many of them and checks every frame.
///
/// Not part of the product: only `Scripts/bench` and tests start it. It speaks plain HTTP/1.1 over epoll with one thread per process and
/// needs nothing but the C library; TLS is put in front of the origin by the benchmark.
@main
enum TacitLoad {
    static let usage = """
        usage: tacit-load origin --port P
               tacit-load streams --port P --path PATH [--header 'Name: value']… [--connections N] [--requests R] [--seconds S]
                                  [--frames F] [--interval-ms I] [--bytes B] [--ramp CONNECTIONS-PER-SECOND]

        """

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do throws(LoadError) {
            var words = ArraySlice(CommandLine.arguments.dropFirst())
            let mode = words.popFirst()
            let options = try LoadOptions(words)
            Descriptors.raiseLimit()
            switch mode {
            case "origin": try StreamOrigin(port: options.port).run()
            case "streams": exit(try StreamLoad(options).run() ? 0 : 1)
            default: throw LoadError("the first word is origin or streams")
            }
        } catch {
            write(text: "tacit-load: \(error.reason)\n\(usage)", to: 2)
            exit(2)
        }
    }

    /// Writes all of `text` at once, past any buffering.
    static func write(text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            written += count
        }
    }
}
