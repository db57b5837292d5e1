"""The one account, key and session all envelope vectors are about. Every secret here is a run of counting bytes."""
from . import primitives as p
from .encoding import basic, context, destination, header, items, query, u32, u64, u8


def run(start, count):
    return bytes((start + i) % 256 for i in range(count))


IDENTITY_SEED = run(0x00, 32)
ACCOUNT_SEED = run(0x20, 32)
SLOT_SEED = run(0x40, 32)
WRITER_SEED = run(0x60, 32)
DEK = run(0x80, 32)
SESSION_SECRET = run(0xa0, 32)
EPHEMERAL = run(0xc0, 32)
NONCE = run(0xe0, 12)
KEY_ID = run(0x31, 16)
SLOT_ID = run(0x51, 16)
WRITER_ID = run(0x91, 16)
STORE_ID = run(0xb1, 16)
SALT = run(0x71, 16)
PROVIDER_KEY = b"sk-test-0123456789abcdefghijklmnopqrstuvwxyz"
REVISION = 7
EPOCH = 1
ISSUED = 1_700_000_000
EXPIRES = ISSUED + 43_200
SIGNED = ISSUED - 1_000

IDENTITY = p.ed25519_public(IDENTITY_SEED)
ACCOUNT_KEY = p.x25519_public(ACCOUNT_SEED)
SLOT_KEY = p.x25519_public(SLOT_SEED)
WRITER = p.ed25519_public(WRITER_SEED)
ACCOUNT_ID = p.sha256(b"tacit/account/v1" + IDENTITY)[:16]

DESTINATION = destination(1, 0, 443, "api.openai.com", "/v1", [], ["/organization"])
INJECTION = header("authorization", "Bearer ")

KEY = {1: ACCOUNT_ID, 2: KEY_ID, 3: u32(1), 4: b"openai", 5: DESTINATION, 6: INJECTION}

CIPHERTEXT = p.encrypt(DEK, NONCE, PROVIDER_KEY, context("key-ciphertext", KEY))
COMMITMENT = p.hkdf(DEK, context("dek-commitment", KEY))

PRK = p.extract(SESSION_SECRET)
VERIFIER = p.expand(PRK, context("session-verifier", KEY))
AEAD_KEY = p.expand(PRK, context("session-aead", KEY))
SESSION_SEED = p.expand(PRK, context("session-x25519", KEY))
SESSION_KEY = p.x25519_public(SESSION_SEED)
SESSION_ID = p.sha256(ACCOUNT_ID + SESSION_KEY)[:16]
TOKEN = "tct_" + p.b64(SESSION_ID + SESSION_SECRET)

POLICY = {
    0x13: u8(1), 0x30: items(["GET", "POST"]), 0x31: items(["/chat/completions", "/models"]), 0x32: items(["https://example.com"]),
    0x33: u64(1000), 0x34: u64(2000), 0x35: u32(10), 0x36: u32(4), 0x37: u32(900), 0x38: u8(0), 0x39: items([]),
}
POLICY_DIGEST = p.sha256(context("policy", POLICY))

COSTS = u32(65_536) + u32(3) + u32(1)
SLOT = {1: ACCOUNT_ID, 0x0a: SLOT_ID, 0x0b: u8(1), 0x0c: SALT, 0x0d: COSTS}

ALL = {
    **KEY, **POLICY, **SLOT,
    0x07: u8(1), 0x08: ACCOUNT_ID, 0x09: ACCOUNT_KEY, 0x0e: SLOT_KEY, 0x0f: IDENTITY, 0x10: u32(EPOCH), 0x11: ACCOUNT_KEY,
    0x12: SESSION_ID, 0x14: SESSION_KEY, 0x15: p.sha256(VERIFIER), 0x16: KEY_ID, 0x17: u64(ISSUED), 0x18: u64(EXPIRES),
    0x19: POLICY_DIGEST, 0x1a: u64(REVISION), 0x1b: p.sha256(CIPHERTEXT), 0x1c: COMMITMENT, 0x1d: u64(SIGNED), 0x1e: u8(1) + IDENTITY,
    0x1f: b"https://127.0.0.1:8700", 0x20: run(0x21, 32), 0x21: run(0x22, 32), 0x22: SLOT_ID + u8(1) + SLOT_KEY,
    0x23: p.ed25519_public(run(0x24, 32)), 0x25: b"nightly", 0x26: u8(3), 0x27: items(["openai"]), 0x28: u64(ISSUED - 3_600),
    0x2a: b"revoke_key", 0x2b: WRITER_ID, 0x2c: WRITER, 0x2d: p.sha256(b"{}"), 0x40: run(0x41, 60), 0x41: run(0x42, 80),
    0x42: run(0x43, 80), 0x50: u64(1), 0x51: bytes(32), 0x52: u64(ISSUED * 1_000), 0x53: b"operator", 0x54: b"enroll_key",
    0x55: b"openai", 0x56: b"ok", 0x57: b"request", 0x59: STORE_ID, 0x5a: b"false-logins",
}
