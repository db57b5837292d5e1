"""The cipher behind the double's Transit keys. Clients see a nonce of 12 bytes, a ciphertext and a tag of 16; which AEAD it is they cannot see."""

import ctypes
import ctypes.util
import hashlib
import hmac
import secrets

NONCE, TAG = 12, 16
_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if _sodium.sodium_init() < 0:
    raise SystemExit("libsodium does not start")


class Failed(Exception):
    """The tag does not fit."""


def derive(key, context):
    """HKDF-SHA-256 of one block, RFC 5869."""
    return hmac.new(hmac.new(bytes(32), key, hashlib.sha256).digest(), context + b"\x01", hashlib.sha256).digest()


def seal(key, plaintext, data=b"", nonce=None):
    nonce = nonce or secrets.token_bytes(NONCE)
    out = ctypes.create_string_buffer(len(plaintext) + TAG)
    _sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
        out, None, plaintext, ctypes.c_ulonglong(len(plaintext)), data, ctypes.c_ulonglong(len(data)), None, nonce, key)
    return nonce + out.raw


def open_(key, sealed, data=b""):
    out = ctypes.create_string_buffer(max(1, len(sealed) - NONCE - TAG))
    code = _sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
        out, None, None, sealed[NONCE:], ctypes.c_ulonglong(len(sealed) - NONCE), data, ctypes.c_ulonglong(len(data)), sealed[:NONCE], key)
    if code != 0:
        raise Failed
    return out.raw[:len(sealed) - NONCE - TAG]
