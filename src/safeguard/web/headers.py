"""What every answer says to the browser about how far to trust it (OWASP ASVS 5.0 §3.4)."""

from litestar.types import HTTPResponseStartEvent

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""For files that somebody brought: stricter still, and the one other policy that an answer may carry."""

PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-security-policy", POLICY.encode()),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", PERMISSIONS.encode()),
)

CSP = b"content-security-policy"
SANDBOXED = tuple((name, SANDBOX.encode() if name == CSP else value) for name, value in ALWAYS)

NO_STORE = (b"cache-control", b"no-store")
"""Pages about children stay in no cache; only built assets, whose address holds their hash, say otherwise."""

KEPT_FOR_GOOD = b"/assets/"


def add(message: HTTPResponseStartEvent, path: str) -> None:
    """Put the headers on the start of an answer; a handler cannot weaken them."""
    ours = {name for name, _ in ALWAYS} | {NO_STORE[0]}
    sent = [(name.lower(), value) for name, value in message.get("headers", [])]
    lasting = path.encode().startswith(KEPT_FOR_GOOD) and message["status"] == 200
    kept = [pair for pair in sent if pair[0] not in ours or (lasting and pair[0] == NO_STORE[0])]
    always = SANDBOXED if (CSP, SANDBOX.encode()) in sent else ALWAYS
    message["headers"] = [*kept, *always] if lasting else [*kept, *always, NO_STORE]
