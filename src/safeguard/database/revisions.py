"""Which revision of the database this release expects, told without loading what migrates, as it is often asked for."""

from functools import cache

from safeguard import paths


@cache
def head() -> str:
    """The latest migration's name. They stand in one row, and their files sort as they follow each other."""
    return max(file.stem for file in (paths.MIGRATIONS / "versions").glob("[0-9]*.py"))
