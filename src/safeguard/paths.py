"""Where the files that are not Python lie.

In a checkout they are folders of the repository, which is where people edit them.
In the wheel the same folders lie under `safeguard/_bundled`. Nothing else in the code needs to know which.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_BUNDLED = PACKAGE / "_bundled"

ROOT = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent.parent
"""The repository, or what the wheel carries of it."""

TENANTS = ROOT / "tenants"
MIGRATIONS = ROOT / "migrations"
TEMPLATES = ROOT / "templates"
LOCALES = ROOT / "locales"

ASSETS = PACKAGE / "_assets"
"""Built style sheets, scripts and fonts: made by `assets/`, never committed, carried by the wheel."""
