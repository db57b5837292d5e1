"""Slots of every kind that exists, and recovery codes."""
import unicodedata

from . import primitives as p
from .encoding import context, info, u32, u8
from .fixture import *

RECOVERY = run(0xf0, 16)


def code(secret):
    return p.crockford(secret + p.sha256(b"tacit/recovery-code/v1" + secret)[:4])


def recovery_codes(files):
    good = code(RECOVERY)
    zero = code(bytes(16))

    def add(case, text, secret=RECOVERY, expect="success"):
        files.add(f"recovery-code-{case}", expect, text=text.encode().hex(), secret=secret, canonical=code(secret))

    add("canonical", good)
    add("lower-case", good.lower())
    add("no-dashes", good.replace("-", ""))
    add("spaces", " " + good.replace("-", " ") + " ")
    add("zero", zero, bytes(16))
    add("letters-for-digits", zero.replace("0", "o").replace("1", "L"), bytes(16))
    add("letter-i", zero.replace("0", "O").replace("1", "i"), bytes(16))
    wrong = ("1" if good[0] != "1" else "2") + good[1:]
    add("typing-error", wrong, expect="failure malformed")
    add("swapped", good[5:9] + "-" + good[:4] + good[9:], expect="failure malformed")
    add("short", good[:-1], expect="failure malformed")
    add("long", good + "0", expect="failure malformed")
    add("letter-u", "U" + good[1:], expect="failure malformed")
    add("foreign-character", good.replace("-", "_"), expect="failure malformed")
    add("empty", "", expect="failure malformed")


def slot(kind, salt, costs, root):
    """A slot's record and login seed, everything in it made with fixed nonces and ephemeral keys."""
    fields = {**ALL, 0x0b: u8(kind), 0x0c: salt, 0x0d: costs}
    slot_key = p.hkdf(root, context("slot-key", fields))
    login = p.ed25519_public(p.hkdf(root, context("slot-login", fields)))
    record = context("slot-record", {
        **fields, 0x23: login,
        0x40: p.encrypt(slot_key, NONCE, SLOT_SEED, context("slot-private", fields)),
        0x41: p.seal(IDENTITY_SEED, SLOT_KEY, info("identity-seal"), context("identity-seal", fields), EPHEMERAL),
        0x42: p.seal(ACCOUNT_SEED, SLOT_KEY, info("account-key-seal"), context("account-key-seal", fields), run(0xc1, 32)),
    })
    return record, login


def slots(files):
    def add(case, kind, costs, secret, root, expect="success", typed=None, /, **shown):
        record, login = slot(kind, SALT, costs, root)
        values = dict(account_id=ACCOUNT_ID, slot_id=SLOT_ID, kind=kind, salt=SALT, costs=costs, secret=typed or secret,
                      identity_public_key=IDENTITY, record=record, login_public_key=login, identity_seed=IDENTITY_SEED,
                      account_seed=ACCOUNT_SEED)
        files.add(f"slot-{case}", expect, **{**values, **shown})

    ascii_text = b"correct horse battery staple"
    composed = unicodedata.normalize("NFC", "Zoë's pässphrase 漢字").encode()
    decomposed = unicodedata.normalize("NFD", "Zoë's pässphrase 漢字").encode()
    assert composed != decomposed
    low = p.argon2id(ascii_text, SALT, 65_536, 3)
    add("passphrase", 1, COSTS, ascii_text, low)
    add("passphrase-decomposed", 1, COSTS, composed, p.argon2id(composed, SALT, 65_536, 3), "success", decomposed)
    add("passphrase-wrong", 1, COSTS, ascii_text, low, "failure authenticationFailed",
        b"correct horse battery stapler")
    add("passphrase-other-slot-id", 1, COSTS, ascii_text, low, "failure authenticationFailed", slot_id=run(5, 16))
    add("passphrase-other-account", 1, COSTS, ascii_text, low, "failure accountMismatch", account_id=run(6, 16))
    add("passphrase-other-identity", 1, COSTS, ascii_text, low, "failure accountMismatch", identity_public_key=WRITER)
    add("passphrase-empty", 1, COSTS, ascii_text, low, "failure malformed", secret=b"")
    for case, costs in {"memory-low": u32(65_535) + u32(3) + u32(1), "memory-high": u32(1_048_577) + u32(3) + u32(1),
                        "passes-low": u32(65_536) + u32(2) + u32(1), "passes-high": u32(65_536) + u32(11) + u32(1)}.items():
        add(f"passphrase-{case}", 1, COSTS, ascii_text, low, "failure costsRefused", costs=costs)
    browser = u32(600_000)
    add("browser", 2, browser, ascii_text, p.pbkdf2(ascii_text, SALT, 600_000))
    add("browser-iterations-low", 2, browser, ascii_text, low, "failure costsRefused", costs=u32(599_999))
    add("browser-costs-of-argon2id", 2, browser, ascii_text, low, "failure costsRefused", costs=COSTS)
    recovery = p.hkdf(RECOVERY, context("recovery", ALL), SALT)
    add("recovery", 4, b"", code(RECOVERY).encode(), recovery)
    add("recovery-other-code", 4, b"", code(RECOVERY).encode(), recovery, "failure authenticationFailed",
        secret=code(bytes(16)).encode())


def make(files):
    recovery_codes(files)
    slots(files)
