import HTTPWire
import Model
import NIOCore
import SecretMemory
import Sessions

extension ClientHandler {
    /// Takes a pooled connection, or opens one.
    func takeUpstream(_ call: Call) {
        wait(.connect, seconds: loop.limits.connectSeconds)
        let pool = call.route.pool
        if let upstream = pool.take(now: loop.nowMilliseconds()) {
            hand(call, to: upstream)
            return
        }
        guard let dialer = loop.dialer else { return failCall(.internalError) }
        call.times.pause(at: SystemClock.monotonicNanoseconds())
        // The call by its number: one that ended gave the session its place back, and is not held here.
        let number = callNumber
        dialer.dial(pool) { result in
            let call = number == self.callNumber ? self.call : nil
            switch result {
            case .success(let upstream):
                guard let call, self.machine.isWaiting else {
                    // The client left meanwhile; its connection serves the next one.
                    pool.put(upstream, now: self.loop.nowMilliseconds())
                    return
                }
                self.hand(call, to: upstream)
            case .failure(let error):
                if call != nil { self.failCall(error) }
            }
        }
    }

    /// Opens the key, writes the head, hands it over and wipes every copy.
    private func hand(_ call: Call, to upstream: UpstreamHandler) {
        guard upstream.isUsable else {
            upstream.close()
            perform(machine.loseUpstream())
            return
        }
        let started = SystemClock.monotonicNanoseconds()
        call.times.resume(at: started)
        let outgoingHead = OutgoingHead(
            head: head, path: call.path, target: call.route.target, tokenIsInQuery: call.credential.isInQuery,
            offer: call.offer)
        let early = inbox.count - head.length
        let joins = early <= Self.joinedBodyBytes
        let capacity = outgoingHead.capacity(keyCount: call.grant.key.plaintextCount) + (joins ? early + Self.chunkRoom : 0)
        var buffer = takeHeadBuffer(capacity, upstream)
        do throws(Refusal) {
            try inbox.withBytes { (bytes) throws(Refusal) in try write(outgoingHead, call, bytes, into: &buffer) }
        } catch {
            // Where the stored key did not open there was nothing to expose.
            let wasOpened = buffer.readableBytes > 0
            buffer.wipeReadableBytes()
            if wasOpened { loop.noteExposure(of: call, since: started) }
            upstream.release(reuse: true)
            failCall(ProxyError(error))
            return
        }
        // Not needed any more; what follows may be a system call.
        unsafe pseudorandomKey = nil
        loop.slab.wipeAll()
        call.isHandedOver = true
        self.upstream = upstream
        upstream.begin(self, method: call.method)
        if call.offer != nil { upstream.prepareTunnel() }
        machine.handOver()
        requestBody = BodyDecoder(head.framing)
        do throws(HTTPWireError) {
            try takeInbox(call, joins: joins, into: &buffer)
        } catch {
            buffer.wipeReadableBytes()
            loop.noteExposure(of: call, since: started)
            failRequest(ProxyError(request: error))
            return
        }
        send(buffer, call, upstream, started)
        afterHandOver(call)
    }

    /// Early body up to this size goes out with its head: one TLS record and one packet instead of two.
    private static let joinedBodyBytes = 4_096
    /// What framing a piece of body as chunks needs besides it, the last chunk included.
    private static let chunkRoom = 64

    /// Takes the head off the inbox, and behind it, where it `joins` the head, what has come of the body.
    private func takeInbox(_ call: Call, joins: Bool, into buffer: inout ByteBuffer) throws(HTTPWireError) {
        let length = head.length
        var at = 0
        if joins {
            try inbox.withBytes { (bytes) throws(HTTPWireError) in
                let body = bytes.extracting(length..<bytes.count)
                while case .payload(let range) = try requestBody.step(body, at: &at) {
                    call.bytesUp += UInt64(range.count)
                    if head.framing == .chunked {
                        buffer.writeChunk(body.extracting(range.bounds))
                    } else {
                        buffer.write(body.extracting(range.bounds))
                    }
                }
            }
            if requestBody.isComplete && head.framing == .chunked { buffer.writeStaticString(ChunkedEncoder.lastChunk) }
        }
        inbox.removeFirst(length + at)
        input = .body
    }

    /// A buffer for one head. TLS copies it out at once, so that one serves the whole loop; without TLS it may wait for the kernel.
    private func takeHeadBuffer(_ capacity: Int, _ upstream: UpstreamHandler) -> ByteBuffer {
        guard upstream.pool.destination.scheme == .https else { return ByteBufferAllocator().buffer(capacity: capacity) }
        var buffer = ByteBuffer()
        swap(&buffer, &loop.headBuffer)  // the only reference, so that writing to it copies nothing
        buffer.clear(minimumCapacity: capacity)
        return buffer
    }

    private func write(_ outgoing: OutgoingHead, _ call: Call, _ bytes: Span<UInt8>, into buffer: inout ByteBuffer) throws(Refusal) {
        let capacity = outgoing.capacity(keyCount: call.grant.key.plaintextCount)
        let token = bytes.extracting(call.credential.token.bounds)
        func use(_ key: RawSpan) throws(Refusal) {
            let key = Span<UInt8>(_bytes: key)  // every byte is a UInt8
            var failed = false
            unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { memory in
                var writer = unsafe ByteWriter(memory)
                do throws(HTTPWireError) { try outgoing.write(bytes, key: key, to: &writer) } catch { failed = true }
                return writer.count
            }
            guard !failed else {
                throw Refusal(.internalError, "the key cannot stand in a request head. run: tacit rotate key \(call.grant.key.alias)")
            }
            let prefix = call.route.basicPrefix
            call.scanner = EchoScanner(EchoPatterns(key: key, basicPrefix: prefix.span, store: loop.echoes))
        }
        if let derived = unsafe pseudorandomKey {
            try call.grant.exposeKey(pseudorandomKey: unsafe derived.bytes, table: loop.sessions, slab: loop.slab, use)
        } else {
            try call.grant.exposeKey(token: unsafe token.bytes, table: loop.sessions, slab: loop.slab, use)
        }
    }

    /// Hands head and early body over and wipes the head, the token and what lies between.
    private func send(_ head: ByteBuffer, _ call: Call, _ upstream: UpstreamHandler, _ started: UInt64) {
        let gate = upstream.gate
        gate?.hold()
        var written: EventLoopPromise<Void>?
        if gate == nil {
            // In the clear nothing copies the head: it is wiped when the kernel has it.
            let promise = loop.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { [loop] _ in
                head.wipeReadableBytes()
                loop.noteExposure(of: call, since: started)
            }
            written = promise
        }
        upstream.write(head, promise: written)
        if requestBody.isComplete {
            completeRequest(call)
        } else if inbox.count > 0 {
            let early = ByteBuffer.wiping(inbox)
            inbox.removeAll()
            forwardBody(early)
        }
        upstream.flush()
        if let gate {
            // NIOSSL encrypted on flush and kept nothing.
            head.wipeReadableBytes()
            loop.noteExposure(of: call, since: started)
            loop.headBuffer = head
            loop.turn.add(gate, call)
        } else {
            call.times.handOver(at: SystemClock.monotonicNanoseconds())
        }
    }

    private func afterHandOver(_ call: Call) {
        guard self.call === call, input != .closed else { return }
        if head.expectsContinue && call.bytesUp == 0 && input == .body {
            call.continueDue = loop.servedMilliseconds() + UInt64(max(0, loop.limits.continueMilliseconds))
        }
        if input == .body { wait(.requestBody, seconds: loop.limits.bodySeconds) } else { extendUpstreamDeadline(call) }
        resumeReading()
    }
}
