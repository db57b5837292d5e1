"""The primitives FORMAT names, from pyca/cryptography and argon2-cffi. HPKE is written out here after RFC 9180 because the vectors
need a fixed ephemeral key; pyca/cryptography's own, which takes no aad, opens one of its seals whenever this module is loaded."""
import base64
import hashlib
import hmac

import argon2.low_level
from cryptography.hazmat.primitives import hashes, hpke, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def sha256(data): return hashlib.sha256(data).digest()
def b64(data): return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def extract(secret, salt=b""): return hmac.new(salt or bytes(32), secret, hashlib.sha256).digest()
def expand(key, info, count=32): return HKDFExpand(hashes.SHA256(), count, info).derive(key)
def hkdf(secret, info, salt=b""): return expand(extract(secret, salt), info)


def ed25519_public(seed): return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW)
def sign(seed, message): return Ed25519PrivateKey.from_private_bytes(seed).sign(message)
def x25519_public(seed): return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(*RAW)


def encrypt(key, nonce, plaintext, aad):
    """nonce, ciphertext, tag: the layout of every ciphertext."""
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def argon2id(passphrase, salt, memory_kib, passes):
    return argon2.low_level.hash_secret_raw(passphrase, salt, passes, memory_kib, 1, 32, argon2.low_level.Type.ID, 19)


def pbkdf2(passphrase, salt, iterations):
    return PBKDF2HMAC(hashes.SHA256(), 32, salt, iterations).derive(passphrase)


def _labeled_extract(suite, salt, name, secret):
    return extract(b"HPKE-v1" + suite + name + secret, salt)


def _labeled_expand(suite, key, name, info, count):
    return expand(key, count.to_bytes(2, "big") + b"HPKE-v1" + suite + name + info, count)


def seal(plaintext, recipient, info, aad, ephemeral):
    """HPKE base mode, RFC 9180: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, first message."""
    enc = x25519_public(ephemeral)
    shared = X25519PrivateKey.from_private_bytes(ephemeral).exchange(X25519PublicKey.from_public_bytes(recipient))
    kem = b"KEM" + (0x20).to_bytes(2, "big")
    eae = _labeled_extract(kem, b"", b"eae_prk", shared)
    secret = _labeled_expand(kem, eae, b"shared_secret", enc + recipient, 32)
    suite = b"HPKE" + bytes.fromhex("002000010002")
    schedule = b"\x00" + _labeled_extract(suite, b"", b"psk_id_hash", b"") + _labeled_extract(suite, b"", b"info_hash", info)
    root = _labeled_extract(suite, secret, b"secret", b"")
    key = _labeled_expand(suite, root, b"key", schedule, 32)
    nonce = _labeled_expand(suite, root, b"base_nonce", schedule, 12)
    return enc + AESGCM(key).encrypt(nonce, plaintext, aad)


def _check_seal():
    key = X25519PrivateKey.generate()
    suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
    assert suite.decrypt(seal(b"plaintext", key.public_key().public_bytes(*RAW), b"info", b"", bytes(31) + b"\1"), key, b"info") == b"plaintext"


_check_seal()

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def crockford(data):
    bits = int.from_bytes(data, "big")
    count = len(data) * 8 // 5
    text = "".join(CROCKFORD[bits >> 5 * (count - 1 - i) & 31] for i in range(count))
    return "-".join(text[i:i + 4] for i in range(0, count, 4))
