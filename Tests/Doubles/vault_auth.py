"""Logins and what a token may do to itself."""

import hmac
import time

from vault_answers import Refused


def stamp(seconds):
    return None if seconds is None else time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime(seconds))


def granted(token, duration=None):
    return {"client_token": token.id, "accessor": token.accessor, "policies": token.policies, "token_policies": token.policies, "metadata": {},
            "lease_duration": token.ttl if duration is None else duration, "renewable": token.renewable, "entity_id": "", "token_type": token.type,
            "orphan": True}


def login(core, path, fields, envelope):
    if path == "auth/approle/login":
        for name in ("role_id", "secret_id"):
            if not fields.get(name):
                raise Refused(400, f"missing {name}")
        if not hmac.compare_digest(str(fields["role_id"]), core.role_id):
            raise Refused(400, "invalid role ID")
        if not hmac.compare_digest(str(fields["secret_id"]), core.secret_id):
            raise Refused(400, "invalid secret id")
    elif path == "auth/kubernetes/login":
        if not fields.get("role"):
            raise Refused(400, "missing role")
        if fields["role"] != core.kubernetes_role:
            raise Refused(400, f'invalid role name "{fields["role"]}"')
        if not fields.get("jwt"):
            raise Refused(400, "missing jwt")
        if not hmac.compare_digest(str(fields["jwt"]), core.jwt):
            raise Refused(403, "permission denied")
    elif core.generation == "1.8":
        raise Refused(400, "missing client token")
    else:
        raise Refused(403, "permission denied")
    return 200, envelope(auth=granted(core.issue(**core.login)))


def own_token(core, token, method, path, fields, envelope):
    core.authorize(token, {"lookup-self": "read", "renew-self": "update", "revoke-self": "update"}.get(path.rpartition("/")[2], "sudo")
                   if method == "POST" or path.endswith("lookup-self") and method == "GET" else "read", path)
    if path == "auth/token/lookup-self":
        if method != "GET":
            core.authorize(token, "update", path)
        data = {"accessor": token.accessor, "creation_time": int(token.created), "creation_ttl": token.ttl, "display_name": "token", "entity_id": "",
                "expire_time": stamp(token.expires), "explicit_max_ttl": 0, "id": token.id, "issue_time": stamp(token.created), "meta": None,
                "num_uses": token.num_uses, "orphan": True, "path": "auth/token/create", "policies": token.policies, "renewable": token.renewable,
                "ttl": token.left, "type": token.type}
        if "root" in token.policies:
            data.pop("renewable"), data.pop("issue_time")
        if token.period:
            data["period"] = token.period
        return 200, envelope(data)
    if path == "auth/token/renew-self" and method == "POST":
        if token.type == "batch":
            raise Refused(400, "batch tokens cannot be renewed")
        if not token.renewable:
            raise Refused(400, "lease is not renewable")
        duration, warnings = token.renew(seconds(fields.get("increment")))
        return 200, envelope(None, warnings, granted(token, duration))
    if path == "auth/token/revoke-self" and method == "POST":
        if token.type == "batch":
            raise Refused(400, "batch tokens cannot be revoked")
        core.tokens.pop(token.id, None)
        return 204, None
    raise Refused(404, "unsupported path")


def seconds(increment):
    if increment in (None, 0, ""):
        return 0
    text = str(increment)
    units = {"s": 1, "m": 60, "h": 3600}
    try:
        return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)
    except ValueError:
        raise Refused(500, f"failed to parse increment {text}") from None
