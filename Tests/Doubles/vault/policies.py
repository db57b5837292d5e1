"""Policies in the one form the tests write: path "a/b" { capabilities = ["read", "update"] }, with `*` at the end and `+` segments."""

import re

from errors import Refusal

DEFAULT = """
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/renew-self" { capabilities = ["update"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
"""


def parse(text):
    rules = re.findall(r'path\s+"([^"]+)"\s*\{\s*capabilities\s*=\s*\[([^\]]*)\]\s*\}', text)
    return [(path, set(re.findall(r'"([a-z]+)"', capabilities))) for path, capabilities in rules]


def matches(pattern, path):
    expression = re.escape(pattern).replace("\\+", "[^/]+")
    if expression.endswith("\\*"):
        return re.match(expression[:-2], path) is not None
    return re.fullmatch(expression, path) is not None


class Policies:
    def __init__(self):
        self.all = {"default": parse(DEFAULT)}

    def capabilities(self, token, path):
        if "root" in token.policies:
            return {"create", "read", "update", "delete", "list", "sudo"}
        rules = [rule for name in token.policies for rule in self.all.get(name, []) if matches(rule[0], path)]
        if not rules:
            return set()
        # The most specific rule counts.
        best = max(len(pattern) for pattern, _ in rules)
        return set.union(*(found for pattern, found in rules if len(pattern) == best))

    def check(self, token, path, *needed):
        if not self.capabilities(token, path) & set(needed):
            raise Refusal(403, "permission denied", wrapped=True)
