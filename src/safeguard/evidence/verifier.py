"""The two verifiers as files that anybody may fetch: one page for a browser, one program for Python.

The same bytes for every release, so that their hashes can be published in more places than one.
"""

import io
import re
import zipfile
from functools import lru_cache
from hashlib import sha256
from html import unescape
from typing import Final

from safeguard import paths
from safeguard.errors import Unavailable

PAGE: Final = "verify.html"
POLICY: Final = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">')
PROGRAM: Final = "safeguard-verify.pyz"
ROOM: Final = "safeguard/evidence/verifying"
WITH_LIBRARIES: Final = "command.py"
"""The one file that the service's own command needs and the program does not."""
START: Final = """\
import sys

CANNOT = "CANNOT CHECK: this needs Python 3.11 or later, and this is Python %s.%s. This says nothing about the pack."
BROKEN = "CANNOT CHECK: this program is not whole (%s). Fetch it again. This says nothing about the pack."

if sys.version_info < (3, 11):
    print(CANNOT % sys.version_info[:2])
    sys.exit(2)
try:
    from safeguard.evidence.verifying.program import main
except ImportError as missing:
    print(BROKEN % missing)
    sys.exit(2)
sys.exit(main())
"""
BEGINNING: Final = (1980, 1, 1, 0, 0, 0)


@lru_cache(maxsize=1)
def page() -> bytes:
    """verify.html; raises `Unavailable` when the assets were never built."""
    try:
        return (paths.ASSETS / PAGE).read_bytes()
    except FileNotFoundError as fault:
        raise Unavailable("verify.html is missing. Build the assets: npm ci && npm run build in assets/.") from fault


def policy() -> str:
    """What the page says of itself that may run in it: nothing but its own script and style, by their hashes.

    In a header it also says that nobody frames it, which a page itself cannot.
    """
    said = POLICY.search(page().decode())
    if said is None:
        raise Unavailable("verify.html does not say what may run in it. Build the assets again.")
    return f"{unescape(said[1])}; frame-ancestors 'none'"


@lru_cache(maxsize=1)
def program() -> bytes:
    """The command's own code and nothing else, for `python safeguard-verify.pyz PACK.zip`.

    It needs Python and no package; where cryptography is installed, that verifies the signatures.
    """
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for folder in ("safeguard", "safeguard/evidence"):
            archive.writestr(zipfile.ZipInfo(f"{folder}/__init__.py", BEGINNING), "")
        for file in sorted((paths.PACKAGE / "evidence" / "verifying").glob("*.py")):
            if file.name == WITH_LIBRARIES:
                continue
            archive.writestr(zipfile.ZipInfo(f"{ROOM}/{file.name}", BEGINNING), file.read_bytes())
        archive.writestr(zipfile.ZipInfo("__main__.py", BEGINNING), START)
    return whole.getvalue()


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return sha256(content).hexdigest()
