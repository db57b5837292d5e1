/// The peer of these tests: Python's http.server on loopback or a Unix socket, with TLS or without. It prints its port, and ends when its
/// standard input does, so that it cannot outlive the tests.
let serverScript = #"""
    import hashlib, http.server, json, os, socket, socketserver, ssl, sys, threading, time

    lock, arrivals, connections = threading.Lock(), {}, [0]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self):
            super().setup()
            with lock:
                connections[0] += 1
                self.number = connections[0]

        def log_message(self, *arguments): pass
        def address_string(self): return "peer"

        def answer(self, status, body=b"", headers=()):
            self.send_response_only(status)
            for name, value in headers: self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD": self.wfile.write(body)

        def chunk(self, data):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

        def start_chunks(self):
            self.send_response_only(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()

        def serve(self):
            target = self.path.split("://", 1)[-1]
            parts = target[target.index("/"):].split("?")[0].split("/")[1:]
            with lock:
                arrivals[self.path] = arrivals.get(self.path, 0) + 1
                arrival = arrivals[self.path]
            name = parts[0]
            if name == "reset":
                self.close_connection = True
                self.connection.close()
                return
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if name == "echo":
                text = {"method": self.command, "path": self.path, "headers": [list(h) for h in self.headers.items()],
                        "length": len(body), "sha256": hashlib.sha256(body).hexdigest(), "connection": self.number}
                self.answer(200, json.dumps(text).encode(), [("X-Twice", "1"), ("x-twice", " 2 ")])
            elif name == "mirror": self.answer(200, body)
            elif name == "status": self.answer(int(parts[1]), b"refused")
            elif name == "body": self.answer(200, b"x" * int(parts[1]))
            elif name == "chunked-body":
                self.start_chunks()
                for _ in range(int(parts[1])): self.chunk(b"y" * 1000)
                self.chunk(b"")
            elif name == "hang": time.sleep(60)
            elif name == "redirect": self.answer(302, b"", [("Location", "/arrived")])
            elif name == "count": self.answer(200, str(arrivals.get("/" + "/".join(parts[1:]), 0)).encode())
            elif name == "die-once":
                if arrival == 1: self.close_connection = True
                else: self.answer(200, b"second")
            elif name == "events":
                self.start_chunks()
                for number in range(int(parts[1])):
                    self.chunk(b"data: %d\n\n" % number)
                    time.sleep(0.2)
                self.chunk(b"")
            elif name == "stall":
                self.start_chunks()
                self.chunk(b"data: first\n\n")
                time.sleep(60)
            elif name == "raw":
                self.close_connection = True
                self.wfile.write(bytes.fromhex(parts[1]))
            else: self.answer(404)

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"): setattr(Handler, "do_" + method, Handler.serve)

    class TCPServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
        daemon_threads = True
        request_queue_size = 64
        def handle_error(self, request, address): pass

    class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        def handle_error(self, request, address): pass

    class TLSServer(TCPServer):
        def finish_request(self, request, address):
            with context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, address)

    class Mute(socketserver.BaseRequestHandler):
        def handle(self): time.sleep(60)

    def end_with_parent():
        sys.stdin.buffer.read()
        os._exit(0)

    kind, rest = sys.argv[1], sys.argv[2:]
    if kind == "unix": server = UnixServer(rest[0], Handler)
    elif kind == "mute": server = TCPServer(("127.0.0.1", 0), Mute)
    elif kind in ("tls", "old-tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind == "old-tls":
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(rest[0], rest[1])
        server = TLSServer(("127.0.0.1", 0), Handler)
    else: server = TCPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=end_with_parent, daemon=True).start()
    print(0 if kind == "unix" else server.server_address[1], flush=True)
    server.serve_forever()
    """#
