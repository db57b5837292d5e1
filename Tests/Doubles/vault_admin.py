"""The double's second port: what tests do to it. Not part of what it stands for."""

import json
from http.server import BaseHTTPRequestHandler


def admin_handler(core):
    def order(path, fields):
        if path == "/seal":
            core.sealed = True
        elif path == "/unseal":
            core.sealed = False
        elif path == "/reset":
            core.reset()
        elif path == "/fault":
            core.faults.append({"match": "", "count": 1} | fields)
        elif path == "/calm":
            core.faults.clear()
        elif path == "/token":
            return {"token": core.issue(**fields).id}
        elif path == "/policy":
            core.policies[fields["name"]] = fields["rules"]
        elif path == "/login":
            core.login |= fields
        elif path == "/revoke":
            core.tokens.pop(fields["token"], None)
        elif path == "/revoke-all":
            core.tokens = {name: token for name, token in core.tokens.items() if "root" in token.policies}
        elif path == "/unmount":
            core.mounts.pop(fields["mount"], None)
        elif path == "/log":
            return {"requests": list(core.log)}
        else:
            return None
        return {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, *_):
            pass

        def do_GET(self):
            self.do_POST()

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with core.lock:
                answer = order(self.path, json.loads(body) if body else {})
            text = json.dumps(answer if answer is not None else {"error": "no such order"}).encode()
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    return Handler
