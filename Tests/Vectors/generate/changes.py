"""Bodies of the changes that replace an account's keys, and their signatures."""
from . import primitives as p
from .encoding import context, u32, u64
from .fixture import *

NEW_KEY = p.x25519_public(run(0x21, 32))
NEW_IDENTITY = p.ed25519_public(run(0x01, 32))
SLOTS = [(run(0x10, 16), run(1, 80)), (run(0x51, 16), run(2, 80))]
KEYS = [(run(0x31, 16), 1, run(3, 80)), (run(0x31, 16), 2, run(4, 80)), (run(0x41, 16), 1, run(5, 80))]


def signed(change, revision, body, seed=IDENTITY_SEED):
    return p.sign(seed, context("change", {**ALL, 0x1a: u64(revision), 0x2a: change.encode(), 0x2d: p.sha256(body)}))


def account_keys(files):
    def body(epoch, key, slots, keys):
        return (u32(epoch) + key + u32(len(slots)) + b"".join(i + s for i, s in slots)
                + u32(len(keys)) + b"".join(i + u32(v) + s for i, v, s in keys))

    def add(case, expect="success", slots=SLOTS, keys=KEYS, epoch=2, key=NEW_KEY, shown=(), **fields):
        data = body(epoch, key, slots, keys)
        values = dict(revision=7, current_epoch=1, epoch=epoch, account_public_key=key,
                      key_signature=p.sign(IDENTITY_SEED, context("account-key", {**ALL, 0x10: u32(epoch), 0x11: key})),
                      slots=" ".join(f"{i.hex()}:{s.hex()}" for i, s in slots),
                      keys=" ".join(f"{i.hex()}:{v}:{s.hex()}" for i, v, s in keys),
                      body=data, signature=signed("rotate_account_key", 7, data))
        files.add(f"change-account-key-{case}", expect, **{**values, **fields, **dict(shown)})

    add("good")
    add("no-keys", keys=[])
    add("slots-descending", "failure malformed", slots=SLOTS[::-1])
    add("slot-twice", "failure malformed", slots=SLOTS[:1] * 2)
    add("slots-none", "failure malformed", slots=[])
    add("keys-descending", "failure malformed", keys=KEYS[::-1])
    add("key-version-twice", "failure malformed", keys=KEYS[:1] * 2)
    add("slot-seal-short", "failure malformed", slots=[(SLOTS[0][0], run(1, 79))])
    add("key-seal-long", "failure malformed", keys=[(KEYS[0][0], 1, run(1, 81))])
    add("account-key-short", "failure malformed", key=NEW_KEY[:31], key_signature=bytes(64))
    add("epoch-skipped", "failure epochTooLow", epoch=3)
    add("epoch-same", "failure epochTooLow", epoch=1)
    add("revision", "failure signatureInvalid", revision=8)
    add("account-key-unsigned", "failure signatureInvalid", key_signature=p.sign(WRITER_SEED, context("account-key", {**ALL, 0x10: u32(2), 0x11: NEW_KEY})))
    good = body(2, NEW_KEY, SLOTS, KEYS)
    add("other-change", "failure signatureInvalid", signature=signed("renew_account", 7, good))
    add("other-signer", "failure signatureInvalid", signature=signed("rotate_account_key", 7, good, WRITER_SEED))
    add("without-counts", "failure signatureInvalid",
        signature=signed("rotate_account_key", 7, u32(2) + NEW_KEY + good[40:232] + good[236:]))
    add("slot-left-out", "failure signatureInvalid", slots=SLOTS[:1], signature=signed("rotate_account_key", 7, good))
    add("key-left-out", "failure signatureInvalid", keys=KEYS[:2], signature=signed("rotate_account_key", 7, good))


def renewals(files):
    keys = [(run(0x31, 16), CIPHERTEXT), (run(0x41, 16), CIPHERTEXT[::-1])]

    def add(case, expect="success", keys=keys, identity=NEW_IDENTITY, **fields):
        data = identity + u32(len(keys)) + b"".join(i + p.sha256(c) for i, c in keys)
        values = dict(revision=7, identity_public_key=identity, keys=" ".join(f"{i.hex()}:{c.hex()}" for i, c in keys), body=data,
                      signature=signed("renew_account", 7, data))
        files.add(f"change-renewal-{case}", expect, **{**values, **fields})

    add("good")
    add("no-keys", keys=[])
    add("keys-descending", "failure malformed", keys=keys[::-1])
    add("key-twice", "failure malformed", keys=keys[:1] * 2)
    add("identity-short", "failure malformed", identity=NEW_IDENTITY[:31])
    good = NEW_IDENTITY + u32(2) + b"".join(i + p.sha256(c) for i, c in keys)
    add("other-identity", "failure signatureInvalid", identity=WRITER, signature=signed("renew_account", 7, good))
    add("key-left-out", "failure signatureInvalid", keys=keys[:1], signature=signed("renew_account", 7, good))
    add("other-ciphertext", "failure signatureInvalid", keys=[keys[0], (keys[1][0], CIPHERTEXT)], signature=signed("renew_account", 7, good))
    add("by-the-new-identity", "failure signatureInvalid", signature=signed("renew_account", 7, good, run(0x01, 32)))


def make(files):
    account_keys(files)
    renewals(files)
