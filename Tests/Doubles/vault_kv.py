"""The KV engine of the double, version 2: versioned values with check-and-set, metadata, destroy."""

import time

from vault_answers import Answer, Refused

KEPT = 10


def stamp(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime(seconds)) if seconds else ""


class KV:
    def __init__(self, core):
        self.core, self.paths = core, {}

    def capability(self, method, path):
        if method == "GET":
            return "read"
        verb, _, name = path.partition("/")
        return "create" if verb == "data" and name not in self.paths else "update"

    def call(self, method, path, body, query=None):
        verb, _, name = path.partition("/")
        if not name or verb not in ("data", "metadata", "destroy", "delete", "undelete"):
            raise Refused(404, f"no handler for route '{path}'" if not name else "unsupported path")
        if verb == "data":
            return self.read(name, query or {}) if method == "GET" else self.write(name, body)
        versions = self.paths.get(name)
        if verb == "metadata":
            if method != "GET":
                raise Refused(405, "unsupported operation")
            if not versions:
                raise Refused(404)
            return {"cas_required": False, "created_time": stamp(versions[min(versions)]["made"]), "current_version": max(versions), "custom_metadata": None,
                    "delete_version_after": "0s", "max_versions": 0, "oldest_version": min(versions), "updated_time": stamp(versions[max(versions)]["made"]),
                    "versions": {str(number): {"created_time": stamp(one["made"]), "deletion_time": stamp(one["deleted"]), "destroyed": one["destroyed"]}
                                 for number, one in versions.items()}}
        wanted = [int(number) for number in body.get("versions") or []]
        if not wanted:
            raise Refused(400, "No version number provided")
        for number in wanted:
            one = (versions or {}).get(number)
            if one and verb == "destroy":
                one["destroyed"], one["data"] = True, None
            elif one and not one["destroyed"]:
                one["deleted"] = time.time() if verb == "delete" else 0
        return None

    def read(self, name, query):
        versions = self.paths.get(name)
        if not versions:
            raise Refused(404)
        number = int(query.get("version", ["0"])[0]) or max(versions)
        one = versions.get(number)
        if one is None:
            raise Refused(404)
        answer = {"data": one["data"], "metadata": self.describe(number, one)}
        if one["destroyed"] or one["deleted"]:
            raise Answer(404, answer | {"data": None})
        return answer

    def write(self, name, body):
        if "data" not in body or not isinstance(body["data"], dict):
            raise Refused(400, "no data provided")
        versions = self.paths.setdefault(name, {})
        current = max(versions, default=0)
        cas = (body.get("options") or {}).get("cas")
        if cas is not None and int(cas) != current:
            raise Refused(400, "check-and-set parameter did not match the current version")
        one = versions[current + 1] = {"data": dict(body["data"]), "made": time.time(), "deleted": 0, "destroyed": False}
        for old in sorted(versions)[:-KEPT]:
            del versions[old]
        return self.describe(current + 1, one)

    @staticmethod
    def describe(number, one):
        return {"created_time": stamp(one["made"]), "custom_metadata": None, "deletion_time": stamp(one["deleted"]), "destroyed": one["destroyed"],
                "version": number}
