"""A TLS upstream that checks the injected key, records every byte it gets, and misbehaves on request.

It speaks enough of the OpenAI and Anthropic APIs for their SDKs, and answers test paths:

    /v1/mirror[?chunked=1]      the request body, byte for byte
    /v1/models                  an empty list, for probes
    /v1/slow?ms=N               waits N ms before the first byte of the answer
    /v1/forever                 an SSE frame every 50 ms until the peer goes away
    /v1/echo-key?form=F         the injected key in its own answer (raw, base64, percent, json; split=N over N-byte chunks; head=1 in a header)
    /v1/redirect?to=URL         302
    /v1/cut                     announces 1 000 bytes, sends 10, closes
    /v1/two-lengths             two different Content-Length headers
    /                           307 to a relative path that names another alias at the proxy
    /v1/many-fields?size=N      126 fields without a space after the colon, about N bytes of head
    /v1/leaky-head              Set-Cookie, Alt-Svc, Access-Control-*, Clear-Site-Data, tacit-key
"""

import base64
import json
import socket
import ssl
import threading
import time
import urllib.parse


class Request:
    def __init__(self, head, body, connection):
        self.head, self.body, self.connection = head, body, connection
        lines = head.split(b"\r\n")
        self.method, self.target, _ = lines[0].decode().split(" ")
        self.path, _, self.query_text = self.target.partition("?")
        self.query = dict(urllib.parse.parse_qsl(self.query_text, keep_blank_values=True))
        self.headers = [tuple(part.strip() for part in line.decode("latin-1").split(":", 1)) for line in lines[1:] if line]

    def header(self, name):
        found = [value for key, value in self.headers if key.lower() == name]
        assert len(found) <= 1, f"{name} came {len(found)} times"
        return found[0] if found else None


class Upstream:
    def __init__(self, certificate, private_key, keys, scheme="https"):
        self.keys, self.requests, self.connections, self.raw = keys, [], 0, []
        self.closed_by_peer = threading.Event()
        self.scheme = scheme
        self.tls = None
        if scheme == "https":
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate, private_key)
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listener.getsockname()[1]
        self.stopped = False
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self):
        return f"{self.scheme}://localhost:{self.port}"

    def stop(self):
        self.stopped = True
        # A blocked accept() keeps the listening socket alive past close(); shutdown wakes it.
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def _accept(self):
        while not self.stopped:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection, number):
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            reader = Reader(connection, self.raw)
            while True:
                request = reader.request(number)
                if request is None:
                    return
                self.requests.append(request)
                if not self._answer(connection, request):
                    return
        except (OSError, ssl.SSLError):
            self.closed_by_peer.set()
        finally:
            connection.close()

    def _presented_key(self, request):
        authorization = request.header("authorization")
        if authorization is not None:
            if authorization.startswith("Basic "):
                return base64.b64decode(authorization[6:]).decode().split(":", 1)[1]
            return authorization.removeprefix("Bearer ")
        for name in ("x-api-key", "x-goog-api-key", "api-key", "x-custom-key"):
            if request.header(name) is not None:
                return request.header(name)
        return request.query.get("key") or request.query.get("token")

    def _answer(self, out, request):
        key = self._presented_key(request)
        if key not in self.keys:
            return send(out, 401, {"error": {"message": "bad key", "type": "authentication_error"}})
        path = request.path
        if path.endswith("/chat/completions"):
            return self._openai(out, json.loads(request.body))
        if path.endswith("/messages"):
            return self._anthropic(out, json.loads(request.body))
        if path.endswith("/mirror"):
            if "chunked" in request.query:
                head(out, 200, "application/octet-stream", chunked=True)
                for start in range(0, len(request.body), 1000):
                    chunk(out, request.body[start : start + 1000])
                chunk(out, b"")
                return True
            return send_bytes(out, 200, request.body, "application/octet-stream")
        if path.endswith("/models") and request.method == "GET":
            return send(out, 200, {"object": "list", "data": []})
        if path.endswith("/slow"):
            time.sleep(int(request.query["ms"]) / 1000)
            return send(out, 200, {"slow": True})
        if path.endswith("/forever"):
            head(out, 200, "text/event-stream", chunked=True)
            while True:
                chunk(out, b'data: {"tick": %d}\n\n' % time.time_ns())
                time.sleep(0.05)
        if path.endswith("/echo-key"):
            forms = {
                "raw": key,
                "base64": base64.b64encode(key.encode()).decode(),
                "percent": urllib.parse.quote(key, safe=""),
                "json": json.dumps(key)[1:-1].replace("/", "\\/"),
            }
            text = ("before " + forms[request.query.get("form", "raw")] + " after").encode()
            if "head" in request.query:
                out.sendall(b"HTTP/1.1 200 OK\r\nx-echo: " + text + b"\r\ncontent-length: 2\r\n\r\nok")
                return True
            if "split" in request.query:
                step = int(request.query["split"])
                head(out, 200, "text/plain", chunked=True)
                for start in range(0, len(text), step):
                    chunk(out, text[start : start + step])
                    time.sleep(0.002)
                chunk(out, b"")
                return True
            return send_bytes(out, 200, text, "text/plain")
        if path == "/":
            out.sendall(b"HTTP/1.1 307 X\r\nlocation: other/v1/mirror\r\ncontent-length: 0\r\n\r\n")
            return True
        if path.endswith("/many-fields"):
            fields = "".join(f"a{number}:b\r\n" for number in range(100, 226)).encode()
            size = int(request.query["size"])
            fields += b"pad:" + b"x" * (size - len(fields) - 60) + b"\r\n"
            out.sendall(b"HTTP/1.1 200 OK\r\n" + fields + b"content-length: 20\r\n\r\nset-cookie: evil=1\r\n")
            return True
        if path.endswith("/redirect"):
            target = request.query["to"].encode()
            out.sendall(b"HTTP/1.1 302 Found\r\nlocation: " + target + b"\r\ncontent-length: 0\r\n\r\n")
            return True
        if path.endswith("/cut"):
            out.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\n0123456789")
            return False
        if path.endswith("/two-lengths"):
            out.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!")
            return False
        if path.endswith("/leaky-head"):
            out.sendall(
                b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\nalt-svc: h3=\":443\"\r\naccess-control-allow-origin: *\r\n"
                b"clear-site-data: \"*\"\r\ntacit-key: forged@9\r\nx-request-id: kept\r\ncontent-length: 2\r\n\r\nok"
            )
            return True
        return send(out, 404, {"error": {"message": "no such path", "type": "not_found"}})

    def _openai(self, out, body):
        if not body.get("stream"):
            return send(
                out,
                200,
                {
                    "id": "c1", "object": "chat.completion", "created": 1, "model": body["model"],
                    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello from upstream"}}],
                    "usage": {"prompt_tokens": 1, "completion_tokens": 3, "total_tokens": 4},
                },
            )
        head(out, 200, "text/event-stream", chunked=True)
        for word in ("hello", " from", " the", " stream"):
            delta = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": body["model"],
                     "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
            chunk(out, b"data: " + json.dumps(delta).encode() + b"\n\n")
            time.sleep(0.1)
        chunk(out, b"data: [DONE]\n\n")
        chunk(out, b"")
        return True

    def _anthropic(self, out, body):
        message = {"id": "m1", "type": "message", "role": "assistant", "model": body["model"], "content": [],
                   "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
        if not body.get("stream"):
            message |= {"content": [{"type": "text", "text": "hello from upstream"}], "stop_reason": "end_turn"}
            return send(out, 200, message)
        events = [("message_start", {"type": "message_start", "message": message}),
                  ("content_block_start", {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})]
        events += [("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}})
                   for word in ("hello", " from", " the", " stream")]
        events += [("content_block_stop", {"type": "content_block_stop", "index": 0}),
                   ("message_delta", {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 4}}),
                   ("message_stop", {"type": "message_stop"})]
        head(out, 200, "text/event-stream", chunked=True)
        for name, data in events:
            chunk(out, f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())
            time.sleep(0.02)
        chunk(out, b"")
        return True


class Reader:
    def __init__(self, connection, raw):
        self.connection, self.buffer, self.raw = connection, b"", raw

    def _more(self):
        data = self.connection.recv(65536)
        self.raw.append(data)
        self.buffer += data
        return bool(data)

    def _take(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise OSError("peer closed in a body")
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _line(self):
        while b"\r\n" not in self.buffer:
            if not self._more():
                raise OSError("peer closed in a line")
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def request(self, number):
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                return None
        text, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        request = Request(text, b"", number)
        if request.header("expect") == "100-continue":
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if request.header("transfer-encoding"):
            assert request.header("transfer-encoding") == "chunked" and request.header("content-length") is None
            body = b""
            while size := int(self._line(), 16):
                body += self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._line() == b"", "request trailers must not pass"
            request.body = body
        elif request.header("content-length"):
            request.body = self._take(int(request.header("content-length")))
        return request


def head(out, status, kind, chunked=False, length=None):
    framing = "transfer-encoding: chunked" if chunked else f"content-length: {length}"
    out.sendall(f"HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\nx-request-id: up-1\r\n{framing}\r\n\r\n".encode())


def chunk(out, data):
    out.sendall(b"%x\r\n%s\r\n" % (len(data), data))


def send_bytes(out, status, data, kind):
    head(out, status, kind, length=len(data))
    out.sendall(data)
    return True


def send(out, status, value):
    return send_bytes(out, status, json.dumps(value).encode(), "application/json")
