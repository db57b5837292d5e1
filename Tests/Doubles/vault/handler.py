"""HTTP as a Vault speaks it: the envelope, the token, policies, and faults."""

import http.server
import json
import time
import uuid

import kv
import system
import transit
from errors import Refusal
from mounts import MissingMount

LIMIT = 32 << 20


class VaultHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, value, headers=()):
        body = b"" if value is None else json.dumps(value).encode()
        self.send_body(status, body, [("Content-Type", "application/json"), ("Cache-Control", "no-store"), *headers])

    def send_body(self, status, body, headers):
        fault = self.server.state.take_fault(self.path, "after")
        if fault:
            status, body, headers = fault["status"], fault["body"].encode(), [("Content-Type", "text/html")]
        self.send_response_only(status)
        for name, text in headers:
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        fault = self.server.state.take_fault(self.path, "drop", "lose")
        if fault:
            self.wfile.write(body[: fault.get("bytes", 0)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body)

    def success(self, data=None, auth=None, warnings=None, status=200):
        self.reply(status, {"request_id": str(uuid.uuid4()), "lease_id": "", "renewable": False, "lease_duration": 0, "data": data,
                            "wrap_info": None, "warnings": warnings, "auth": auth})

    def serve(self):
        state = self.server.state
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0]
        with state.lock:
            state.counts[f"{self.command} {path}"] += 1
            if self.headers.get("X-Vault-Namespace"):
                state.counts["namespace " + self.headers["X-Vault-Namespace"]] += 1
        if self.interfere(state, path):
            return
        try:
            self.dispatch(state, path, text)
        except Refusal as refusal:
            self.reply(refusal.status, {"errors": refusal.texts}, refusal.headers)
        except MissingMount as missing:
            self.reply(404, {"errors": [f"no handler for route '{missing}'"]})

    def interfere(self, state, path):
        """Faults that come before anything is done. Whether one answered."""
        fault = state.take_fault(path, "delay", "status", "rate", "garbage", "huge", "redirect", "close")
        if fault is None:
            return False
        kind = fault["kind"]
        if kind == "delay":
            time.sleep(fault["seconds"])
            return False
        if kind == "status":
            body = fault.get("body", json.dumps({"errors": ["internal error"]}))
            self.send_body(fault["status"], body.encode(), [("Content-Type", "application/json"), *fault.get("headers", {}).items()])
        elif kind == "rate":
            headers = [("Retry-After", str(fault["retry_after"]))] if "retry_after" in fault else []
            self.reply(429, {"errors": [f'request path "{path[4:]}": rate limit quota exceeded']}, headers)
        elif kind == "garbage":
            self.send_body(200, b"<html><body>Welcome</body></html>", [("Content-Type", "text/html")])
        elif kind == "huge":
            self.send_body(200, b'{"data":"' + b"x" * fault["bytes"] + b'"}', [("Content-Type", "application/json")])
        elif kind == "redirect":
            self.send_body(fault.get("status", 307), b"", [("Location", fault["to"])])
        elif kind == "close":
            self.close_connection = True
            self.connection.close()
        return True

    def dispatch(self, state, path, text):
        if not path.startswith("/v1/"):
            raise Refusal(404)
        if "//" in path or "/../" in path:
            return self.send_body(301, b"", [("Location", path.replace("//", "/"))])
        path = path[4:]
        if len(text) > LIMIT:
            raise Refusal(413, "error parsing JSON")
        try:
            body = json.loads(text) if text.strip() else {}
        except ValueError:
            raise Refusal(400, "error parsing JSON")
        if not isinstance(body, dict):
            raise Refusal(400, "error parsing JSON")
        if path in ("sys/health", "sys/seal-status"):
            return self.health(state, path)
        token_text = self.headers.get("X-Vault-Token")
        authorization = self.headers.get("Authorization") or ""
        if not token_text and authorization.startswith("Bearer "):
            token_text = authorization[7:]
        with state.lock:
            is_login = path.startswith("auth/") and path.endswith("/login")
            if state.sealed:
                text = "Vault is sealed"
                raise Refusal(503, text if is_login or not token_text else "error performing token check: " + text)
            if is_login:
                return self.success(auth=system.login(state, path, body))
            if self.command not in ("GET", "LIST") and path.endswith("/"):
                raise Refusal(400, "cannot write to a path ending in '/'")
            token = state.tokens.use(token_text)
            self.route(state, token, path, body)

    def route(self, state, token, path, body):
        method = {"PUT": "POST"}.get(self.command, self.command)
        if path.startswith(("sys/", "auth/")):
            return system.handle(self, state, token, method, path, body)
        name, mount, rest = state.mount_of(path)
        if mount is None:
            # The policy is asked first: who may not even ask does not learn that there is nothing.
            state.policies.check(token, path, "read", "update", "create", "delete", "list")
            raise MissingMount(path)
        engine = transit if mount["type"] == "transit" else kv
        engine.handle(self, state, token, method, name, mount, rest, body)

    def health(self, state, path):
        value = {"initialized": True, "sealed": state.sealed, "standby": False, "version": "1.14.3" if state.modern else "1.8.0-dev"}
        self.reply(503 if state.sealed and path == "sys/health" else 200, value)


for command in ("GET", "POST", "PUT", "DELETE", "LIST", "HEAD", "PATCH"):
    setattr(VaultHandler, "do_" + command, VaultHandler.serve)
