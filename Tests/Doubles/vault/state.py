"""Everything one stand-in holds, and the faults it was told to have."""

import collections
import threading

from approle import Logins
from policies import Policies
from tokens import Tokens


class State:
    def __init__(self, modern):
        self.modern = modern
        self.lock = threading.RLock()
        self.sealed = False
        # mount path -> {"type": ..., and what the engine keeps}
        self.mounts = {}
        self.auths = {"token": "token"}
        self.policies = Policies()
        self.tokens = Tokens(modern)
        self.logins = Logins()
        self.counts = collections.Counter()
        # Each: {"kind", "match": part of the path, "count": how often, ...}
        self.faults = []

    def take_fault(self, path, *kinds):
        with self.lock:
            for fault in self.faults:
                if fault["kind"] in kinds and fault.get("match", "") in path and fault["count"] > 0:
                    if fault.get("skip", 0) > 0:
                        fault["skip"] -= 1
                        return None
                    fault["count"] -= 1
                    return fault
        return None

    def mount_of(self, path):
        """The longest mount `path` lies under, and what follows it."""
        for name in sorted(self.mounts, key=len, reverse=True):
            if path.startswith(name + "/") or path == name:
                return name, self.mounts[name], path[len(name) + 1 :]
        return None, None, None
