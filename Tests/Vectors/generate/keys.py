"""Account ids and signatures, key versions, seals."""
from . import primitives as p
from .encoding import context, destination, header, info, u32, u64, u8
from .fixture import *


def accounts(files):
    files.add("account-id", "success", identity_public_key=IDENTITY, account_id=ACCOUNT_ID)
    files.add("account-id-other-key", "failure accountMismatch", identity_public_key=WRITER, account_id=ACCOUNT_ID)

    def signature(case, name, seed, expect="success", **changes):
        signed = context(name, ALL)
        shown = context(name, {**ALL, **{int(k[1:], 16): v for k, v in changes.items()}})
        public = p.ed25519_public(seed if expect == "success" else IDENTITY_SEED)
        files.add(f"signature-{case}", expect, label=f"tacit/{name}/v1", context=shown, public_key=public,
                  signature=p.sign(seed, signed))

    for name in ["account-key", "slot-list", "change", "writer", "session", "key-version"]:
        signature(name, name, IDENTITY_SEED)
    signature("login", "login", run(0x24, 32))
    signature("account-key-epoch", "account-key", IDENTITY_SEED, "failure signatureInvalid", t10=u32(2))
    signature("account-key-key", "account-key", IDENTITY_SEED, "failure signatureInvalid", t11=SLOT_KEY)
    signature("slot-list-revision", "slot-list", IDENTITY_SEED, "failure signatureInvalid", t1a=u64(8))
    signature("session-expiry", "session", IDENTITY_SEED, "failure signatureInvalid", t18=u64(EXPIRES + 1))
    signature("session-policy", "session", IDENTITY_SEED, "failure signatureInvalid", t19=bytes(32))
    signature("key-version-destination", "key-version", IDENTITY_SEED, "failure signatureInvalid",
              t05=destination(1, 0, 443, "api.example.com", "/v1", [], ["/organization"]))
    signature("other-signer", "account-key", WRITER_SEED, "failure signatureInvalid")


# What may be altered about a key version; each alteration must open nothing.
KEY_CHANGES = {
    "account": {1: run(1, 16)}, "key-id": {2: run(2, 16)}, "version": {3: u32(2)}, "alias": {4: b"openai-2"},
    "scheme": {5: destination(2, 2, 443, "api.openai.com", "/v1", [], ["/organization"])},
    "private-flag": {5: destination(1, 1, 443, "api.openai.com", "/v1", [], ["/organization"])},
    "plaintext-flag": {5: destination(1, 2, 443, "api.openai.com", "/v1", [], ["/organization"])},
    "port": {5: destination(1, 0, 444, "api.openai.com", "/v1", [], ["/organization"])},
    "host": {5: destination(1, 0, 443, "api.openai.com.example", "/v1", [], ["/organization"])},
    "base-path": {5: destination(1, 0, 443, "api.openai.com", "/v2", [], ["/organization"])},
    "allowed": {5: destination(1, 0, 443, "api.openai.com", "/v1", ["/chat"], ["/organization"])},
    "denied": {5: destination(1, 0, 443, "api.openai.com", "/v1")},
    "injection-name": {6: header("x-api-key", "Bearer ")}, "injection-prefix": {6: header("authorization", "bearer ")},
}


def ciphertexts(files):
    def add(case, expect, fields=KEY, dek=DEK, ciphertext=CIPHERTEXT):
        files.add(f"key-ciphertext-{case}", expect, dek=dek, context=context("key-ciphertext", fields), ciphertext=ciphertext,
                  provider_key=PROVIDER_KEY)

    add("open", "success")
    for case, change in KEY_CHANGES.items():
        add(f"altered-{case}", "failure authenticationFailed", {**KEY, **change})
    add("other-dek", "failure authenticationFailed", dek=run(0x81, 32))
    add("altered-nonce", "failure authenticationFailed", ciphertext=b"\0" + CIPHERTEXT[1:])
    add("altered-tag", "failure authenticationFailed", ciphertext=CIPHERTEXT[:-1] + bytes([CIPHERTEXT[-1] ^ 1]))
    add("truncated", "failure authenticationFailed", ciphertext=CIPHERTEXT[:-1])
    add("too-short", "failure malformed", ciphertext=CIPHERTEXT[:28])
    files.add("commitment", "success", dek=DEK, context=context("dek-commitment", KEY), commitment=COMMITMENT)
    for case, change in KEY_CHANGES.items():
        files.add(f"commitment-altered-{case}", "failure commitmentMismatch", dek=DEK,
                  context=context("dek-commitment", {**KEY, **change}), commitment=COMMITMENT)


def seals(files):
    account = {**ALL, 7: u8(1), 8: ACCOUNT_ID, 9: ACCOUNT_KEY}
    session = {**ALL, 7: u8(2), 8: SESSION_ID, 9: SESSION_KEY}

    def add(case, expect, made, shown, seed, recipient, commitment=COMMITMENT, label=info("dek-seal")):
        sealed = p.seal(DEK, recipient, label, context("dek-seal", made), EPHEMERAL)
        files.add(f"dek-seal-{case}", expect, private_key=seed, context=context("dek-seal", shown), seal=sealed,
                  key_context=context("dek-commitment", shown), commitment=commitment, dek=DEK)

    add("account", "success", account, account, ACCOUNT_SEED, ACCOUNT_KEY)
    add("session", "success", session, session, SESSION_SEED, SESSION_KEY)
    add("other-commitment", "failure commitmentMismatch", account, account, ACCOUNT_SEED, ACCOUNT_KEY, bytes(32))
    add("other-key", "failure authenticationFailed", account, account, SLOT_SEED, ACCOUNT_KEY)
    add("other-info", "failure authenticationFailed", account, account, ACCOUNT_SEED, ACCOUNT_KEY, label=info("session-entry"))
    add("info-without-length", "failure authenticationFailed", account, account, ACCOUNT_SEED, ACCOUNT_KEY, label=b"tacit/dek-seal/v1")
    changes = {**KEY_CHANGES, "recipient-kind": {7: u8(2)}, "recipient-id": {8: run(3, 16)}, "recipient-key": {9: SLOT_KEY}}
    for case, change in changes.items():
        add(f"altered-{case}", "failure authenticationFailed", account, {**account, **change}, ACCOUNT_SEED, ACCOUNT_KEY)


def make(files):
    accounts(files)
    ciphertexts(files)
    seals(files)
