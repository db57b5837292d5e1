"""The hex examples of Docs/FORMAT.md, section 13: everything after its heading's first paragraph is written from here."""
import textwrap

from . import primitives as p
from .encoding import CONTEXTS, context, info
from .fixture import *
from .slots import RECOVERY, code, slot

MARK = "<!-- made by Scripts/vectors; do not edit below -->\n"


def block(lines):
    shown = []
    for name, value in lines:
        text = value.hex() if isinstance(value, bytes) else value
        shown.append(name + ":")
        shown += textwrap.wrap(text, 128, initial_indent="    ", subsequent_indent="    ")
    return "```\n" + "\n".join(shown) + "\n```\n"


def fill(page):
    """The page with its examples made again."""
    head, mark, _ = page.partition(MARK)
    assert mark, "Docs/FORMAT.md has lost the mark before its examples"
    record, login = slot(1, SALT, COSTS, p.argon2id(b"correct horse battery staple", SALT, 65_536, 3))
    entry = p.encrypt(AEAD_KEY, NONCE, DEK, context("session-entry", ALL))
    sealed = p.seal(DEK, ACCOUNT_KEY, info("dek-seal"), context("dek-seal", ALL), EPHEMERAL)
    inputs = [
        ("identity key seed", IDENTITY_SEED), ("identity public key", IDENTITY), ("account id", ACCOUNT_ID),
        ("account private key", ACCOUNT_SEED), ("account public key", ACCOUNT_KEY), ("slot private key", SLOT_SEED), ("DEK", DEK),
        ("session secret", SESSION_SECRET), ("HPKE ephemeral key of the seals", EPHEMERAL), ("nonce of every encryption", NONCE),
        ("provider key (text)", PROVIDER_KEY.decode()), ("destination https://api.openai.com/v1 without /organization", DESTINATION),
        ("injection authorization: Bearer {key}", INJECTION),
    ]
    results = [
        ("key ciphertext", CIPHERTEXT), ("DEK commitment", COMMITMENT), ("DEK seal to the account", sealed),
        ("version signature by the identity key", p.sign(IDENTITY_SEED, context("key-version", ALL))),
        ("account key signature", p.sign(IDENTITY_SEED, context("account-key", ALL))),
        ("slot record of the passphrase `correct horse battery staple`, salt and costs as in the contexts", record),
        ("its login public key", login), ("recovery code of f0f1…ff", code(RECOVERY)),
        ("session verifier", VERIFIER), ("session AEAD key", AEAD_KEY), ("session X25519 private key", SESSION_SEED),
        ("session id", SESSION_ID), ("session token", TOKEN), ("policy digest", POLICY_DIGEST), ("session entry", entry),
        ("session certificate signature", p.sign(IDENTITY_SEED, context("session", ALL))),
        ("audit record hash", p.sha256(context("audit", ALL))),
        ("keyring wrap of the bytes 00…1f with the salt 20…3f under KEK version 1 = 40…5f, context tacit/slot/v1", wrap()),
    ]
    contexts = [(f"tacit/{name}/v1", context(name, ALL)) for name in CONTEXTS]
    return (head + mark + "\nInputs:\n\n" + block(inputs) + "\nContexts:\n\n" + block(contexts)
            + "\nSeals, wraps, signatures, tokens:\n\n" + block(results))


def wrap():
    aad = context("slot", ALL)
    key = p.hkdf(run(0x40, 32), aad, run(0x20, 32))
    return b"\x01" + (1).to_bytes(4, "big") + run(0x20, 32) + p.encrypt(key, bytes(12), run(0, 32), aad)[12:]
