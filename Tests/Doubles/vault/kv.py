"""The key-value engine, version 2."""

import time

from errors import Refusal


def stamp(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime(moment))


class Entry:
    def __init__(self):
        self.versions = {}  # number -> {"data", "created", "deleted", "destroyed"}
        self.current, self.oldest, self.cas_required, self.max_versions = 0, 0, False, 0
        self.delete_after = "0s"

    def metadata(self, number):
        version = self.versions[number]
        return {"created_time": stamp(version["created"]), "custom_metadata": None,
                "deletion_time": stamp(version["deleted"]) if version["deleted"] else "", "destroyed": version["destroyed"],
                "version": number}


def handle(handler, state, token, method, name, mount, rest, body):
    path = f"{name}/{rest}"
    kind, _, entry_name = rest.partition("/")
    if mount.get("version") != "2":
        state.policies.check(token, path, "read", "update")
        raise Refusal(404)
    if kind not in ("data", "metadata", "destroy", "delete") or not entry_name:
        needed = "read" if method == "GET" else "update"
        state.policies.check(token, path, needed, "create" if needed == "update" else needed)
        text = f"Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use."
        if method == "GET":
            return handler.reply(404, {"request_id": "", "lease_id": "", "renewable": False, "lease_duration": 0, "data": None,
                                       "wrap_info": None, "warnings": [text], "auth": None})
        raise Refusal(404, text)
    entry = mount["entries"].get(entry_name)
    if method == "GET":
        state.policies.check(token, path, "read")
    elif method == "DELETE":
        state.policies.check(token, path, "delete")
    else:
        state.policies.check(token, path, "create" if kind == "data" and entry is None else "update")
    if kind == "data" and method == "GET":
        return read(handler, entry)
    if kind == "data" and method == "POST":
        return write(handler, mount, entry_name, body)
    if kind == "metadata" and method == "GET":
        if entry is None:
            raise Refusal(404)
        versions = {str(n): {k: v for k, v in entry.metadata(n).items() if k in ("created_time", "deletion_time", "destroyed")}
                    for n in entry.versions}
        return handler.success({"cas_required": entry.cas_required, "created_time": stamp(0), "current_version": entry.current,
                                "custom_metadata": None, "delete_version_after": entry.delete_after, "max_versions": entry.max_versions,
                                "oldest_version": entry.oldest, "updated_time": stamp(0), "versions": versions})
    if kind == "metadata" and method == "POST":
        entry = mount["entries"].setdefault(entry_name, Entry())
        entry.delete_after = body.get("delete_version_after", entry.delete_after)
        entry.cas_required = body.get("cas_required", entry.cas_required)
        return handler.reply(204, None)
    if kind == "metadata" and method == "DELETE":
        mount["entries"].pop(entry_name, None)
        return handler.reply(204, None)
    if kind in ("destroy", "delete") and method == "POST":
        for number in [int(n) for n in body.get("versions") or []]:
            version = entry and entry.versions.get(number)
            if version and kind == "destroy":
                if not state.take_fault(path, "keep"):
                    version.update(destroyed=True, data=None)
            elif version:
                version["deleted"] = time.time()
        return handler.reply(204, None)
    raise Refusal(405, "unsupported operation", wrapped=True)


def read(handler, entry):
    query = dict(part.partition("=")[::2] for part in handler.path.partition("?")[2].split("&") if part)
    number = int(query.get("version") or 0) or (entry.current if entry else 0)
    if entry is None or number not in entry.versions:
        raise Refusal(404)
    version = entry.versions[number]
    if version["destroyed"] or version["deleted"]:
        # 404 with the success envelope: the metadata says why there is no data.
        return handler.success({"data": None, "metadata": entry.metadata(number)}, status=404)
    handler.success({"data": version["data"], "metadata": entry.metadata(number)})


def write(handler, mount, entry_name, body):
    entry = mount["entries"].get(entry_name) or Entry()
    if "data" not in body:
        raise Refusal(400, "no data provided")
    cas = (body.get("options") or {}).get("cas")
    if cas is None and entry.cas_required:
        raise Refusal(400, "check-and-set parameter required for this call")
    if cas is not None and int(cas) != entry.current:
        raise Refusal(400, "check-and-set parameter did not match the current version")
    entry.current += 1
    entry.versions[entry.current] = {"data": body["data"], "created": time.time(), "deleted": 0, "destroyed": False}
    keep = entry.max_versions or 10
    for number in [n for n in entry.versions if n <= entry.current - keep]:
        del entry.versions[number]
    mount["entries"][entry_name] = entry
    handler.success(entry.metadata(entry.current))
