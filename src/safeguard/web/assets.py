"""Style, script and fonts, built by `assets/` and held in memory, each with its compressed form.

One folder named by the hash of its contents: `/assets/<hash>/app.css` never changes, so browsers keep it for good.
An address with another hash is 404 rather than the wrong version.
"""

import gzip
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Response

from safeguard.access.policy import PUBLIC
from safeguard.errors import NotFound
from safeguard.paths import ASSETS

FOR_GOOD = "public, max-age=31536000, immutable"
TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
PLAIN_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#fff" stroke="#505a5f" stroke-width="2" '
    b'd="M7 3h12l6 6v20H7z"/><path fill="none" stroke="#505a5f" stroke-width="2" '
    b'd="M19 3v6h6M11 15h10M11 20h10"/></svg>'
)
"""A sheet of paper."""
COMPRESSED_ALREADY = frozenset({".woff2", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: its bytes, the same gzipped where that helps, and its media type."""

    body: bytes
    gzipped: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """Everything in the built folder."""

    hash: str
    files: dict[str, Asset]

    def address(self, name: str) -> str:
        """Where pages load this file from. An unknown name is a fault in a template, so it raises KeyError."""
        if name not in self.files:
            raise KeyError(f"There is no asset {name!r}; it should be in assets/")
        return f"/assets/{self.hash}/{name}"


def read_asset(path: Path) -> Asset:
    """The file with its compressed form, the same bytes each time."""
    body = path.read_bytes()
    squeezed = None if path.suffix in COMPRESSED_ALREADY else gzip.compress(body, 9, mtime=0)
    return Asset(body, squeezed, TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain")


def load_assets(folder: Path = ASSETS) -> Assets:
    """What the last build wrote."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise FileNotFoundError(f"{manifest} is missing: run ./safeguard up, or npm ci && npm run build in assets/")
    built = json.loads(manifest.read_text())
    files = {name: read_asset(folder / built["hash"] / name) for name in built["files"]}
    return Assets(built["hash"], files)


class _Loaded:
    """The assets of this process, read once, at the first page."""

    assets: Assets | None = None


def current() -> Assets:
    """The assets that this process serves and names in its pages."""
    if _Loaded.assets is None:
        _Loaded.assets = load_assets()
    return _Loaded.assets


@get("/assets/{folder:str}/{name:str}", permission=PUBLIC, sync_to_thread=False)
def show_asset(request: Request[Any, Any, Any], folder: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One file, for good."""
    assets = current()
    asset = assets.files.get(name)
    if asset is None or folder != assets.hash:
        raise NotFound
    headers = {"Cache-Control": FOR_GOOD, "Vary": "Accept-Encoding"}
    if asset.gzipped is None or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(asset.body, media_type=asset.media_type, headers=headers)
    return Response(asset.gzipped, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


@get("/favicon.ico", permission=PUBLIC, sync_to_thread=False)
def show_icon() -> Response[bytes]:
    """A mark that says nothing: for pages that name no icon of their own, so that a tab gives nobody away.

    Browsers ask for it by themselves, also on the page where a child reports. Pages of those who are signed in name
    our own mark.
    """
    return Response(PLAIN_ICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


ROUTES = [show_asset, show_icon]
