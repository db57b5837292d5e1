"""Calls at a fixed rate over kept connections. A call's latency counts from when it was due, so that a stall is seen by every call it held up."""

import selectors
import socket
import time


class ConstantRate:
    CONNECTIONS = 16

    def __init__(self, port, path, token, body, rate):
        self.port, self.rate = port, rate
        self.request = (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n{body}").encode()

    def run(self, seconds):
        """Quantiles in µs of all calls that were due in `seconds`. Any answer but 200 ends the benchmark."""
        selector, idle, latencies = selectors.DefaultSelector(), [], []
        connections = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(self.CONNECTIONS)]
        try:
            for connection in connections:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection, selectors.EVENT_READ, [b"", 0.0])
                idle.append(connection)
            began, sent, total = time.perf_counter(), 0, int(seconds * self.rate)
            while len(latencies) < total:
                now = time.perf_counter()
                while sent < total and idle and began + sent / self.rate <= now:
                    connection = idle.pop()
                    selector.get_key(connection).data[:] = [b"", began + sent / self.rate]
                    connection.sendall(self.request)
                    sent += 1
                due = began + sent / self.rate - time.perf_counter() if sent < total and idle else 5
                for key, _ in selector.select(max(due, 0)):
                    data = key.fileobj.recv(65536)
                    if not data:
                        raise SystemExit("a connection was closed during the benchmark")
                    key.data[0] += data
                    if self.is_whole(key.data[0]):
                        latencies.append((time.perf_counter() - key.data[1]) * 1e6)
                        idle.append(key.fileobj)
        finally:
            for connection in connections:
                connection.close()
        latencies.sort()
        return {"p50_us": latencies[len(latencies) // 2], "p99_us": latencies[len(latencies) * 99 // 100], "max_us": latencies[-1]}

    @staticmethod
    def is_whole(answer):
        head, end, body = answer.partition(b"\r\n\r\n")
        if not end:
            return False
        lines = head.lower().split(b"\r\n")
        if lines[0].split()[1:2] != [b"200"]:
            raise SystemExit(f"answered {lines[0].decode()}")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), None)
        return len(body) >= length if length is not None else body.endswith(b"0\r\n\r\n")
