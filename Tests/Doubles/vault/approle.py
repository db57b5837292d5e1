"""AppRole and Kubernetes logins."""

import secrets

from errors import Refusal
from tokens import seconds


class Logins:
    def __init__(self):
        # (mount, name) -> {"role_id", "secret_ids": {id: uses left or None}, ...}
        self.roles = {}
        # (mount, role) -> {"jwt", "policies", "ttl"}
        self.kubernetes = {}

    def role(self, state, mount, name, rest, method, body):
        key = (mount, name)
        if not rest and method == "POST":
            role = self.roles.setdefault(key, {"role_id": "role-" + secrets.token_hex(8), "secret_ids": {}})
            role.update(policies=body.get("token_policies") or [], ttl=seconds(body.get("token_ttl")) or 3600,
                        max_ttl=seconds(body.get("token_max_ttl")), uses=int(body.get("token_num_uses") or 0),
                        bind=body.get("bind_secret_id", True))
            return None
        role = self.roles.get(key)
        if role is None:
            raise Refusal(404)
        if rest == "role-id" and method == "GET":
            return {"role_id": role["role_id"]}
        if rest == "secret-id" and method == "POST":
            secret = secrets.token_hex(16)
            role["secret_ids"][secret] = int(body.get("num_uses") or 0) or None
            return {"secret_id": secret, "secret_id_accessor": secrets.token_hex(8)}
        raise Refusal(405, "unsupported operation")

    def approle(self, state, mount, body):
        if not body.get("role_id"):
            raise Refusal(400, "missing role_id")
        role = next((r for (m, _), r in self.roles.items() if m == mount and r["role_id"] == body["role_id"]), None)
        if role is None:
            raise Refusal(400, "invalid role ID")
        if role["bind"]:
            secret = body.get("secret_id")
            if not secret:
                raise Refusal(400, "missing secret_id")
            if secret not in role["secret_ids"]:
                raise Refusal(400, "invalid secret id")
            left = role["secret_ids"][secret]
            if left == 1:
                del role["secret_ids"][secret]
            elif left:
                role["secret_ids"][secret] = left - 1
        return self.grant(state, role)

    def kubernetes_login(self, state, mount, body):
        role = self.kubernetes.get((mount, body.get("role")))
        if role is None:
            raise Refusal(400, f'invalid role name "{body.get("role")}"')
        if body.get("jwt") != role["jwt"]:
            raise Refusal(403, "permission denied")
        return self.grant(state, role)

    def grant(self, state, role):
        policies = ["default"] + [p for p in role["policies"] if p != "default"]
        ttl = min(role["ttl"], role["max_ttl"]) if role.get("max_ttl") else role["ttl"]
        return state.tokens.make(policies, ttl, max_ttl=role.get("max_ttl", 0), uses=role.get("uses", 0), meta={"role_name": "app"}).auth()
