"""A WebSocket server over TLS with the `websockets` package, which checks the injected key and answers what a test asks for:

    "echo …"        the same message, text or bytes
    "key"           the injected key in a message of its own
    "count N"       N messages of 64 KiB
    "close C R"     the closing handshake with code C and reason R
"""

import http
import ssl
import threading

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve


class WebSocketUpstream:
    def __init__(self, certificate, private_key, keys):
        self.keys, self.requests, self.closed = keys, [], []
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, private_key)
        self.server = serve(self._talk, "127.0.0.1", 0, ssl=self.tls, process_request=self._admit, max_size=None,
                            select_subprotocol=lambda _, offered: "realtime" if "realtime" in offered else None)
        self.port = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    def stop(self):
        self.server.shutdown()

    def _admit(self, connection, request):
        self.requests.append(request)
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        return None if key in self.keys else connection.respond(http.HTTPStatus.UNAUTHORIZED, "bad key\n")

    def _talk(self, connection):
        try:
            for message in connection:
                word, _, rest = message.partition(" ") if isinstance(message, str) else (None, None, None)
                if word == "key":
                    connection.send("your key is " + connection.request.headers["authorization"].removeprefix("Bearer "))
                elif word == "count":
                    for number in range(int(rest)):
                        connection.send(number.to_bytes(4, "big") * 16384)
                elif word == "close":
                    code, _, reason = rest.partition(" ")
                    connection.close(int(code), reason)
                else:
                    connection.send(message)
        except ConnectionClosed:
            pass
        finally:
            self.closed.append((connection.close_code, connection.close_reason))
