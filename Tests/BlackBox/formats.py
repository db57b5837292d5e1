"""Docs/FORMAT.md a second time, in another language: enough to open what the store holds with the keys a test is given."""

import base64
import hashlib
import hmac
import struct

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def context(label, fields):
    out = bytes([len(label)]) + label.encode()
    for tag, value in sorted(fields.items()):
        out += struct.pack(">BI", tag, len(value)) + value
    return out


def short(data):
    return struct.pack(">H", len(data)) + data


def items(texts):
    return struct.pack(">H", len(texts)) + b"".join(short(text.encode()) for text in sorted(texts))


def destination(value):
    """From its JSON form."""
    scheme, _, rest = value["url"].partition("://")
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.rpartition(":")
    if not colon:
        host, port = authority, "443" if scheme == "https" else "80"
    flags = (1 if value["allow_private"] else 0) | (2 if value["allow_plaintext"] else 0)
    return (struct.pack(">BBH", 1 if scheme == "https" else 2, flags, int(port)) + short(host.strip("[]").encode())
            + short((slash + path).encode()) + items(value["allowed_paths"]) + items(value["denied_paths"]))


def injection(value):
    if value["kind"] == "header":
        return b"\x01" + bytes([len(value["name"])]) + value["name"].encode() + short(value["prefix"].encode()) + short(value["suffix"].encode())
    if value["kind"] == "query":
        return b"\x02" + bytes([len(value["name"])]) + value["name"].encode()
    return b"\x03" + short(value["user"].encode())


def key_fields(account_id, key, version):
    return {1: unbase64(account_id), 2: unbase64(key["key_id"]), 3: struct.pack(">I", version), 4: key["alias"].encode(),
            5: destination(key["destination"]), 6: injection(key["injection"])}


def policy_digest(policy):
    fields = {0x13: bytes([policy["kind"]]), 0x30: items(policy["methods"]), 0x31: items(policy["paths"]), 0x32: items(policy["origins"]),
              0x33: struct.pack(">Q", policy["maximum_requests"]), 0x34: struct.pack(">Q", policy["rate"]), 0x35: struct.pack(">I", policy["burst"]),
              0x36: struct.pack(">I", policy["maximum_concurrent"]), 0x37: struct.pack(">I", policy["idle_seconds"]),
              0x38: bytes([1 if policy["allows_upgrade"] else 0]), 0x39: items(policy["minting_paths"])}
    return hashlib.sha256(context("tacit/policy/v1", fields)).digest()


def hkdf(secret, info, salt=b"", count=32):
    key = hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()[:count]


def unwrap(wrap, keyring, bound):
    """A keyring file wrap, FORMAT section 10."""
    assert wrap[0] == 1
    version = struct.unpack(">I", wrap[1:5])[0]
    return AESGCM(hkdf(keyring[version], bound, salt=wrap[5:37])).decrypt(bytes(12), wrap[37:], bound)


def read_keyring(path):
    lines = path.read_text().splitlines()
    assert lines[0] == "# tacit keyring v1"
    return {int(number): unbase64(text) for number, _, text in (line.split(" ") for line in lines[1:])}


def token_parts(token):
    raw = unbase64(token.removeprefix("tct_"))
    assert len(raw) == 48
    return raw[:16], raw[16:]


def session_aead_key(secret, account_id):
    return hkdf(secret, context("tacit/session-aead/v1", {1: unbase64(account_id)}))


def open_entry(wrap, keyring, secret, account_id, key, version, session):
    """The DEK behind one session entry, given the session's token and the KEK."""
    fields = key_fields(account_id, key, version) | {0x12: unbase64(session["session_id"]), 0x18: struct.pack(">Q", session["expires_at"]),
                                                     0x19: policy_digest(session["policy"])}
    bound = context("tacit/session-entry/v1", fields)
    entry = unwrap(wrap, keyring, bound)
    return AESGCM(session_aead_key(secret, account_id)).decrypt(entry[:12], entry[12:], bound)


def open_key(ciphertext, dek, account_id, key, version):
    bound = context("tacit/key-ciphertext/v1", key_fields(account_id, key, version))
    return AESGCM(dek).decrypt(ciphertext[:12], ciphertext[12:], bound)
