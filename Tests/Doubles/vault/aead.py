"""The cipher of transit keys: an AEAD of libsodium with a 12-byte nonce and a 16-byte tag, as long as AES-256-GCM and on every machine."""

import ctypes
import ctypes.util
import hashlib
import hmac
import os

_sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
if _sodium.sodium_init() < 0:
    raise OSError("libsodium could not be initialised")
_size = ctypes.c_ulonglong


class Tampered(Exception):
    pass


def derive(key, context):
    """HKDF-SHA-256 with the context as info: what `hkdf_sha256` of a derived key does."""
    pseudorandom = hmac.new(bytes(32), key, hashlib.sha256).digest()
    return hmac.new(pseudorandom, context + b"\x01", hashlib.sha256).digest()


def encrypt(key, plaintext, aad=b"", nonce=None):
    nonce = nonce or os.urandom(12)
    out = ctypes.create_string_buffer(len(plaintext) + 16)
    count = _size()
    _sodium.crypto_aead_chacha20poly1305_ietf_encrypt(
        out, ctypes.byref(count), plaintext, _size(len(plaintext)), aad, _size(len(aad)), None, nonce, key)
    return nonce + out.raw[: count.value]


def decrypt(key, sealed, aad=b""):
    nonce, text = sealed[:12], sealed[12:]
    out = ctypes.create_string_buffer(max(1, len(text) - 16))
    count = _size()
    code = _sodium.crypto_aead_chacha20poly1305_ietf_decrypt(
        out, ctypes.byref(count), None, text, _size(len(text)), aad, _size(len(aad)), nonce, key)
    if code != 0:
        raise Tampered
    return out.raw[: count.value]
