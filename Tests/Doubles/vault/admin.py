"""The control port: what a test does to the server behind the client's back.

    POST /seal, /unseal                                  POST /revoke {"token"}        POST /lease {"token", "seconds"}
    POST /faults {"kind", "match", "count", "skip", …}   POST /faults/clear: how many never came            GET /counts, POST /counts/clear
    POST /kubernetes {"mount", "role", "jwt", "policies", "ttl"}                       GET /tokens
    POST /pretend {"mount", "key"}: a key that is not derived says it is

Kinds of faults: `delay` (seconds), `drop` (bytes of the answer that still go out), `status` (status, body, headers), `rate` (retry_after),
`partial` (leaves out the last result of a batch of several), `item` (text: the error of the last one), `reorder` (the first two change places), `garbage` (HTML with 200),
`huge` (bytes), `redirect`, `lose` (carries the request out, then drops the connection), `after` (carries it out, then answers status and body of somebody else).
"""

import http.server
import json
import time


class AdminHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, value=None):
        body = json.dumps(value).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        state = self.server.state
        with state.lock:
            if self.path == "/counts":
                return self.answer(dict(state.counts))
            if self.path == "/tokens":
                return self.answer([t.id for t in state.tokens.all.values() if not t.revoked])
        self.send_error(404)

    def do_POST(self):
        state = self.server.state
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(text) if text else {}
        with state.lock:
            if self.path in ("/seal", "/unseal"):
                state.sealed = self.path == "/seal"
            elif self.path == "/revoke":
                state.tokens.all[body["token"]].revoked = True
            elif self.path == "/lease":
                token = state.tokens.all[body["token"]]
                token.expires = time.time() + body["seconds"]
            elif self.path == "/faults":
                state.faults.append({"count": 1, **body})
            elif self.path == "/faults/clear":
                left = sum(fault["count"] for fault in state.faults)
                state.faults.clear()
                return self.answer({"left": left})
            elif self.path == "/counts/clear":
                state.counts.clear()
            elif self.path == "/pretend":
                # The key says that it is derived, and ignores contexts.
                state.mounts[body["mount"]]["keys"][body["key"]].pretends = True
            elif self.path == "/kubernetes":
                state.auths[body["mount"]] = "kubernetes"
                state.logins.kubernetes[(body["mount"], body["role"])] = body
            else:
                return self.send_error(404)
        self.answer({})
