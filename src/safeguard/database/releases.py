"""Which releases of PostgreSQL keep organisations apart. Asked when roles are made, and again at every start."""

from typing import Final

SAFE: Final = {16: (160015, "16.15"), 17: (170011, "17.11"), 18: (180006, "18.6")}
"""The first release of each major version without the row-security vulnerabilities of 2026."""


def find_problem(number: int) -> str | None:
    """What is wrong with a server, by its `server_version_num`; None when it has the fixes."""
    major = number // 10000
    found = f"{major}.{number % 10000}"
    if major < min(SAFE):
        return f"This is PostgreSQL {found}, and Safeguard needs PostgreSQL 16 or newer."
    least, name = SAFE.get(major, (0, ""))
    if number >= least:
        return None
    return (
        f"This is PostgreSQL {found}, in which one organisation's rows can be shown to another "
        f"(security fixes of 2026). Update it to {name} or newer."
    )
