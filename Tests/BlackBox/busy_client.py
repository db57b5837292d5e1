"""Keeps many TLS connections to the proxy busy with every kind of call until told to stop, then leaves them open until its input ends.

usage: busy_client.py PORT CA-FILE CONNECTIONS   (first line of its input: the session token; second: anything, to stop)

Prints one line of JSON when the last call is over: how many calls of each kind went as they should, and what went wrong.
"""

import collections
import json
import random
import socket
import ssl
import sys
import threading

STRANGER = "tct_" + "A" * 64
CHAT = json.dumps({"model": "gpt-test", "stream": True, "messages": [{"role": "user", "content": "hello"}]}).encode()
#: (kind, method, path, body, expected status; `None`: the answer is cut or the client goes away)
CALLS = [
    ("small body", "POST", "/openai/v1/mirror", b"x" * 65, 200),
    ("large body", "POST", "/openai/v1/mirror", b"y" * 40_000, 200),
    ("chunked answer", "POST", "/openai/v1/mirror?chunked=1", b"z" * 5_000, 200),
    ("event stream", "POST", "/openai/v1/chat/completions", CHAT, 200),
    ("echoed key", "GET", "/openai/v1/echo-key?form=raw", b"", 200),
    ("echoed key in pieces", "GET", "/openai/v1/echo-key?form=base64&split=7", b"", 200),
    ("slow answer", "GET", "/openai/v1/slow?ms=30", b"", 200),
    ("unknown alias", "GET", "/none/v1/x", b"", 404),
    ("wrong token", "GET", "/openai/v1/mirror", b"", 401),
    ("bad framing upstream", "GET", "/openai/v1/two-lengths", b"", 502),
    ("cut answer", "GET", "/openai/v1/cut", b"", None),
    ("cancelled stream", "GET", "/openai/v1/forever", b"", None),
]


class Connection:
    def __init__(self, port, tls):
        self.port = port
        plain = socket.create_connection(("127.0.0.1", port), timeout=60)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = tls.wrap_socket(plain, server_hostname="localhost")
        self.buffer = b""

    def ask(self, method, path, body, token):
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost:{self.port}\r\nauthorization: Bearer {token}\r\ncontent-length: {len(body)}\r\n\r\n"
        self.socket.sendall(head.encode() + body)
        head = self._until(b"\r\n\r\n").decode("latin-1").lower()
        return int(head.split(" ", 2)[1]), head

    def body(self, head):
        if "transfer-encoding: chunked" not in head:
            return self._take(int(head.split("content-length: ")[1].split("\r\n")[0]))
        data = b""
        while size := int(self._until(b"\r\n"), 16):
            data += self._take(size)
            self._take(2)
        self._take(2)
        return data

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise EOFError
        self.buffer += data

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        found, _, self.buffer = self.buffer.partition(mark)
        return found + mark

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        found, self.buffer = self.buffer[:count], self.buffer[count:]
        return found


def one_call(connection, kind, method, path, body, status, token):
    """Returns whether the connection can be used again."""
    got, head = connection.ask(method, path, body, STRANGER if kind == "wrong token" else token)
    if kind == "cancelled stream":
        assert got == 200, head
        connection._until(b"\n\n")
        return False
    if kind == "cut answer":
        try:
            connection.body(head)
        except (EOFError, ssl.SSLError, OSError):
            return False
        raise AssertionError("a cut answer ended cleanly")
    assert got == status, head
    answer = connection.body(head)
    assert "/mirror" not in path or status != 200 or answer == body
    assert not kind.startswith("echoed") or b"***" in answer
    return "connection: close" not in head


def work(number, port, tls, token, stop, done, wrong, kept):
    dice = random.Random(number)
    connection = None
    while not stop.is_set():
        call = dice.choice(CALLS)
        try:
            connection = connection or Connection(port, tls)
            usable = one_call(connection, *call, token)
            done[call[0]] += 1
            if not usable:
                connection.socket.close()
                connection = None
        except Exception as error:  # every kind of failure is a finding
            wrong.append(f"{call[0]}: {type(error).__name__} {error}"[:300])
            connection = None
    # One plain call more, so that what stays open is a connection that carried a token.
    connection = connection or Connection(port, tls)
    one_call(connection, *CALLS[0], token)
    kept.append(connection)


def main():
    port, ca, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    token = sys.stdin.readline().strip()
    tls = ssl.create_default_context(cafile=ca)
    stop, done, wrong, kept = threading.Event(), collections.Counter(), [], []
    threads = [threading.Thread(target=work, args=(number, port, tls, token, stop, done, wrong, kept)) for number in range(count)]
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"done": done, "wrong": wrong, "open": len(kept)}), flush=True)
    sys.stdin.read()


main()
