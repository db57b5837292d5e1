"""Bearer tokens, access files, audit hashes."""
import json

from . import primitives as p
from .encoding import context, items, u64, u8
from .fixture import *

ACCESS_SECRET = run(0x11, 32)


def bearers(files):
    def add(case, kind, text, expect="success"):
        files.add(f"bearer-{case}", expect, kind=kind, text=text.encode().hex(), digest=p.sha256(ACCESS_SECRET))

    owner, invitation = "tco_" + p.b64(ACCESS_SECRET), "tci_" + p.b64(ACCESS_SECRET)
    add("owner", "owner", owner)
    add("invitation", "invitation", invitation)
    add("owner-as-invitation", "invitation", owner, "failure malformed")
    add("padding", "owner", owner + "=", "failure malformed")
    add("short", "owner", owner[:-1], "failure malformed")
    add("upper-case-prefix", "owner", "TCO_" + owner[4:], "failure malformed")
    add("trailing-bits", "owner", owner[:-1] + chr(ord(owner[-1]) + 1), "failure malformed")
    add("empty", "owner", "", "failure malformed")

    def token(case, text, expect="success"):
        files.add(f"session-token-{case}", expect, text=text.encode().hex(), raw=SESSION_ID + SESSION_SECRET)

    token("good", TOKEN)
    token("prefix", "tca_" + TOKEN[4:], "failure malformed")
    token("short", TOKEN[:-1], "failure malformed")
    token("long", TOKEN + "A", "failure malformed")
    token("plus", TOKEN[:20] + "+" + TOKEN[21:], "failure malformed")
    token("space", TOKEN[:20] + " " + TOKEN[21:], "failure malformed")
    token("empty", "", "failure malformed")


def access_files(files):
    writer = {**ALL, 0x18: u64(ISSUED + 90 * 86_400)}
    certificate = context("writer", writer)
    members = {
        "format": "tacit-access/v1", "url": "https://127.0.0.1:8700", "account": "alice@" + p.b64(ACCOUNT_ID),
        "identity_public_key": p.b64(IDENTITY), "token": "tca_" + p.b64(WRITER_ID + ACCESS_SECRET),
        "writer_private_key": p.b64(WRITER_SEED), "certificate": p.b64(certificate),
        "signature": p.b64(p.sign(IDENTITY_SEED, certificate)),
    }

    def add(case, text, expect="success", canonical=0):
        files.add(f"access-file-{case}", expect, file=text.encode().hex(), canonical=canonical)

    def altered(case, expect, /, **changes):
        add(case, json.dumps({**members, **changes}), expect)

    add("pretty", json.dumps(members, indent=2) + "\n", canonical=1)
    add("compact", json.dumps(members, separators=(",", ":")))
    altered("format", "failure malformed", format="tacit-access/v2")
    altered("url-escape", "failure malformed", url="https://127.0.0.1\\u002e")
    altered("url-space", "failure malformed", url="https://127.0.0.1 8700")
    altered("account-without-id", "failure malformed", account="alice")
    altered("account-other-id", "failure accountMismatch", account="alice@" + p.b64(run(7, 16)))
    altered("identity-other", "failure accountMismatch", identity_public_key=p.b64(WRITER))
    altered("token-other-writer", "failure accountMismatch", token="tca_" + p.b64(run(8, 16) + ACCESS_SECRET))
    altered("token-of-a-session", "failure malformed", token=TOKEN)
    altered("writer-key-other", "failure accountMismatch", writer_private_key=p.b64(SLOT_SEED))
    altered("writer-key-short", "failure malformed", writer_private_key=p.b64(WRITER_SEED[:31]))
    altered("certificate-truncated", "failure malformed", certificate=p.b64(certificate[:-1]))
    altered("certificate-more-rights", "failure signatureInvalid", certificate=p.b64(context("writer", {**writer, 0x26: u8(15)})))
    altered("certificate-longer", "failure signatureInvalid", certificate=p.b64(context("writer", {**writer, 0x18: u64(ISSUED * 2)})))
    altered("certificate-all-aliases", "failure signatureInvalid", certificate=p.b64(context("writer", {**writer, 0x27: items([])})))
    altered("signature-other", "failure signatureInvalid", signature=p.b64(p.sign(WRITER_SEED, certificate)))
    altered("extra-member", "failure malformed", extra="x")
    names = list(members)
    add("member-missing", json.dumps({k: members[k] for k in names[:-1]}), "failure malformed")
    add("member-order", json.dumps({k: members[k] for k in [names[1], names[0]] + names[2:]}), "failure malformed")
    add("member-number", json.dumps({**members, "token": 1}), "failure malformed")
    add("trailing", json.dumps(members) + "x", "failure malformed")
    add("truncated", json.dumps(members)[:-1], "failure malformed")
    add("empty", "", "failure malformed")


def audit(files):
    first = context("audit", ALL)
    files.add("audit-hash-first", "success", sequence=1, previous=bytes(32), time=ISSUED * 1_000, account_id=ACCOUNT_ID,
              hash=p.sha256(first))
    second = context("audit", {**ALL, 1: bytes(16), 0x50: u64(2), 0x51: p.sha256(first)})
    files.add("audit-hash-without-account", "success", sequence=2, previous=p.sha256(first), time=ISSUED * 1_000, account_id=b"",
              hash=p.sha256(second))


def make(files):
    bearers(files)
    access_files(files)
    audit(files)
