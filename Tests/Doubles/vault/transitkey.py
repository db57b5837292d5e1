"""One transit key and its versions."""

import base64
import binascii
import hashlib
import os
import re
import time

import aead
from errors import Refusal

AEAD_TYPES = ("aes128-gcm96", "aes256-gcm96", "chacha20-poly1305")


class Key:
    def __init__(self, name, body):
        self.name, self.type = name, body.get("type", "aes256-gcm96")
        self.derived = bool(body.get("derived"))
        self.convergent = bool(body.get("convergent_encryption"))
        self.exportable = bool(body.get("exportable"))
        self.plaintext_backup = bool(body.get("allow_plaintext_backup"))
        self.deletion_allowed, self.pretends = False, False
        self.min_decryption, self.min_encryption, self.min_available = 1, 0, 0
        self.versions = {}
        self.rotate()

    @property
    def latest(self):
        return max(self.versions)

    def rotate(self):
        self.versions[len(self.versions) and self.latest + 1 or 1] = (os.urandom(32), int(time.time()))

    def describe(self, modern):
        symmetric = self.type in AEAD_TYPES
        value = {"allow_plaintext_backup": self.plaintext_backup, "deletion_allowed": self.deletion_allowed,
                 "derived": self.derived or self.pretends,
                 "exportable": self.exportable, "latest_version": self.latest, "min_available_version": self.min_available,
                 "min_decryption_version": self.min_decryption, "min_encryption_version": self.min_encryption, "name": self.name,
                 "supports_decryption": symmetric, "supports_derivation": symmetric, "supports_encryption": symmetric,
                 "supports_signing": not symmetric, "type": self.type}
        if self.type != "hmac" or not modern:
            value["keys"] = {
                str(number): made if symmetric else {"creation_time": "2027-01-01T00:00:00Z", "name": self.type, "public_key": ""}
                for number, (_, made) in self.versions.items() if number >= self.min_decryption}
        if self.derived:
            value.update(kdf="hkdf_sha256", convergent_encryption=self.convergent)
            if self.convergent:
                value["convergent_encryption_version"] = -1
        if modern:
            value.update(auto_rotate_period=0, imported_key=False)
        return value

    def configure(self, body):
        warnings = None
        decryption = int(body.get("min_decryption_version", self.min_decryption))
        encryption = int(body.get("min_encryption_version", self.min_encryption))
        if decryption == 0 and "min_decryption_version" in body:
            warnings, decryption = ["since Vault 0.3, transit key numbering starts at 1; forcing minimum to 1"], 1
        for name, number in (("decryption", decryption), ("encryption", encryption)):
            if number > self.latest:
                raise Refusal(400, f"cannot set min {name} version of {number}, latest key version is {self.latest}")
        if encryption and encryption < decryption:
            raise Refusal(400, f"cannot set min encryption version of {encryption}; must be greater than or equal to min decryption "
                               f"version of {decryption}")
        if decryption < self.min_available:
            raise Refusal(400, "cannot set min decryption version below min available version")
        self.min_decryption, self.min_encryption = decryption, encryption
        self.deletion_allowed = bool(body.get("deletion_allowed", self.deletion_allowed))
        # Both can be switched on and never off again.
        self.exportable = self.exportable or bool(body.get("exportable"))
        self.plaintext_backup = self.plaintext_backup or bool(body.get("allow_plaintext_backup"))
        return warnings

    def trim(self, floor):
        if self.min_encryption == 0:
            raise Refusal(400, "minimum available version cannot be set when minimum encryption version is not set")
        if floor < self.min_available:
            raise Refusal(400, "minimum available version cannot be decremented")
        if floor > min(self.min_encryption, self.min_decryption):
            raise Refusal(400, "minimum available version cannot be higher than minmum encryption version")
        self.min_available = floor
        self.versions = {number: value for number, value in self.versions.items() if number >= floor}

    def secret(self, version, context):
        key = self.versions[version][0]
        return aead.derive(key, context) if self.derived else key

    def encrypt(self, plaintext, context, aad, version):
        if self.type not in AEAD_TYPES:
            raise Refusal(400, f"message encryption not supported for key type {self.type}")
        if version < 0:
            raise Refusal(400, "requested version for encryption is negative")
        if version > self.latest:
            raise Refusal(400, "requested version for encryption is higher than the latest key version")
        version = version or self.latest
        if version < self.min_encryption:
            raise Refusal(400, "requested version for encryption is less than the minimum encryption key version")
        if version < self.min_decryption or version not in self.versions:
            raise Refusal(400, "no such key version")
        key = self.secret(version, context)
        nonce = hashlib.sha256(key + plaintext).digest()[:12] if self.convergent else None
        sealed = base64.b64encode(aead.encrypt(key, plaintext, aad, nonce)).decode()
        return {"ciphertext": f"vault:v{version}:{sealed}", "key_version": version}

    def decrypt(self, text, context, aad):
        match = re.match(r"vault:v([^:]*):(.*)\Z", text, re.DOTALL)
        if match is None:
            raise Refusal(400, "invalid ciphertext: no prefix")
        if not match[1].isdigit():
            raise Refusal(400, "invalid ciphertext: version number could not be decoded")
        version = int(match[1]) or 1
        if version > self.latest:
            raise Refusal(400, "invalid ciphertext: version is too new")
        if version < self.min_decryption or version not in self.versions:
            raise Refusal(400, "ciphertext or signature version is disallowed by policy (too old)")
        try:
            # Go's decoder lets stray bits at the end pass, and so does this one.
            sealed = base64.b64decode(match[2], validate=True)
        except (binascii.Error, ValueError):
            raise Refusal(400, "invalid ciphertext: could not decode base64")
        if len(sealed) < 28:
            raise Refusal(400, "invalid ciphertext length")
        return aead.decrypt(self.secret(version, context), sealed, aad)
