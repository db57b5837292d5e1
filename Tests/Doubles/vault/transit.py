"""The transit engine."""

import base64
import binascii
import re
import time

import aead
from errors import Refusal
from transitkey import AEAD_TYPES, Key

NO_CONTEXT = ("missing 'context' for key derivation; the key was created using a derived key, which means additional, per-request "
              "information must be included in order to perform operations with the key")


def decode(text):
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        text = str(text)
    try:
        return base64.b64decode((text or "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "illegal base64 data at input byte 0")


def handle(handler, state, token, method, mount_name, mount, rest, body):
    parts = rest.split("/")
    path = f"{mount_name}/{rest}"
    if len(parts) >= 2 and not re.fullmatch(r"\w(([\w.-]+)?\w)?", parts[1]):
        raise Refusal(404, "unsupported path", wrapped=True)
    if parts[0] == "keys" and len(parts) == 2:
        return key_itself(handler, state, token, method, path, mount, parts[1], body)
    if parts[0] == "keys" and len(parts) == 3 and method == "POST":
        state.policies.check(token, path, "update", "create")
        return change(handler, state, mount, parts[1], parts[2], body)
    if parts[0] in ("encrypt", "decrypt", "rewrap") and len(parts) == 2:
        if method != "POST":
            raise Refusal(405, "unsupported operation", wrapped=True)
        return crypt(handler, state, token, path, mount, parts[0], parts[1], body)
    raise Refusal(404, "unsupported path", wrapped=True)


def done(handler, state, key):
    """What changes answer: nothing, or since 1.14 the key."""
    if state.modern:
        handler.success(key.describe(state.modern))
    else:
        handler.reply(204, None)


def key_itself(handler, state, token, method, path, mount, name, body):
    key = mount["keys"].get(name)
    if method == "GET":
        state.policies.check(token, path, "read")
        if key is None:
            raise Refusal(404)
        return handler.success(key.describe(state.modern))
    if method == "DELETE":
        state.policies.check(token, path, "delete")
        if key is None:
            raise Refusal(400, f"error deleting policy {name}: could not delete key; not found")
        if not key.deletion_allowed:
            raise Refusal(400, f"error deleting policy {name}: deletion is not allowed for this key")
        del mount["keys"][name]
        return handler.reply(204, None)
    state.policies.check(token, path, "update", "create")
    if key is None:
        if body.get("convergent_encryption") and not body.get("derived"):
            raise Refusal(400, "convergent encryption requires derivation to be enabled")
        if body.get("type", "aes256-gcm96") not in AEAD_TYPES + ("rsa-2048", "ecdsa-p256", "hmac"):
            raise Refusal(400, f"unknown key type {body['type']}")
        key = mount["keys"][name] = Key(name, body)
    done(handler, state, key)


def change(handler, state, mount, name, operation, body):
    key = mount["keys"].get(name)
    if key is None:
        raise Refusal(400, "key not found" if operation == "rotate" else f"no existing key named {name} could be found")
    if operation == "rotate":
        key.rotate()
        return done(handler, state, key)
    if operation == "config":
        warnings = key.configure(body)
        return handler.success(key.describe(state.modern), warnings=warnings) if state.modern or warnings else handler.reply(204, None)
    if operation == "trim":
        key.trim(int(body.get("min_available_version", 0)))
        return done(handler, state, key)
    raise Refusal(404, "unsupported path", wrapped=True)


def crypt(handler, state, token, path, mount, operation, name, body):
    key = mount["keys"].get(name)
    if operation == "encrypt":
        # A missing key is made by a token that may create; others are refused as if the policy said no.
        if key is None:
            state.policies.check(token, path, "create")
            has_context = "context" in body or any("context" in item for item in body.get("batch_input") or [])
            key = mount["keys"][name] = Key(name, {"derived": has_context, "convergent_encryption": body.get("convergent_encryption")})
        else:
            state.policies.check(token, path, "update")
    else:
        state.policies.check(token, path, "update", "create")
        if key is None:
            raise Refusal(400, "encryption key not found")
    if "batch_input" in body:
        return batch(handler, state, path, key, operation, body["batch_input"])
    try:
        data = one(state, key, operation, body)
    except aead.Tampered:
        text = "cipher: message authentication failed"
        raise Refusal(400, text) if state.modern else Refusal(500, text, wrapped=True)
    handler.success(data, warnings=unknown(state, body))


def unknown(state, body):
    known = {"plaintext", "ciphertext", "context", "key_version", "batch_input", "nonce", "associated_data", "type",
             "convergent_encryption", "partial_failure_response_code"}
    strange = sorted(set(body) - known)
    return [f"Endpoint ignored these unrecognized parameters: [{' '.join(strange)}]"] if state.modern and strange else None


def batch(handler, state, path, key, operation, items):
    if not isinstance(items, list) or any(not isinstance(item, dict) for item in items):
        raise Refusal(500, "failed to parse batch input", wrapped=True)
    if not items:
        raise Refusal(400, "missing batch input to process")
    if len({bool(item.get("context")) for item in items}) > 1:
        raise Refusal(400, "context should be set either in all the request blocks or in none")
    if state.modern and operation != "rewrap":
        field = "plaintext" if operation == "encrypt" else "ciphertext"
        if any(field not in item for item in items):
            raise Refusal(500, f"1 error occurred: '[0].{field}' missing {field} to {operation}")
    results, failed = [], False
    for item in items:
        try:
            result = one(state, key, operation, {"plaintext": "", **item} if operation == "encrypt" else item)
        except aead.Tampered:
            if not state.modern and operation == "decrypt":
                raise Refusal(500, "cipher: message authentication failed", wrapped=True)
            result, failed = {"error": "cipher: message authentication failed"}, True
        except Refusal as refusal:
            result, failed = {"error": refusal.texts[0]}, True
        if operation == "decrypt" and "error" in result:
            result["plaintext"] = ""
        if state.modern:
            result["reference"] = item.get("reference", "")
        results.append(result)
    if len(results) > 1:
        if fault := state.take_fault(path, "item"):
            results[-1] = {"error": fault["text"], **({"reference": results[-1]["reference"]} if state.modern else {})}
            failed = True
        if state.take_fault(path, "partial"):
            results.pop()
        if state.take_fault(path, "reorder"):
            results[0], results[1] = results[1], results[0]
    handler.success({"batch_results": results}, status=400 if failed and state.modern and operation != "rewrap" else 200)


def one(state, key, operation, body):
    if operation == "encrypt" and "plaintext" not in body:
        raise Refusal(400, "missing plaintext to encrypt")
    context = decode(body.get("context"))
    if key.derived and not context:
        raise Refusal(400, NO_CONTEXT)
    aad = decode(body.get("associated_data")) if state.modern and operation != "rewrap" else b""
    version = int(body.get("key_version") or 0)
    if operation == "encrypt":
        return key.encrypt(decode(body["plaintext"]), context, aad, version)
    if not body.get("ciphertext"):
        raise Refusal(400, "missing ciphertext to decrypt")
    plaintext = key.decrypt(body["ciphertext"], context, aad)
    if operation == "decrypt":
        return {"plaintext": base64.b64encode(plaintext).decode()}
    return key.encrypt(plaintext, context, b"", version)
