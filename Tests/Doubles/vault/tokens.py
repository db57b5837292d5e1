"""Tokens: their life, their renewal, their end."""

import secrets
import time

from errors import Refusal

DEFAULT_TTL = 32 * 86400


def seconds(value):
    """Vault's durations: 1800, "1800", "30m"."""
    if value is None or value == "":
        return 0
    text = str(value)
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    try:
        return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)
    except ValueError:
        raise Refusal(500, f"error parsing duration {text}", wrapped=True)


class Token:
    def __init__(self, id, policies, ttl, max_ttl=0, period=0, renewable=True, uses=0, batch=False, meta=None):
        now = time.time()
        self.id, self.policies, self.created, self.creation_ttl = id, policies, now, ttl
        self.max_ttl, self.period, self.renewable, self.uses, self.batch = max_ttl, period, renewable, uses, batch
        self.meta = meta
        self.expires = now + ttl if ttl else None
        self.renewed = None
        self.revoked = False

    @property
    def ttl(self):
        return max(0, int(self.expires - time.time())) if self.expires else 0

    def auth(self):
        return {"client_token": self.id, "accessor": "" if self.batch else "accessor-" + self.id[-8:], "policies": self.policies,
                "token_policies": self.policies, "metadata": self.meta, "lease_duration": self.ttl if self.expires else 0,
                "renewable": self.renewable and not self.batch, "entity_id": "", "token_type": "batch" if self.batch else "service",
                "orphan": True}


class Tokens:
    def __init__(self, modern):
        self.modern = modern
        self.prefix = "hvs." if modern else "s."
        self.root = self.prefix + secrets.token_urlsafe(18)
        self.all = {self.root: Token(self.root, ["root"], 0, renewable=False)}

    def make(self, policies, ttl, **other):
        size = 68 if self.modern else 18
        token = Token(self.prefix + secrets.token_urlsafe(size), policies, ttl, **other)
        self.all[token.id] = token
        return token

    def use(self, text):
        """The token of a request; spends one of its uses."""
        if not text:
            raise Refusal(403, "permission denied") if self.modern else Refusal(400, "missing client token")
        token = self.all.get(text)
        if token is None or token.revoked or token.uses < 0 or (token.expires and time.time() >= token.expires):
            raise Refusal(403, "permission denied")
        if token.uses:
            token.uses = token.uses - 1 or -1
        return token

    def create(self, parent, body):
        period = seconds(body.get("period"))
        ttl = period or seconds(body.get("ttl")) or DEFAULT_TTL
        max_ttl = seconds(body.get("explicit_max_ttl"))
        policies = list(body.get("policies") or parent.policies)
        if "root" not in policies and not body.get("no_default_policy") and "default" not in policies:
            policies.insert(0, "default")
        return self.make(policies, min(ttl, max_ttl) if max_ttl else ttl, max_ttl=max_ttl, period=period,
                         renewable=body.get("renewable", True), uses=int(body.get("num_uses") or 0), batch=body.get("type") == "batch")

    def renew(self, token, body):
        if token.batch:
            raise Refusal(400, "batch tokens cannot be renewed")
        if not token.renewable:
            raise Refusal(400, "lease is not renewable")
        asked = seconds((body or {}).get("increment")) or token.creation_ttl
        if token.period:
            asked = token.period
        elif token.max_ttl:
            left = int(token.created + token.max_ttl - time.time())
            if left <= 0:
                raise Refusal(500, "past the max TTL, cannot renew", wrapped=True)
            asked = min(asked, left)
        token.expires, token.renewed = time.time() + asked, time.time()
        return {**token.auth(), "lease_duration": asked}

    def lookup(self, token):
        data = {"accessor": "" if token.batch else "accessor-" + token.id[-8:], "creation_time": int(token.created),
                "creation_ttl": token.creation_ttl, "display_name": "token", "entity_id": "",
                "expire_time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(token.expires)) if token.expires else None,
                "explicit_max_ttl": token.max_ttl, "id": token.id, "meta": token.meta, "num_uses": token.uses, "orphan": True,
                "path": "auth/token/create", "policies": token.policies, "ttl": token.ttl,
                "type": "batch" if token.batch else "service"}
        if token.policies != ["root"]:
            data.update(renewable=token.renewable and not token.batch,
                        issue_time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(token.created)))
        if token.period:
            data["period"] = token.period
        if token.renewed:
            data.update(last_renewal_time=int(token.renewed))
        return data
