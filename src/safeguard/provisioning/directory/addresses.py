"""Where a directory finds us."""

from typing import Final

BASE: Final = "/scim/v2"
