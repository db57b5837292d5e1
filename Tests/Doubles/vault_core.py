"""State of the double: tokens, policies, seal, faults, and which engine a path belongs to."""

import fnmatch
import secrets
import threading
import time

from vault_answers import Refused, wrapped
from vault_kv import KV
from vault_transit import Transit

DEFAULT = {"auth/token/lookup-self": ["read"], "auth/token/renew-self": ["update"], "auth/token/revoke-self": ["update"]}


class Token:
    def __init__(self, core, policies=("default",), ttl=0, max_ttl=0, period=0, renewable=True, type="service", num_uses=0):
        prefix = {"1.8": {"service": "s.", "batch": "b."}, "1.14": {"service": "hvs.", "batch": "hvb."}}[core.generation][type]
        self.id = prefix + secrets.token_urlsafe(18 if core.generation == "1.8" else 96)
        self.accessor = "" if type == "batch" else secrets.token_urlsafe(18)
        self.policies, self.type, self.num_uses = list(policies), type, num_uses
        self.ttl, self.max_ttl, self.period = period or ttl, max_ttl, period
        self.renewable = renewable and type == "service" and "root" not in policies
        self.created = time.time()
        self.expires = self.created + self.ttl if self.ttl else None

    @property
    def left(self):
        return 0 if self.expires is None else max(0, int(self.expires - time.time()))

    @property
    def is_dead(self):
        return self.num_uses < 0 or (self.expires is not None and time.time() >= self.expires)

    def renew(self, increment):
        now = time.time()
        wanted = self.period or increment or self.ttl
        warnings = None
        if self.max_ttl and not self.period and now + wanted > self.created + self.max_ttl:
            warnings = [f'TTL of "{wanted}s" exceeded the effective max_ttl of "{self.max_ttl}s"; TTL value is capped accordingly']
            wanted = max(0, self.created + self.max_ttl - now)
            if wanted < 1:
                raise Refused(500, wrapped("past the max TTL, cannot renew"))
        self.expires = now + wanted
        return int(wanted), warnings


class Core:
    def __init__(self, generation):
        self.generation = generation
        self.lock = threading.RLock()
        self.jwt = f"{secrets.token_urlsafe(20)}.{secrets.token_urlsafe(40)}.{secrets.token_urlsafe(40)}"
        self.role_id, self.secret_id = secrets.token_hex(16), secrets.token_hex(16)
        self.kubernetes_role = "tacit"
        self.root = None
        self.reset()

    def reset(self):
        with self.lock:
            self.sealed, self.initialized, self.faults, self.log = False, True, [], []
            self.login = {"policies": ["default", "tacit"], "ttl": 3600, "max_ttl": 14400}
            self.policies = {"default": DEFAULT, "tacit": {
                "transit/encrypt/tacit": ["update"], "transit/decrypt/tacit": ["update"], "transit/rewrap/tacit": ["update"],
                "transit/keys/tacit": ["read"], "transit/keys/tacit/rotate": ["update"], "transit/keys/tacit/config": ["update"],
                "secret/data/tacit/*": ["create", "read", "update"], "secret/metadata/tacit/*": ["read"],
                "secret/destroy/tacit/*": ["update"]}}
            self.mounts = {"transit": Transit(self), "a/b/transit": Transit(self), "secret": KV(self)}
            self.tokens = {}
            keep = self.root
            root = Token(self, ["root"])
            root.id = keep or root.id
            self.root = root.id
            self.tokens[root.id] = root

    def issue(self, **facts):
        token = Token(self, **facts)
        self.tokens[token.id] = token
        return token

    def take_fault(self, method, path):
        """The first order that fits and still has uses; one with `after` lets so many requests pass first."""
        with self.lock:
            for fault in self.faults:
                if fault["count"] and fault["match"] in f"{method} {path}":
                    if fault.get("after", 0) > 0:
                        fault["after"] -= 1
                        continue
                    fault["count"] -= 1
                    return fault
        return None

    def authenticate(self, text):
        """Spends a use of the token."""
        if text is None:
            raise Refused(400, "missing client token") if self.generation == "1.8" else Refused(403, "permission denied")
        token = self.tokens.get(text)
        if token is None or token.is_dead:
            raise Refused(403, "permission denied")
        if token.num_uses:
            token.num_uses = token.num_uses - 1 if token.num_uses > 1 else -1
        return token

    def authorize(self, token, capability, path):
        if "root" in token.policies:
            return
        granted = set()
        for name in token.policies:
            for pattern, capabilities in self.policies.get(name, {}).items():
                if fnmatch.fnmatchcase(path, pattern):
                    granted.update(capabilities)
        if capability not in granted or "deny" in granted:
            raise Refused(403, wrapped("permission denied"))

    def mount_of(self, path):
        for mount, engine in sorted(self.mounts.items(), key=lambda pair: -len(pair[0])):
            if path.startswith(mount + "/"):
                return engine, path[len(mount) + 1:]
        raise Refused(404, f"no handler for route '{path}'")
