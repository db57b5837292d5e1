"""Uploads of 1 GiB through the real program: every byte arrives, and the broker's memory does not grow with them."""

import hashlib
import json
import os
import socket
import ssl
import threading
import time

import pytest
from harness import canary

BLOCK = os.urandom(1 << 20)
BLOCKS = 1024
# Buffers of both connections and TLS; far below any part of the body that matters.
ALLOWED_GROWTH = 8 << 20


class CountingUpstream:
    """Reads one body a connection, counting and hashing; keeps none of it. `pause` seconds pass before it reads."""

    def __init__(self, certificate, private_key):
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, private_key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://localhost:{self.listener.getsockname()[1]}"
        self.heads, self.pause, self.early = [], 0, None
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with self.tls.wrap_socket(connection, server_side=True) as connection, connection.makefile("rb", buffering=1 << 20) as reader:
                head = b""
                while not head.endswith(b"\r\n\r\n"):
                    line = reader.readline()
                    if not line:
                        return
                    head += line
                self.heads.append(head.lower())
                if self.early:
                    connection.sendall(self.early)
                    return
                if b"\r\nexpect: 100-continue\r\n" in head.lower():
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                time.sleep(self.pause)
                count, digest = 0, hashlib.sha256()
                for piece in self._body(head.lower(), reader):
                    count += len(piece)
                    digest.update(piece)
                body = json.dumps({"count": count, "sha256": digest.hexdigest()}).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        except (OSError, ValueError):
            pass  # the client left; the test sees what it got

    @staticmethod
    def _body(head, reader):
        if b"transfer-encoding: chunked" in head:
            while size := int(reader.readline() or b"broken off", 16):
                while size:
                    piece = reader.read(min(size, 1 << 18))
                    size -= len(piece)
                    if not piece:
                        raise OSError("the body broke off")
                    yield piece
                assert reader.readline() == b"\r\n"
            assert reader.readline() == b"\r\n"
            return
        left = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while left:
            piece = reader.read(min(left, 1 << 18))
            if not piece:
                raise OSError("the body broke off")
            left -= len(piece)
            yield piece


@pytest.fixture
def counting(broker, certificates):
    upstream = CountingUpstream(certificates / "leaf.pem", certificates / "leaf.key")
    broker.create_account()
    broker.enroll(upstream, canary())
    upstream.broker, upstream.token = broker, broker.unlock()
    yield upstream
    upstream.stop()


class Memory:
    """The most memory of a process while the block runs, above what it had before; bytes."""

    def __init__(self, pid):
        self.pid, self.stopped = pid, threading.Event()

    def now(self):
        with open(f"/proc/{self.pid}/smaps_rollup") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("Rss:")) << 10

    def __enter__(self):
        self.before = self.most = self.now()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def _watch(self):
        while not self.stopped.wait(0.05):
            self.most = max(self.most, self.now())

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    @property
    def growth(self):
        return self.most - self.before


def begin(counting, framing):
    client = socket.create_connection(("127.0.0.1", counting.broker.proxy_port), timeout=60)
    client.sendall(f"POST /openai/v1/files HTTP/1.1\r\nhost: 127.0.0.1:{counting.broker.proxy_port}\r\nx-api-key: {counting.token}\r\n{framing}\r\n\r\n".encode())
    return client


def answer(client):
    reader = client.makefile("rb")
    status = int(reader.readline().split()[1])
    headers = {}
    while (line := reader.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, reader.read(int(headers.get("content-length", 0)))


def upload(client, chunked):
    digest = hashlib.sha256()
    for _ in range(BLOCKS):
        if chunked:
            client.sendall(b"%x\r\n" % len(BLOCK))
        client.sendall(BLOCK)
        if chunked:
            client.sendall(b"\r\n")
        digest.update(BLOCK)
    if chunked:
        client.sendall(b"0\r\n\r\n")
    return digest.hexdigest()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_gibibyte_passes_in_constant_memory(counting, chunked):
    with Memory(counting.broker.process.pid) as memory:
        client = begin(counting, "transfer-encoding: chunked" if chunked else f"content-length: {BLOCKS * len(BLOCK)}")
        sent = upload(client, chunked)
        status, _, body = answer(client)
    assert status == 200 and json.loads(body) == {"count": BLOCKS * len(BLOCK), "sha256": sent}
    assert memory.growth < ALLOWED_GROWTH, f"{memory.growth >> 20} MiB"


@pytest.mark.parametrize("chunked", [False, True])
def test_an_upstream_that_does_not_read_stops_the_client(counting, chunked):
    counting.pause = 3
    with Memory(counting.broker.process.pid) as memory:
        client = begin(counting, "transfer-encoding: chunked" if chunked else f"content-length: {BLOCKS * len(BLOCK)}")
        client.settimeout(0.5)
        taken = 0
        try:
            while taken < 200:
                client.sendall(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK) if chunked else BLOCK)
                taken += 1
        except TimeoutError:
            pass
        assert taken < 60, f"{taken} MiB were taken for an upstream that reads nothing"
        client.close()
    assert memory.growth < ALLOWED_GROWTH, f"{memory.growth >> 20} MiB"


def test_an_early_refusal_is_heard_before_the_body(counting):
    counting.early = b"HTTP/1.1 413 Content Too Large\r\ncontent-length: 2\r\n\r\nno"
    client = begin(counting, "content-length: 1073741824\r\nexpect: 100-continue")
    status, headers, body = answer(client)
    assert (status, body, headers["connection"]) == (413, b"no", "close"), "the refusal, and no 100 before it"
    assert client.recv(1) == b""


def test_curl_waits_for_the_100(counting, tmp_path):
    import subprocess

    body = tmp_path / "body"
    body.write_bytes(BLOCK)
    result = subprocess.run(
        ["curl", "-sS", "--expect100-timeout", "30", "-H", "Expect: 100-continue", "-H", f"x-api-key: {counting.token}", "--data-binary", f"@{body}",
         f"{counting.broker.proxy}/openai/v1/files"], capture_output=True, timeout=20)
    assert json.loads(result.stdout) == {"count": len(BLOCK), "sha256": hashlib.sha256(BLOCK).hexdigest()}, result
    assert b"\r\nexpect: 100-continue\r\n" in counting.heads[0]
