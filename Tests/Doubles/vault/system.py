"""sys/ and auth/: mounts, policies, tokens, logins."""

from errors import Refusal
from policies import parse
from tokens import seconds


def login(state, path, body):
    mount = path[len("auth/") : -len("/login")]
    kind = state.auths.get(mount)
    if kind == "approle":
        return state.logins.approle(state, mount, body)
    if kind == "kubernetes":
        return state.logins.kubernetes_login(state, mount, body)
    raise Refusal(403, "permission denied") if state.modern else Refusal(400, "missing client token")


def handle(handler, state, token, method, path, body):
    needed = {"GET": "read", "DELETE": "delete", "LIST": "list"}.get(method, "update")
    state.policies.check(token, path, needed, *(["create"] if needed == "update" else []))
    parts = path.split("/")
    if parts[:2] == ["auth", "token"]:
        return auth_token(handler, state, token, method, "/".join(parts[2:]), body)
    if parts[0] == "auth" and len(parts) >= 4 and parts[2] == "role":
        if state.auths.get(parts[1]) != "approle":
            raise Refusal(404, f"no handler for route '{path}'")
        data = state.logins.role(state, parts[1], parts[3], "/".join(parts[4:]), method, body)
        return handler.reply(204, None) if data is None else handler.success(data)
    if parts[:2] == ["sys", "mounts"] and method == "POST":
        return mount(handler, state, "/".join(parts[2:]), body)
    if parts[:2] == ["sys", "mounts"] and method == "DELETE":
        state.mounts.pop("/".join(parts[2:]), None)
        return handler.reply(204, None)
    if parts[:2] == ["sys", "auth"] and method == "POST":
        state.auths["/".join(parts[2:])] = body["type"]
        return handler.reply(204, None)
    if parts[:3] == ["sys", "policies", "acl"] and method == "POST":
        state.policies.all[parts[3]] = parse(body["policy"])
        return handler.reply(204, None)
    if path in ("sys/seal", "sys/unseal"):
        state.sealed = path == "sys/seal"
        return handler.reply(204, None)
    raise Refusal(404, f"no handler for route '{path}'")


def mount(handler, state, name, body):
    if name in state.mounts:
        raise Refusal(400, f"path is already in use at {name}/")
    kind = body["type"]
    if kind in ("kv", "kv-v2"):
        version = "2" if kind == "kv-v2" else str((body.get("options") or {}).get("version", "1"))
        state.mounts[name] = {"type": "kv", "version": version, "entries": {}}
    else:
        state.mounts[name] = {"type": kind, "keys": {}}
    handler.reply(204, None)


def auth_token(handler, state, token, method, operation, body):
    tokens = state.tokens
    if operation == "lookup-self" and method == "GET":
        return handler.success(tokens.lookup(token))
    if operation == "renew-self" and method == "POST":
        before = seconds(body.get("increment")) or token.creation_ttl
        auth = tokens.renew(token, body)
        warnings = None
        if auth["lease_duration"] < before and not token.period:
            warnings = [f'TTL of "{before}s" exceeded the effective max_ttl of "{token.max_ttl}s"; TTL value is capped accordingly']
        return handler.success(auth=auth, warnings=warnings)
    if operation == "revoke-self" and method == "POST":
        if token.batch:
            raise Refusal(400, "batch tokens cannot be revoked")
        token.revoked = True
        return handler.reply(204, None)
    if operation == "revoke" and method == "POST":
        tokens.all[body["token"]].revoked = True
        return handler.reply(204, None)
    if operation in ("create", "create-orphan") and method == "POST":
        return handler.success(auth=tokens.create(token, body).auth())
    raise Refusal(405, "unsupported operation")
