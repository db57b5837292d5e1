"""Every context, and the ways in which context bytes can be wrong."""
from .encoding import CONTEXTS, basic, context, destination, field, header, info, items, query, u16, u32, u64, u8
from .fixture import ACCOUNT_ID, ALL, DESTINATION, KEY_ID


def contexts(files):
    for name in CONTEXTS:
        files.add(f"context-{name}", "success", label=f"tacit/{name}/v1", context=context(name, ALL))


def bad_contexts(files):
    def bad(case, data, name="account-key"):
        files.add(f"context-bad-{case}", "failure malformed", label=f"tacit/{name}/v1", context=data)

    good = context("account-key", ALL)
    first, second, third = field(1, ALL[1]), field(0x10, ALL[0x10]), field(0x11, ALL[0x11])
    start = info("account-key")
    bad("empty", b"")
    bad("truncated", good[:-1])
    bad("trailing-byte", good + b"\0")
    bad("other-label", info("account-kez") + good[len(start):])
    bad("label-of-another-context", info("slot-list") + good[len(start):])
    bad("label-length-too-short", u8(19) + good[1:])
    bad("label-length-too-long", u8(21) + good[1:])
    bad("label-only", start)
    bad("tags-out-of-order", start + second + first + third)
    bad("tag-twice", start + first + first + second + third)
    bad("tag-missing", start + first + third)
    bad("tag-last-missing", start + first + second)
    bad("tag-of-another-context", start + first + field(0x02, KEY_ID) + second + third)
    bad("tag-unknown", start + first + second + field(0x24, b"") + third)
    bad("length-beyond-the-end", start + u8(1) + b"\xff\xff\xff\xff" + ACCOUNT_ID + second + third)
    bad("length-one-too-long", start + u8(1) + u32(17) + ACCOUNT_ID + second + third)
    bad("id-too-short", start + field(1, ACCOUNT_ID[:15]) + second + third)
    bad("id-too-long", start + field(1, ACCOUNT_ID + b"\0") + second + third)
    bad("epoch-zero", start + first + field(0x10, u32(0)) + third)
    bad("epoch-eight-bytes", start + first + field(0x10, u64(1)) + third)

    def bad_field(case, name, tag, value):
        bad(case, context(name, {**ALL, tag: value}), name)

    key = "key-ciphertext"
    bad_field("version-zero", key, 3, u32(0))
    bad_field("alias-empty", key, 4, b"")
    bad_field("alias-upper-case", key, 4, b"OpenAI")
    bad_field("alias-33-characters", key, 4, b"a" * 33)
    bad_field("alias-not-ascii", key, 4, "öpenai".encode())
    bad_field("destination-empty", key, 5, b"")
    bad_field("injection-empty", key, 6, b"")
    bad_field("recipient-kind-unknown", "dek-seal", 7, u8(3))
    bad_field("recipient-key-short", "dek-seal", 9, bytes(31))
    bad_field("slot-kind-unknown", "slot", 0x0b, u8(6))
    bad_field("slot-costs-two-lanes", "slot", 0x0d, u32(65_536) + u32(3) + u32(2))
    bad_field("slot-costs-8-bytes", "slot", 0x0d, u32(65_536) + u32(3))
    bad_field("key-ids-none", "session", 0x16, b"")
    bad_field("key-ids-twice", "session", 0x16, KEY_ID + KEY_ID)
    bad_field("key-ids-descending", "session", 0x16, bytes([2] * 16) + bytes([1] * 16))
    bad_field("key-ids-257", "session", 0x16, b"".join(i.to_bytes(16, "big") for i in range(257)))
    bad_field("session-kind-unknown", "session", 0x13, u8(3))
    bad_field("signer-kind-unknown", "key-version", 0x1e, u8(3) + bytes(32))
    bad_field("slot-entries-none", "slot-list", 0x22, b"")
    bad_field("slot-entries-twice", "slot-list", 0x22, ALL[0x22] * 2)
    bad_field("name-empty", "writer", 0x25, b"")
    bad_field("name-65-bytes", "writer", 0x25, b"n" * 65)
    bad_field("name-not-utf-8", "writer", 0x25, b"\xff")
    bad_field("rights-unknown", "writer", 0x26, u8(16))
    bad_field("aliases-descending", "writer", 0x27, u16(2) + u16(1) + b"b" + u16(1) + b"a")
    bad_field("aliases-twice", "writer", 0x27, u16(2) + u16(1) + b"a" + u16(1) + b"a")
    bad_field("aliases-trailing-byte", "writer", 0x27, items(["a"]) + b"\0")
    bad_field("aliases-count-too-high", "writer", 0x27, u16(2) + u16(1) + b"a")
    bad_field("upgrade-two", "policy", 0x38, u8(2))
    bad_field("audit-sequence-zero", "audit", 0x50, u64(0))
    bad_field("audit-actor-1025-bytes", "audit", 0x53, b"a" * 1025)
    bad_field("origin-empty", "login", 0x1f, b"")
    bad_field("encrypted-slot-key-59", "slot-record", 0x40, bytes(59))
    bad_field("sealed-identity-81", "slot-record", 0x41, bytes(81))


def destinations(files):
    def good(case, url, private, plaintext, allowed, denied, data):
        files.add(f"destination-{case}", "success", url=url, private=private, plaintext=plaintext,
                  allowed=" ".join(allowed), denied=" ".join(denied), destination=data)

    def bad(case, data):
        files.add(f"destination-bad-{case}", "failure malformed", destination=data)

    good("https", "https://api.openai.com/v1", 0, 0, [], ["/organization"], DESTINATION)
    good("root", "https://api.example.com", 0, 0, [], [], destination(1, 0, 443, "api.example.com"))
    good("port", "https://api.example.com:8443", 0, 0, [], [], destination(1, 0, 8443, "api.example.com"))
    good("plaintext-ipv4", "http://127.0.0.1:8080/x", 1, 1, ["/a", "/b/c"], [],
         destination(2, 3, 8080, "127.0.0.1", "/x", ["/a", "/b/c"]))
    good("ipv6", "https://[2001:db8::1]", 1, 0, [], [], destination(1, 1, 443, "2001:db8::1"))
    good("plaintext-allowed-on-https", "https://a.example", 0, 1, [], [], destination(1, 2, 443, "a.example"))
    bad("scheme", destination(3, 2, 443, "a.example"))
    bad("flag", destination(1, 4, 443, "a.example"))
    bad("http-without-flag", destination(2, 0, 80, "a.example"))
    bad("port-zero", destination(1, 0, 0, "a.example"))
    bad("host-empty", destination(1, 0, 443, ""))
    bad("host-upper-case", destination(1, 0, 443, "A.example"))
    bad("host-trailing-dot", destination(1, 0, 443, "a.example."))
    bad("host-not-ascii", destination(1, 0, 443, "a\u212a.example".encode().decode("latin-1")))
    bad("host-short-ipv4", destination(1, 0, 443, "127.1"))
    bad("host-bracketed", destination(1, 0, 443, "[2001:db8::1]"))
    bad("host-long-ipv6", destination(1, 0, 443, "2001:db8:0:0:0:0:0:1"))
    bad("host-with-user", destination(1, 0, 443, "u@a.example"))
    bad("base-trailing-slash", destination(1, 0, 443, "a.example", "/v1/"))
    bad("base-dots", destination(1, 0, 443, "a.example", "/v1/../x"))
    bad("base-encoded-slash", destination(1, 0, 443, "a.example", "/v1%2Fx"))
    bad("base-relative", destination(1, 0, 443, "a.example", "v1"))
    bad("prefixes-descending", destination(1, 0, 443, "a.example")[:-4] + u16(2) + u16(2) + b"/b" + u16(2) + b"/a" + u16(0))
    bad("prefixes-twice", destination(1, 0, 443, "a.example")[:-4] + u16(2) + u16(2) + b"/a" + u16(2) + b"/a" + u16(0))
    bad("prefix-root", destination(1, 0, 443, "a.example", "", ["/"]))
    bad("trailing-byte", destination(1, 0, 443, "a.example") + b"\0")
    bad("truncated", destination(1, 0, 443, "a.example")[:-1])


def injections(files):
    def good(case, data, **fields):
        files.add(f"injection-{case}", "success", **fields, injection=data)

    def bad(case, data):
        files.add(f"injection-bad-{case}", "failure malformed", injection=data)

    good("bearer", header("authorization", "Bearer "), kind="header", name="authorization", prefix="Bearer ".encode(), suffix=b"")
    good("header", header("x-api-key", ""), kind="header", name="x-api-key", prefix=b"", suffix=b"")
    good("suffix", header("x-key", "a ", " b"), kind="header", name="x-key", prefix=b"a ", suffix=b" b")
    good("query", query("key"), kind="query", name="key")
    good("basic", basic("api"), kind="basic", user=b"api")
    good("basic-no-user", basic(""), kind="basic", user=b"")
    bad("kind-zero", u8(0))
    bad("kind-unknown", u8(4) + u8(1) + b"x")
    bad("name-upper-case", header("X-Api-Key", ""))
    bad("name-empty", header("", ""))
    bad("name-not-a-token", header("x api", ""))
    bad("host", header("host", ""))
    bad("content-length", header("content-length", ""))
    bad("line-break", header("x-key", "a\r\nb: "))
    bad("basic-colon", basic("a:b"))
    bad("query-encoded", query("k%65y"))
    bad("trailing-byte", query("key") + b"\0")
    bad("truncated", header("x-key", "Bearer ")[:-1])


def make(files):
    contexts(files)
    bad_contexts(files)
    destinations(files)
    injections(files)
