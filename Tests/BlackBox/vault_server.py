"""A HashiCorp Vault for a test: the stand-in as its own process, set up over Vault's own API as an operator would."""

import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

from harness import ROOT

DOUBLE = ROOT / "Tests/Doubles/vault"
#: What Docs/VAULT.md asks for, and nothing besides.
POLICY = """
path "transit/encrypt/tacit" { capabilities = ["update"] }
path "transit/decrypt/tacit" { capabilities = ["update"] }
path "transit/rewrap/tacit" { capabilities = ["update"] }
path "transit/keys/tacit" { capabilities = ["read"] }
path "transit/keys/tacit/rotate" { capabilities = ["update"] }
path "transit/keys/tacit/config" { capabilities = ["update"] }
path "secret/data/tacit/keyring" { capabilities = ["create", "read", "update"] }
path "secret/metadata/tacit/keyring" { capabilities = ["read"] }
path "secret/destroy/tacit/keyring" { capabilities = ["update"] }
"""


class VaultServer:
    def __init__(self, generation="1.14", certificate=None, key=None, ca=None):
        self.trust = ssl.create_default_context(cafile=ca) if ca else None
        tls = ["--tls", str(certificate), str(key)] if certificate else []
        self.process = subprocess.Popen([sys.executable, str(DOUBLE), "--generation", generation, *tls], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        facts = json.loads(self.process.stdout.readline())
        self.address = f"{'https' if certificate else 'http'}://127.0.0.1:{facts['port']}"
        self.admin, self.root = f"http://127.0.0.1:{facts['admin']}", facts["token"]
        for path, fields in (("sys/mounts/transit", {"type": "transit"}), ("sys/mounts/secret", {"type": "kv-v2"}),
                             ("sys/auth/approle", {"type": "approle"}), ("sys/policies/acl/tacit", {"policy": POLICY})):
            # A real server in development mode has its `secret` already.
            assert self.call("POST", path, fields)[0] in (200, 204, 400)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)

    def uri(self, kind="transit"):
        return f"vault-transit:{self.address}/transit/tacit" if kind == "transit" else f"vault-kv:{self.address}/secret/tacit/keyring"

    def token(self, **facts):
        return self.call("POST", "auth/token/create", {"policies": ["tacit"], "ttl": "1h"} | facts)[1]["auth"]["client_token"]

    def role(self, **facts):
        """Role id and secret id of a new AppRole."""
        assert self.call("POST", "auth/approle/role/tacit", {"token_policies": ["tacit"]} | facts)[0] in (200, 204)
        role = self.call("GET", "auth/approle/role/tacit/role-id")[1]["data"]["role_id"]
        return role, self.call("POST", "auth/approle/role/tacit/secret-id", {})[1]["data"]["secret_id"]

    def order(self, name, **fields):
        """To the stand-in's control port."""
        return self.send("POST", f"{self.admin}/{name}", fields)[1]

    def fault(self, match, kind, count=1, **what):
        self.order("faults", match=match, kind=kind, count=count, **what)

    def counts(self):
        return self.send("GET", f"{self.admin}/counts")[1]

    def call(self, method, path, fields=None, token=None):
        """Vault's own API, as the operator."""
        return self.send(method, f"{self.address}/v1/{path}", fields, token or self.root)

    def make_key(self, **facts):
        assert self.call("POST", "transit/keys/tacit", {"derived": True} | facts)[0] in (200, 204)

    def send(self, method, url, fields=None, token=None):
        request = urllib.request.Request(url, method=method, data=None if fields is None else json.dumps(fields).encode())
        if token:
            request.add_header("X-Vault-Token", token)
        try:
            with urllib.request.urlopen(request, timeout=20, context=self.trust if url.startswith("https:") else None) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")
