"""Whether this deployment has a virus scanner and where, for pages that say what a file waits for, or ask it."""

_url: str | None = None


def use(url: str | None) -> None:
    """Say where the scanner of this deployment is."""
    global _url  # noqa: PLW0603  one deployment per process
    _url = url


def is_set() -> bool:
    """Whether there is one, as far as the settings say."""
    return bool(_url)


def url() -> str | None:
    """Where it is."""
    return _url
