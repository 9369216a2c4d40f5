"""Why the embedded database cannot run, in sentences for whoever sits at the terminal."""

from typing import ClassVar

from safeguard.errors import Unavailable


class CannotStart(Unavailable):
    """PostgreSQL did not come up, or the place for its data will not do."""

    code: ClassVar[str] = "database-cannot-start"
    title: ClassVar[str] = "The database cannot start"


class InUse(CannotStart):
    """Another process looks after this data directory already."""

    code: ClassVar[str] = "data-directory-in-use"


class OtherVersion(CannotStart):
    """The data directory was written by another major version of PostgreSQL, which cannot be read by this one."""

    code: ClassVar[str] = "data-directory-of-another-version"
