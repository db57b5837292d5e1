"""FORMAT sections 1 to 4: contexts, lists, destinations, injections."""


def u8(n): return n.to_bytes(1, "big")
def u16(n): return n.to_bytes(2, "big")
def u32(n): return n.to_bytes(4, "big")
def u64(n): return n.to_bytes(8, "big")


KEY_FIELDS = "01 02 03 04 05 06"
SLOT_FIELDS = "01 0a 0b 0c 0d"

# Labels and tags exactly as the tables of FORMAT list them.
CONTEXTS = {
    "account-key": "01 10 11",
    "slot-list": "01 1a 22",
    "change": "01 1a 2a 2d",
    "login": "01 0a 1f 20 21",
    "writer": "01 18 1a 25 26 27 28 2b 2c",
    "recovery": "01 0a",
    "slot-key": SLOT_FIELDS,
    "slot-login": SLOT_FIELDS,
    "slot-private": SLOT_FIELDS + " 0e",
    "identity-seal": "01 0a 0e 0f",
    "account-key-seal": "01 0a 0e 10 11",
    "slot-record": "0e 10 11 23 40 41 42",
    "slot": SLOT_FIELDS,
    "key-ciphertext": KEY_FIELDS,
    "dek-commitment": KEY_FIELDS,
    "dek-seal": KEY_FIELDS + " 07 08 09",
    "key-version": KEY_FIELDS + " 1a 1b 1c 1d 1e",
    "session-verifier": "01",
    "session-aead": "01",
    "session-x25519": "01",
    "policy": "13 30 31 32 33 34 35 36 37 38 39",
    "session": "01 12 13 14 15 16 17 18 19 1a",
    "session-entry": KEY_FIELDS + " 12 18 19",
    "store-secret": "59 5a",
    "audit": "01 50 51 52 53 54 55 56 57",
}


def label(name):
    return f"tacit/{name}/v1".encode()


def info(name):
    """What HPKE takes as info: the label with its length."""
    return u8(len(label(name))) + label(name)


def field(tag, value):
    return u8(tag) + u32(len(value)) + value


def context(name, fields):
    """A context from a mapping of tag to value that may hold more than this context needs."""
    tags = [int(tag, 16) for tag in CONTEXTS[name].split()]
    return info(name) + b"".join(field(tag, fields[tag]) for tag in tags)


def items(values):
    """A list inside a value, ascending by bytes."""
    values = sorted(v if isinstance(v, bytes) else v.encode() for v in values)
    return u16(len(values)) + b"".join(u16(len(v)) + v for v in values)


def destination(scheme, flags, port, host, base="", allowed=(), denied=()):
    return (u8(scheme) + u8(flags) + u16(port) + u16(len(host)) + host.encode() + u16(len(base)) + base.encode()
            + items(allowed) + items(denied))


def header(name, before, after=""):
    return u8(1) + u8(len(name)) + name.encode() + u16(len(before)) + before.encode() + u16(len(after)) + after.encode()


def query(name):
    return u8(2) + u8(len(name)) + name.encode()


def basic(user):
    return u8(3) + u16(len(user)) + user.encode()
