"""The Transit engine of the double: keys, versions, encrypt, decrypt, rewrap, alone and in batches."""

import base64
import binascii
import hashlib
import hmac
import secrets
import time

import vault_cipher
from vault_answers import Answer, Refused, wrapped

MISSING_CONTEXT = ("missing 'context' for key derivation; the key was created using a derived key, which means additional, per-request information "
                   "must be included in order to perform operations with the key")
TAMPERED = "cipher: message authentication failed"


class Bad(Exception):
    """One item's failure."""

    def __init__(self, text, status=400):
        self.text, self.status = text, status


def decode(text, what="illegal base64 data at input byte 0"):
    try:
        return base64.b64decode(str(text).replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Bad(what) from None


class Key:
    def __init__(self, name, derived=False, convergent=False, exportable=False, backup=False, type="aes256-gcm96"):
        self.name, self.derived, self.convergent = name, derived, convergent
        self.exportable, self.backup, self.type = exportable, backup, type
        self.versions = {1: (secrets.token_bytes(32), int(time.time()))}
        self.min_decryption, self.min_encryption, self.min_available, self.deletable = 1, 0, 0, False

    @property
    def latest(self):
        return max(self.versions)

    def describe(self, generation):
        symmetric = self.type in ("aes256-gcm96", "aes128-gcm96", "chacha20-poly1305")
        data = {
            "allow_plaintext_backup": self.backup, "deletion_allowed": self.deletable, "derived": self.derived, "exportable": self.exportable,
            "keys": {str(number): made for number, (_, made) in sorted(self.versions.items()) if number >= self.min_decryption},
            "latest_version": self.latest, "min_available_version": self.min_available, "min_decryption_version": self.min_decryption,
            "min_encryption_version": self.min_encryption, "name": self.name, "supports_decryption": symmetric, "supports_derivation": symmetric,
            "supports_encryption": symmetric, "supports_signing": not symmetric, "type": self.type}
        if not symmetric:
            data["keys"] = {number: {"creation_time": "2026-01-01T00:00:00Z", "name": "P-256", "public_key": "-----BEGIN PUBLIC KEY-----\n"}
                            for number in data["keys"]}
        if self.derived:
            data |= {"kdf": "hkdf_sha256", "convergent_encryption": self.convergent}
        if self.convergent:
            data["convergent_encryption_version"] = -1
        if generation != "1.8":
            data |= {"auto_rotate_period": 0, "imported_key": False}
        return data

    def secret(self, number, context):
        key = self.versions[number][0]
        return vault_cipher.derive(key, context) if self.derived else key

    def context(self, item):
        if not self.derived:
            return b""
        if not item.get("context"):
            raise Bad(MISSING_CONTEXT)
        return decode(item["context"])

    def encrypt(self, item, plaintext, data=b""):
        if self.type not in ("aes256-gcm96", "aes128-gcm96", "chacha20-poly1305"):
            raise Bad(f"message encryption not supported for key type {self.type}")
        try:
            number = int(item.get("key_version") or 0) or self.latest
        except ValueError:
            raise Bad("cannot parse key_version") from None
        if number < 0:
            raise Bad("requested version for encryption is negative")
        if number > self.latest:
            raise Bad("requested version for encryption is higher than the latest key version")
        if self.min_encryption and number < self.min_encryption:
            raise Bad("requested version for encryption is less than the minimum encryption key version")
        if number < self.min_decryption:
            raise Bad("no such key version")
        key = self.secret(number, self.context(item))
        nonce = None
        if self.convergent:
            nonce = hmac.new(key, plaintext, hashlib.sha256).digest()[:12]
        elif item.get("nonce"):
            nonce = decode(item["nonce"])
            if len(nonce) != 12:
                raise Bad(f"base64-decoded nonce must be 12 bytes long but given {len(nonce)} bytes")
        return {"ciphertext": f"vault:v{number}:" + base64.b64encode(vault_cipher.seal(key, plaintext, data, nonce)).decode(), "key_version": number}

    def decrypt(self, item, generation, data=b""):
        text = str(item.get("ciphertext") or "")
        if not text:
            raise Bad("missing ciphertext to decrypt")
        if not text.startswith("vault:v"):
            raise Bad("invalid ciphertext: no prefix")
        version, colon, sealed = text[7:].partition(":")
        if not colon:
            raise Bad("invalid ciphertext: wrong number of fields")
        if not version.isdigit():
            raise Bad("invalid ciphertext: version number could not be decoded")
        number = int(version) or 1
        if number > self.latest:
            raise Bad("invalid ciphertext: version is too new")
        if number < self.min_decryption or number not in self.versions:
            raise Bad("ciphertext or signature version is disallowed by policy (too old)")
        sealed = decode(sealed, "invalid ciphertext: could not decode base64")
        if len(sealed) < vault_cipher.NONCE + vault_cipher.TAG:
            raise Bad("invalid ciphertext length")
        context = self.context(item)
        try:
            return vault_cipher.open_(self.secret(number, context), sealed, data)
        except vault_cipher.Failed:
            raise Bad(wrapped(TAMPERED) if generation == "1.8" else TAMPERED, 500 if generation == "1.8" else 400) from None


class Transit:
    def __init__(self, core):
        self.core, self.keys = core, {}
        self.no_upsert = False

    def capability(self, method, path):
        verb, _, name = path.partition("/")
        if method == "GET":
            return "list" if path.rstrip("/") == "keys" else "read"
        return "create" if verb in ("encrypt", "keys") and "/" not in name and name not in self.keys else "update"

    def call(self, method, path, body):
        verb, _, rest = path.partition("/")
        name, _, action = rest.partition("/")
        if not name or "/" in action or any(character in name for character in " %") or not name.isascii():
            raise Refused(404, "unsupported path")
        if verb == "keys":
            return self.manage(method, name, action, body)
        if verb not in ("encrypt", "decrypt", "rewrap") or action:
            raise Refused(404, "unsupported path")
        if method == "GET":
            raise Refused(405, "unsupported operation")
        key = self.keys.get(name)
        if verb == "encrypt" and key is None:
            if self.no_upsert:
                raise Refused(400, "encryption key not found")
            items = body.get("batch_input") or [body]
            key = self.keys[name] = Key(name, derived=any(isinstance(item, dict) and item.get("context") for item in items),
                                        convergent=bool(body.get("convergent_encryption")))
        if key is None:
            raise Refused(400, "encryption key not found")
        if "batch_input" in body:
            return self.batch(verb, key, body)
        try:
            return self.one(verb, key, body)
        except Bad as bad:
            raise Refused(bad.status, bad.text) from None

    def one(self, verb, key, item):
        data = b"" if self.core.generation == "1.8" or verb == "rewrap" else self.associated(item)
        if verb == "encrypt":
            if "plaintext" not in item:
                raise Bad("missing plaintext to encrypt")
            return key.encrypt(item, decode(item["plaintext"] or "", f"illegal base64 data at input byte {self.bad_byte(item['plaintext'])}"), data)
        plaintext = key.decrypt(item, self.core.generation, data)
        return key.encrypt(item, plaintext) if verb == "rewrap" else {"plaintext": base64.b64encode(plaintext).decode()}

    @staticmethod
    def bad_byte(text):
        alphabet = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
        return next((place for place, character in enumerate(str(text or "")) if character not in alphabet), len(str(text or "")))

    @staticmethod
    def associated(item):
        try:
            return decode(item.get("associated_data") or "")
        except Bad:
            raise Bad("unable to get associated_data/additional_data from factory[0]: illegal base64 data at input byte 0", 500) from None

    def batch(self, verb, key, body):
        items = body["batch_input"]
        if items == []:
            raise Refused(400, "missing batch input to process")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Refused(500, "failed to parse batch input: expected a map")
        if len({bool(item.get("context")) for item in items}) > 1:
            raise Refused(400, "context should be set either in all the request blocks or in none")
        old = self.core.generation == "1.8"
        results, good = [], 0
        for place, item in enumerate(items):
            if not item and verb != "rewrap":
                if not old:
                    raise Refused(500, wrapped(f"'[{place}].{'plaintext' if verb == 'encrypt' else 'ciphertext'}' missing plaintext to encrypt"))
                item = {"plaintext": ""} if verb == "encrypt" else item
            try:
                result = self.one(verb, key, item)
                good += 1
            except Bad as bad:
                if bad.status == 500 and verb == "decrypt":
                    raise Refused(500, bad.text) from None
                result = {"error": bad.text.replace("1 error occurred:\n\t* ", "").strip()} | ({"plaintext": ""} if verb == "decrypt" else {})
            if not old:
                result["reference"] = str(item.get("reference", ""))
            results.append(result)
        if good == len(items) or verb == "rewrap" or old:
            return {"batch_results": results}
        override = body.get("partial_failure_response_code")
        raise Answer(int(override) if override and good else 400, {"batch_results": results})

    def manage(self, method, name, action, body):
        key = self.keys.get(name)
        if method == "GET":
            if key is None or action:
                raise Refused(404)
            return key.describe(self.core.generation)
        if action == "":
            kind = body.get("type", "aes256-gcm96")
            if kind not in ("aes256-gcm96", "aes128-gcm96", "chacha20-poly1305", "ecdsa-p256", "rsa-2048", "hmac"):
                raise Refused(400, f"unknown key type {kind}")
            if body.get("convergent_encryption") and not body.get("derived"):
                raise Refused(400, "convergent encryption requires derivation to be enabled")
            key = self.keys.setdefault(name, Key(name, bool(body.get("derived")), bool(body.get("convergent_encryption")), bool(body.get("exportable")),
                                                 bool(body.get("allow_plaintext_backup")), kind))
        elif action == "rotate":
            if key is None:
                raise Refused(400, "key not found")
            key.versions[key.latest + 1] = (secrets.token_bytes(32), int(time.time()))
        elif action == "config":
            if key is None:
                raise Refused(400, f"no existing key named {name} could be found")
            self.configure(key, body)
        elif action == "trim":
            if key is None:
                raise Refused(400, f"no existing key named {name} could be found")
            wanted = int(body.get("min_available_version", 0))
            if wanted > key.min_decryption:
                raise Refused(400, "minimum available version cannot be higher than the minimum decryption version")
            if not key.min_encryption or wanted > key.min_encryption:
                raise Refused(400, "minimum available version cannot be set when minimum encryption version is not set")
            key.min_available = wanted
            key.versions = {number: value for number, value in key.versions.items() if number >= wanted}
        else:
            raise Refused(404, "unsupported path")
        return None if self.core.generation == "1.8" else key.describe(self.core.generation)

    @staticmethod
    def configure(key, body):
        decryption = int(body.get("min_decryption_version", key.min_decryption)) or 1
        encryption = int(body.get("min_encryption_version", key.min_encryption))
        if decryption > key.latest:
            raise Refused(400, f"cannot set min decryption version of {decryption}, latest key version is {key.latest}")
        if encryption > key.latest:
            raise Refused(400, f"cannot set min encryption version of {encryption}, latest key version is {key.latest}")
        if encryption and encryption < decryption:
            raise Refused(400, f"cannot set min encryption version of {encryption}: must be greater than or equal to min decryption version of {decryption}")
        if decryption < key.min_available:
            raise Refused(400, "min decryption version should not be less then min available version")
        key.min_decryption, key.min_encryption = decryption, encryption
        key.exportable = key.exportable or bool(body.get("exportable"))
        key.backup = key.backup or bool(body.get("allow_plaintext_backup"))
        key.deletable = bool(body.get("deletion_allowed", key.deletable))
