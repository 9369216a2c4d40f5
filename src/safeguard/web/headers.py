"""What every answer says to the browser about how far to trust it (OWASP ASVS 5.0 §3.4)."""

import re

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
"""For files that somebody brought: stricter still."""

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

NO_STORE = (b"cache-control", b"no-store")
"""Pages about children stay in no cache; only built assets, whose address holds their hash, say otherwise."""

KEPT_FOR_GOOD = b"/assets/"


_NARROWER = re.compile(
    r"default-src 'none'(?:; (?:script|style)-src(?: 'sha256-[A-Za-z0-9+/]{43}=')+)*"
    r"; base-uri 'none'; form-action 'none'(?:; frame-ancestors 'none')?"
)
"""A page of one file may name its own script and style by their hashes: nothing else runs in it."""


def add(message: HTTPResponseStartEvent, path: str) -> None:
    """Put the headers on the start of an answer; a handler cannot weaken them."""
    ours = {name for name, _ in ALWAYS} | {NO_STORE[0]}
    sent = [(name.lower(), value) for name, value in message.get("headers", [])]
    lasting = path.encode().startswith(KEPT_FOR_GOOD) and message["status"] == 200
    kept = [pair for pair in sent if pair[0] not in ours or (lasting and pair[0] == NO_STORE[0])]
    narrower = next((value for name, value in sent if name == CSP and _is_narrower(value.decode("latin-1"))), None)
    always = [(CSP, narrower) if narrower and name == CSP else (name, value) for name, value in ALWAYS]
    message["headers"] = [*kept, *always] if lasting else [*kept, *always, NO_STORE]


def _is_narrower(policy: str) -> bool:
    """Whether an answer may carry this policy instead of ours."""
    return policy == SANDBOX or _NARROWER.fullmatch(policy) is not None
