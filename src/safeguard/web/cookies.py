"""The two cookies: a session's, and before there is one, a visitor's.

`__Host-`, Secure, HttpOnly, SameSite=Lax, without an expiry: they end with the browser, and the server ends them
sooner. Browsers take them on http://localhost as well, which counts as a secure context.
"""

from hashlib import sha256

from litestar.datastructures import Cookie

from safeguard import clock
from safeguard.web import keys
from safeguard.web.keys import Tampered

SESSION = "__Host-session"
VISITOR = "__Host-visitor"

KNOWN = "visitor"
MARK = 12
"""Bytes: what is made up at random meets it never."""

CLEAR_SITE_DATA = '"cache", "storage"'
"""What a browser forgets at sign-out, so that the back button shows nothing. Cookies are taken back one by one: that
of a known device stays, with which its owner gets in while somebody else guesses their password."""


def session_cookie(token: str) -> Cookie:
    """The cookie of a session that has just begun."""
    return _cookie(SESSION, token)


def no_session_cookie() -> Cookie:
    """What takes the session's cookie away."""
    return _cookie(SESSION, "", max_age=0)


def visitor_cookie(token: str) -> Cookie:
    """The cookie that a public form's token is bound to."""
    return _cookie(VISITOR, token)


def new_visitor() -> str:
    """A visitor that nobody else is, with the mark by which we know that we made it."""
    token = clock.new_token()
    return f"{token}.{keys.encode(keys.current().tag(KNOWN, token.encode())[:MARK])}"


def is_ours(visitor: str) -> bool:
    """Whether we made this visitor's cookie: whoever makes up their own is nobody whom we count apart."""
    token, _, mark = visitor.partition(".")
    try:
        return keys.current().is_tag(KNOWN, token.encode(), keys.decode(mark), MARK)
    except (Tampered, UnicodeEncodeError):
        return False


def visitor_in(header: str) -> str:
    """The visitor's cookie in a header of cookies; empty where there is none."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return next((value for name, _, value in pairs if name == VISITOR), "")


def hash_of(token: str) -> bytes:
    """How a session's token is known to the database."""
    return sha256(token.encode()).digest()


def _cookie(name: str, value: str, max_age: int | None = None) -> Cookie:
    return Cookie(key=name, value=value, path="/", secure=True, httponly=True, samesite="lax", max_age=max_age)
