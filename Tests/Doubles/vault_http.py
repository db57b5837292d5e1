"""The double's HTTP side: envelopes, tokens before paths, seal before tokens, faults before everything."""

import json
import secrets
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from vault_answers import Answer, Refused
from vault_auth import login, own_token

LIMIT = 32 << 20


class Dropped(Exception):
    """The connection ends here."""


def vault_handler(core):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def log_message(self, *_):
            pass

        def do_GET(self):
            self.serve("GET")

        def do_HEAD(self):
            self.serve("GET")

        def do_POST(self):
            self.serve("POST")

        do_PUT = do_POST

        def do_LIST(self):
            self.serve("GET")

        def serve(self, method):
            place = urlsplit(self.path)
            path = place.path
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, document = self.answer(method, path, parse_qs(place.query), body)
            except Dropped:
                self.close_connection = True
                self.connection.close()
                return
            core.log.append({"method": method, "path": path, "status": status, "namespace": self.headers.get("X-Vault-Namespace"),
                             "token": self.headers.get("X-Vault-Token", "")[:4], "bytes": len(body)})
            self.reply(status, document)

        def answer(self, method, path, query, body):
            self.extra = {}
            fault = core.take_fault(method, path)
            if fault:
                time.sleep(fault.get("delay", 0))
                if fault.get("drop"):
                    raise Dropped
                self.extra = fault.get("headers") or {}
                if fault.get("status"):
                    return fault["status"], fault.get("body", {"errors": fault.get("errors", ["internal error"])})
            try:
                status, document = self.route(method, path, query, body)
            except Refused as no:
                status, document = no.status, {"errors": no.errors}
            except Answer as answer:
                status, document = answer.status, self.envelope(answer.data, answer.warnings)
            if fault and fault.get("partial") and document and (document.get("data") or {}).get("batch_results"):
                results = document["data"]["batch_results"]
                if fault["partial"] == "short":
                    results.pop()
                elif fault["partial"] == "error":
                    results[len(results) // 2] = {"error": "internal error"}
                elif fault["partial"] == "swap" and len(results) > 1:
                    results[0], results[1] = results[1], results[0]
            return status, document

        def route(self, method, path, query, body):
            if "//" in path or "/../" in path or path.endswith("/.."):
                self.extra = {"Location": path.replace("//", "/")}
                return 301, None
            if not path.startswith("/v1/"):
                return 404, {"errors": []}
            path = path[4:]
            if path in ("sys/health", "sys/seal-status"):
                return self.health(path)
            if len(body) > LIMIT:
                raise Refused(413, "error parsing JSON")
            try:
                fields = json.loads(body) if body else {}
            except ValueError:
                raise Refused(400, "error parsing JSON") from None
            if not isinstance(fields, dict):
                raise Refused(400, "error parsing JSON")
            with core.lock:
                return self.dispatch(method, unquote(path), query, fields)

        def dispatch(self, method, path, query, fields):
            token = self.headers.get("X-Vault-Token")
            authorization = self.headers.get("Authorization", "")
            if token is None and authorization.startswith("Bearer "):
                token = authorization[7:]
            is_login = path.startswith("auth/") and path.endswith("/login")
            if core.sealed or not core.initialized:
                raise Refused(503, "Vault is sealed" if token is None or is_login else "error performing token check: Vault is sealed")
            if is_login:
                return login(core, path, fields, self.envelope)
            holder = core.authenticate(token)
            if path.startswith("auth/token/"):
                return own_token(core, holder, method, path, fields, self.envelope)
            if method == "POST" and path.endswith("/"):
                raise Refused(400, "cannot write to a path ending in '/'")
            try:
                engine, rest = core.mount_of(path)
            except Refused:
                core.authorize(holder, "read" if method == "GET" else "update", path)
                raise
            core.authorize(holder, engine.capability(method, rest), path)
            data = engine.call(method, rest, fields, query) if method == "GET" and hasattr(engine, "paths") else engine.call(method, rest, fields)
            if data is None:
                return 204, None
            return 200, self.envelope(data)

        def health(self, path):
            document = {"initialized": core.initialized, "sealed": core.sealed, "standby": core.sealed, "version": f"{core.generation}.0"}
            if path == "sys/seal-status":
                return 200, document
            return (501 if not core.initialized else 503 if core.sealed else 200), document

        @staticmethod
        def envelope(data=None, warnings=None, auth=None):
            return {"request_id": secrets.token_hex(16), "lease_id": "", "renewable": False, "lease_duration": 0, "data": data, "wrap_info": None,
                    "warnings": warnings, "auth": auth}

        def reply(self, status, document):
            body = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Cache-Control", "no-store")
            if core.generation != "1.8" and self.headers.get("X-Vault-Namespace"):
                self.send_header("X-Vault-Namespace", self.headers["X-Vault-Namespace"])
            for name, value in self.extra.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD" and status != 204:
                self.wfile.write(body)

    return Handler
