#!/usr/bin/env python3
"""Writes the vectors of this folder again: python3 generate.py [FOLDER]. Needs argon2-cffi, cryptography and pyhpke.

Published values stand here as their source prints them and are checked against an independent implementation before they are written;
the rest is made by that implementation, and the file's `source` line says so. Nothing here is made by Tacit.
"""
import hashlib
import hmac
import pathlib
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.exceptions import InvalidTag
from argon2.low_level import hash_secret_raw, Type
from cryptography.hazmat.primitives import hpke as second_hpke
from pyhpke import AEADId, CipherSuite, KDFId, KEMId

out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
H = bytes.fromhex
def vec(name, source, expect, **f):
    lines = [f"source: {source}", f"expect: {expect}"]
    for k, v in f.items():
        k = k.replace("_", "-")
        v = v.hex() if isinstance(v, bytes) else str(v)
        lines.append(f"{k}: {v}".rstrip())
    (out / f"{name}.vec").write_text("\n".join(lines) + "\n")
def flip(b, i, bit=1):
    b = bytearray(b); b[i] ^= bit; return bytes(b)

# AES-256-GCM
MV = "McGrew and Viega, The Galois/Counter Mode of Operation, test case %d"
K = H("feffe9928665731c6d6a8f9467308308") * 2
N = H("cafebabefacedbaddecaf888")
P = H("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255")
A = H("feedfacedeadbeeffeedfacedeadbeefabaddad2")
for n, (k, i, p, a, tag) in {
    13: (bytes(32), bytes(12), b"", b"", "530f8afbc74536b9a963b4f1c4cb738b"),
    14: (bytes(32), bytes(12), bytes(16), b"", "d0d1c8a799996bf0265b98b5d48ab919"),
    15: (K, N, P, b"", "b094dac5d93471bdec1a502270e3cc6c"),
    16: (K, N, P[:60], A, "76fc6ece0f4e1768cddf8853bb2d551b")}.items():
    c = AESGCM(k).encrypt(i, p, a)
    assert c[-16:] == H(tag), n
    vec(f"aes-256-gcm-case-{n}", MV % n, "success", key=k, nonce=i, aad=a, plaintext=p, ciphertext=c[:-16], tag=c[-16:])
c = AESGCM(K).encrypt(N, P[:60], A)
base = dict(key=K, nonce=N, aad=A, plaintext=P[:60], ciphertext=c[:-16], tag=c[-16:])
s = "made from test case 16 by altering one "
def bad(name, what, **change):
    f = {**base, **change}
    try: AESGCM(f["key"]).decrypt(f["nonce"], f["ciphertext"] + f["tag"], f["aad"]); assert False
    except InvalidTag: pass
    vec(f"aes-256-gcm-{name}", s + what, "failure authenticationFailed", **f)
bad("altered-tag-first-bit", "bit of the tag", tag=flip(base["tag"], 0, 0x80))
bad("altered-tag-last-bit", "bit of the tag", tag=flip(base["tag"], 15))
bad("altered-ciphertext", "bit of the ciphertext", ciphertext=flip(base["ciphertext"], 30))
bad("altered-aad", "bit of the associated data", aad=flip(A, 19))
bad("altered-nonce", "bit of the nonce", nonce=flip(N, 11))
bad("altered-key", "bit of the key", key=flip(K, 31))
bad("missing-aad", "thing: the associated data is gone", aad=b"")
bad("truncated-ciphertext", "thing: the ciphertext lost its last byte", ciphertext=base["ciphertext"][:-1])
for name, f in {"short-key": dict(key=K[:16]), "short-nonce": dict(nonce=N[:8]), "long-nonce": dict(nonce=N + bytes(4)),
                "short-input": dict(ciphertext=b"", tag=base["tag"][:15])}.items():
    vec(f"aes-256-gcm-{name}", "made from test case 16 by changing one length", "failure invalidLength", **{**base, **f})

# SHA-256
for name, src, m, d in [
    ("empty", "NIST, SHA-256 of the empty message", b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "FIPS 180-2, appendix B.1", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("two-blocks", "FIPS 180-2, appendix B.2", b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]:
    assert hashlib.sha256(m).hexdigest() == d
    vec(f"sha-256-{name}", src, "success", message=m, digest=H(d))

# HMAC
for n, k, m, t in [
    (1, b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (2, b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (3, b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (4, bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    (6, b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    (7, b"\xaa" * 131, b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.", "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")]:
    assert hmac.new(k, m, "sha256").hexdigest() == t, n
    vec(f"hmac-sha-256-rfc-4231-case-{n}", f"RFC 4231, section 4.{n+1}", "success", key=k, message=m, tag=H(t))
for size in (64, 65):
    k = bytes(range(size)); m = b"key of a block, and one byte more"
    vec(f"hmac-sha-256-key-{size}", "generated with Python's hmac module", "success", key=k, message=m, tag=hmac.new(k, m, "sha256").digest())

# HKDF
for n, ikm, salt, info, L, prk, okm in [
    (1, b"\x0b" * 22, bytes(range(13)), bytes(range(0xf0, 0xfa)), 42, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    (2, bytes(range(80)), bytes(range(0x60, 0xb0)), bytes(range(0xb0, 0x100)), 82, "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    (3, b"\x0b" * 22, b"", b"", 42, "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")]:
    assert hmac.new(salt or bytes(32), ikm, "sha256").hexdigest() == prk
    assert HKDF(hashes.SHA256(), L, salt, info).derive(ikm).hex() == okm
    vec(f"hkdf-sha-256-rfc-5869-a{n}", f"RFC 5869, appendix A.{n}", "success", secret=ikm, salt=salt, info=info, count=L, pseudorandom_key=H(prk), output=H(okm))
for L in (32, 64, 8160):
    ikm, salt, info = bytes(range(32)), b"salt" * 8, b"tacit vector"
    o = HKDF(hashes.SHA256(), L, salt, info).derive(ikm)
    if L == 8160: o_fields = dict(output_sha_256=hashlib.sha256(o).digest())
    else: o_fields = dict(output=o)
    vec(f"hkdf-sha-256-count-{L}", "generated with Python's cryptography module", "success", secret=ikm, salt=salt, info=info, count=L,
        pseudorandom_key=hmac.new(salt, ikm, "sha256").digest(), **o_fields)
for L in (0, 8161):
    vec(f"hkdf-sha-256-count-{L}", "a length RFC 5869, section 2.3, does not allow, or no output at all", "failure invalidLength", secret=bytes(range(32)), salt=b"", info=b"", count=L)

# Argon2id
for name, pw, salt, m, t in [
    ("64-kib-1-pass", b"password", b"somesaltsomesalt", 64, 1), ("1-mib-3-passes", b"correct horse battery staple", bytes(range(16)), 1024, 3),
    ("empty-passphrase", b"", bytes(range(16)), 256, 2), ("utf-8-passphrase", "pässwörd \u2713".encode(), bytes(range(16, 32)), 8192, 4),
    ("lowest-accepted-cost", b"correct horse battery staple", bytes(range(16)), 65536, 3)]:
    vec(f"argon2id-{name}", "generated with argon2-cffi, the reference implementation; one lane, version 1.3", "success", passphrase=pw, salt=salt, memory_kib=m, passes=t,
        output=hash_secret_raw(pw, salt, t, m, 1, 32, Type.ID))
vec("argon2id-short-salt", "a salt of 8 bytes, which Argon2 allows and we do not", "failure invalidLength", passphrase=b"password", salt=b"somesalt", memory_kib=65536, passes=3)
for name, m, t in [("too-little-memory", 65535, 3), ("too-much-memory", 1048577, 3), ("too-few-passes", 65536, 2), ("too-many-passes", 65536, 11)]:
    vec(f"argon2id-{name}", "a cost just past a limit of ours", "failure invalidCost", passphrase=b"password", salt=bytes(16), memory_kib=m, passes=t)

# PBKDF2
for name, pw, salt, c, dk in [
    ("1", b"passwd", b"salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"),
    ("2", b"Password", b"NaCl", 80000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d")]:
    assert hashlib.pbkdf2_hmac("sha256", pw, salt, c, 64).hex() == dk
    vec(f"pbkdf2-sha-256-rfc-7914-{name}", "RFC 7914, section 11", "success", passphrase=pw, salt=salt, iterations=c, output=H(dk))
vec("pbkdf2-sha-256-lowest-accepted-cost", "generated with Python's hashlib", "success", passphrase=b"correct horse battery staple", salt=bytes(range(16)), iterations=600000,
    output=hashlib.pbkdf2_hmac("sha256", b"correct horse battery staple", bytes(range(16)), 600000, 32))
vec("pbkdf2-sha-256-short-salt", "a salt of 15 bytes, one less than we accept", "failure invalidLength", passphrase=b"password", salt=bytes(15), iterations=600000)
for name, c in [("too-few-iterations", 599999), ("too-many-iterations", 10000001)]:
    vec(f"pbkdf2-sha-256-{name}", "a cost just past a limit of ours", "failure invalidCost", passphrase=b"password", salt=bytes(16), iterations=c)

# Ed25519
L = 2**252 + 27742317777372353535851937790883648493
rows = [("1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", b""),
    ("2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", H("72")),
    ("3", "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", H("af82")),
    ("sha-abc", "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", hashlib.sha512(b"abc").digest())]
raw = lambda k: k.public_key().public_bytes_raw()
for n, seed, pk, m in rows:
    k = Ed25519PrivateKey.from_private_bytes(H(seed)); assert raw(k) == H(pk), n
    vec(f"ed25519-rfc-8032-test-{n}", f"RFC 8032, section 7.1, TEST {n.upper()}", "success", seed=H(seed), public_key=H(pk), message=m, signature=k.sign(m))
assert Ed25519PrivateKey.from_private_bytes(H(rows[0][1])).sign(b"").hex() == "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
_, seed, pk, m = rows[2]
pk = H(pk); sig = Ed25519PrivateKey.from_private_bytes(H(seed)).sign(m)
src = "made from RFC 8032, TEST 3, by "
def ed(name, how, reason, **f): vec(f"ed25519-{name}", src + how, f"failure {reason}", **{**dict(public_key=pk, message=m, signature=sig), **f})
ed("altered-signature-point", "altering one bit of the signature's point", "invalidSignature", signature=flip(sig, 0))
ed("altered-signature-scalar", "altering one bit of the signature's scalar", "invalidSignature", signature=flip(sig, 32))
ed("altered-message", "altering one bit of the message", "invalidSignature", message=flip(m, 1))
ed("longer-message", "adding a zero byte to the message", "invalidSignature", message=m + b"\0")
ed("other-key", "checking with the key of TEST 2", "invalidSignature", public_key=H(rows[1][2]))
ed("short-signature", "dropping the last byte", "invalidSignature", signature=sig[:-1])
ed("long-signature", "adding a zero byte to the signature", "invalidSignature", signature=sig + b"\0")
S = int.from_bytes(sig[32:], "little") + L; assert S < 2**256
ed("non-canonical-scalar", "adding the group order to the scalar (RFC 8032, 5.1.7, demands S < L)", "invalidSignature", signature=sig[:32] + S.to_bytes(32, "little"))
ident = b"\x01" + bytes(31)
vec("ed25519-small-order-key", "the neutral point as key, with which a zero signature passes for every message where the key is not checked", "failure invalidPublicKey", public_key=ident, message=m, signature=ident + bytes(32))
vec("ed25519-order-8-key", "a point of order 8 as key (list in libsodium, RFC 7748 curve)", "failure invalidPublicKey", public_key=H("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), message=m, signature=sig)
vec("ed25519-non-canonical-key", "y = p + 3: the same point as y = 3 in a second spelling", "failure invalidPublicKey", public_key=(2**255 - 19 + 3).to_bytes(32, "little"), message=m, signature=sig)
# a point with a small-order part: A + T, A of prime order, T of order 2 is (0,-1): (x,y)+(0,-1) = (-x,-y)
p = 2**255 - 19
y = int.from_bytes(pk, "little"); sign = y >> 255; y &= 2**255 - 1
mixed = ((p - y) | ((1 - sign) << 255)).to_bytes(32, "little")
vec("ed25519-mixed-order-key", "the key of TEST 3 plus the point of order 2", "failure invalidPublicKey", public_key=mixed, message=m, signature=sig)
d = (-121665 * pow(121666, -1, p)) % p
off = next(y for y in range(2, 100) if pow((y*y-1) * pow(d*y*y+1, -1, p) % p, (p-1)//2, p) == p-1)
vec("ed25519-key-off-the-curve", f"y = {off}, for which the curve has no x", "failure invalidPublicKey", public_key=off.to_bytes(32, "little"), message=m, signature=sig)
vec("ed25519-short-key", "a key of 31 bytes", "failure invalidLength", public_key=pk[:31], message=m, signature=sig)

# X25519
bob, alice = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
for name, src, k, u, r in [
    ("5-2-a", "RFC 7748, section 5.2, first vector", "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
     "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c", "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"),
    ("5-2-b", "RFC 7748, section 5.2, second vector (top bit set)", "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
     "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"),
    ("6-1", "RFC 7748, section 6.1, Bob's side", bob, alice, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")]:
    k = X25519PrivateKey.from_private_bytes(H(k))
    assert k.exchange(X25519PublicKey.from_public_bytes(H(u))).hex() == r, name
    vec(f"x25519-rfc-7748-{name}", src, "success", seed=k.private_bytes_raw(), public_key=raw(k), peer=H(u), shared_secret=H(r))
small = {"zero": bytes(32), "one": b"\x01" + bytes(31), "minus-one": (p - 1).to_bytes(32, "little"), "p": p.to_bytes(32, "little"),
         "order-8": H("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")}
for name, u in small.items():
    try: X25519PrivateKey.from_private_bytes(H(bob)).exchange(X25519PublicKey.from_public_bytes(u)); assert False, name
    except ValueError: pass
    vec(f"x25519-small-order-{name}", "a point of small order, with which every agreement gives zeros (RFC 7748, section 6.1)", "failure invalidPublicKey", seed=H(bob), peer=u)
vec("x25519-short-key", "a key of 31 bytes", "failure invalidLength", seed=H(bob), peer=H(alice)[:31])

# HPKE: RFC 9180 prints no vectors for this suite, so the keys are those of its appendix A.1.1 and the rest is pyhpke's;
# Python's cryptography opens what has no associated data.
suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
second = second_hpke.Suite(second_hpke.KEM.X25519, second_hpke.KDF.HKDF_SHA256, second_hpke.AEAD.AES_256_GCM)
pair = lambda ikm: suite.kem.derive_key_pair(H(ikm))
recipient, ephemeral = pair("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037"), pair("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234")
skr = recipient.private_key.to_private_bytes()
assert skr.hex() == "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"
pkr = recipient.public_key.to_public_bytes()
assert pkr.hex() == "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"
src = "keys of RFC 9180, appendix A.1.1; sealed with pyhpke"
def seal(pt, info, aad):
    enc, sender = suite.create_sender_context(recipient.public_key, info, eks=ephemeral)
    assert enc.hex() == "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"
    sealed = enc + sender.seal(pt, aad)
    if not aad:
        assert second.decrypt(sealed, X25519PrivateKey.from_private_bytes(skr), info) == pt
    return sealed
INFO, AAD = b"Ode on a Grecian Urn", b"Count-0"
for name, pt, info, aad in [("info-and-aad", b"Beauty is truth, truth beauty", INFO, AAD), ("no-aad", b"Beauty is truth, truth beauty", INFO, b""),
                            ("no-info-no-aad", bytes(range(32)), b"", b""), ("one-byte", b"\x42", INFO, AAD), ("long", bytes(range(256)) * 4, INFO, AAD)]:
    vec(f"hpke-{name}", src, "success", seed=skr, public_key=pkr, info=info, aad=aad, plaintext=pt, sealed=seal(pt, info, aad))
good = seal(b"Beauty is truth, truth beauty", INFO, AAD)
def hp(name, how, reason, **f):
    f = {**dict(seed=skr, info=INFO, aad=AAD, sealed=good), **f}
    try:
        key = suite.kem.deserialize_private_key(f["seed"])
        suite.create_recipient_context(f["sealed"][:32], key, f["info"]).open(f["sealed"][32:], f["aad"])
        assert False, name
    except AssertionError: raise
    except Exception: pass
    vec(f"hpke-{name}", f"hpke-info-and-aad.vec, {how}", f"failure {reason}", **f)
hp("altered-encapsulated-key", "one bit of the encapsulated key altered", "authenticationFailed", sealed=flip(good, 5))
hp("altered-ciphertext", "one bit of the ciphertext altered", "authenticationFailed", sealed=flip(good, 40))
hp("altered-tag", "one bit of the tag altered", "authenticationFailed", sealed=flip(good, len(good) - 1))
hp("truncated", "the last byte dropped", "authenticationFailed", sealed=good[:-1])
hp("extended", "a zero byte added", "authenticationFailed", sealed=good + b"\0")
hp("other-info", "one bit of the info altered", "authenticationFailed", info=flip(INFO, 0))
hp("other-aad", "one bit of the associated data altered", "authenticationFailed", aad=flip(AAD, 6))
hp("swapped-info-and-aad", "info and associated data exchanged", "authenticationFailed", info=AAD, aad=INFO)
hp("other-key", "opened with Bob's key of RFC 7748, section 6.1", "authenticationFailed", seed=H(bob))
hp("small-order-encapsulated-key", "the encapsulated key replaced by a point of order 8", "authenticationFailed", sealed=small["order-8"] + good[32:])
vec("hpke-empty-plaintext", src + "; authentic, but a secret has at least one byte", "failure invalidLength", seed=skr, info=INFO, aad=AAD, sealed=seal(b"", INFO, AAD))
vec("hpke-too-short", "47 bytes, less than an encapsulated key and a tag", "failure invalidLength", seed=skr, info=INFO, aad=AAD, sealed=good[:47])
