"""What to do next on a service in which no organisation is set up yet: said once `up` is ready."""

import shlex
from pathlib import Path

import psycopg

from safeguard.settings import Settings

ANYBODY = "select exists (select from organisations)"


def is_empty(owner_url: str) -> bool:
    """Whether nobody has set up an organisation here."""
    with psycopg.connect(owner_url, connect_timeout=10) as connection:
        return connection.execute(ANYBODY).fetchone() == (False,)


def beginning(place: Settings, here: Path | None = None) -> str:
    """The two ways to begin, ready to be copied into another terminal."""
    root = here or Path.cwd()
    program = "./safeguard" if (root / "safeguard").is_file() else "safeguard"
    data = "" if place.data == root / ".data" else f" --data {shlex.quote(str(place.data))}"
    return (
        "Nobody is set up here yet. In another terminal, the first organisation and its lead:\n\n"
        f'  {program} organisation create --kind school --name "Alder School" --slug alder '
        f"--lead-email you@example.org{data}\n\n"
        f"or look around with invented people:\n\n  {program} demo{data}\n"
    )
