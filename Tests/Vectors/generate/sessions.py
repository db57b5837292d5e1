"""Session keys, tokens, policies, entries."""
from . import primitives as p
from .encoding import context, items, u32, u64, u8
from .fixture import *
from .keys import KEY_CHANGES


def keys(files):
    files.add("session-keys", "success", account_id=ACCOUNT_ID, secret=SESSION_SECRET, verifier=VERIFIER,
              verifier_digest=p.sha256(VERIFIER), aead_key=AEAD_KEY, x25519_seed=SESSION_SEED, public_key=SESSION_KEY,
              session_id=SESSION_ID, token=TOKEN)
    files.add("session-keys-zero", "success", account_id=ACCOUNT_ID, **derived(bytes(32)))


def derived(secret):
    prk = p.extract(secret)
    verifier = p.expand(prk, context("session-verifier", KEY))
    seed = p.expand(prk, context("session-x25519", KEY))
    public = p.x25519_public(seed)
    session_id = p.sha256(ACCOUNT_ID + public)[:16]
    return dict(secret=secret, verifier=verifier, verifier_digest=p.sha256(verifier),
                aead_key=p.expand(prk, context("session-aead", KEY)), x25519_seed=seed, public_key=public, session_id=session_id,
                token="tct_" + p.b64(session_id + secret))


def policies(files):
    default = {0x13: u8(1), 0x30: items([]), 0x31: items([]), 0x32: items([]), 0x33: u64(0), 0x34: u64(0), 0x35: u32(0),
               0x36: u32(0), 0x37: u32(0), 0x38: u8(0), 0x39: items([])}

    def add(case, fields, expect="success"):
        data = context("policy", fields)
        files.add(f"policy-{case}", expect, policy=data, digest=p.sha256(data))

    add("default", default)
    add("lease", {**default, 0x13: u8(2)})
    add("full", {**POLICY, 0x38: u8(1), 0x39: items(["/keys"])})
    add("fixture", POLICY)
    add("bad-method", {**default, 0x30: items(["post"])}, "failure malformed")
    add("bad-path", {**default, 0x31: items(["models"])}, "failure malformed")
    add("bad-origin", {**default, 0x32: items(["https://example.com/"])}, "failure malformed")
    add("bad-origin-default-port", {**default, 0x32: items(["https://example.com:443"])}, "failure malformed")
    add("bad-rate-without-burst", {**default, 0x34: u64(1)}, "failure malformed")
    add("bad-burst-without-rate", {**default, 0x35: u32(1)}, "failure malformed")


def entries(files):
    fields = {**ALL}
    entry = p.encrypt(AEAD_KEY, NONCE, DEK, context("session-entry", fields))

    def add(case, expect, shown=fields, key=AEAD_KEY, data=entry):
        files.add(f"session-entry-{case}", expect, aead_key=key, context=context("session-entry", shown), entry=data, dek=DEK)

    add("open", "success")
    changes = {**KEY_CHANGES, "session-id": {0x12: run(4, 16)}, "expiry": {0x18: u64(EXPIRES + 1)}, "policy": {0x19: bytes(32)}}
    for case, change in changes.items():
        add(f"altered-{case}", "failure authenticationFailed", {**fields, **change})
    add("verifier-as-key", "failure authenticationFailed", key=VERIFIER)
    add("altered", "failure authenticationFailed", data=entry[:-1] + bytes([entry[-1] ^ 1]))
    add("truncated", "failure malformed", data=entry[:-1])
    add("too-long", "failure malformed", data=entry + b"\0")


def make(files):
    keys(files)
    policies(files)
    entries(files)
