"""`safeguard test`: the whole suite, with a Chromium for the tests that look at pages.

A missing browser is installed rather than its tests left out: a suite that quietly tests less is not the suite.
The whole suite runs in several processes, each with a database, a service and a browser of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import click

from safeguard import paths

MOST_AT_ONCE: Final = 4  # each takes about a gigabyte
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OWN = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the tests; ARGUMENTS go to pytest, for example `-k pack` or `tests/incidents`.

    The browser is SAFEGUARD_CHROMIUM, else one on the PATH, else Playwright's own, else one is installed.
    """
    if not (paths.ROOT / "tests").is_dir():
        raise click.ClickException("The tests are in the source checkout, and this is an installed Safeguard.")
    browser = chromium()
    os.chdir(paths.ROOT)
    os.execve(sys.executable, [sys.executable, "-P", "-m", "pytest", *(arguments or at_once())], environment(browser))


def environment(browser: Path) -> dict[str, str]:
    """Ours with the browser named; without the wish to keep no bytecode, as the tests start the service many times."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"SAFEGUARD_CHROMIUM": str(browser)}


def at_once() -> tuple[str, ...]:
    """What makes pytest use the cores of this machine; named tests run in one process, where their output is read.

    Two more than there are cores: most tests wait now and then, for a page, a service that starts, or the database.
    """
    return ("-n", str(min((os.cpu_count() or 1) + 2, MOST_AT_ONCE)), "--dist", "worksteal")


def chromium() -> Path:
    """A Chromium that starts, installed now if there was none; says which and why."""
    named = os.environ.get("SAFEGUARD_CHROMIUM")
    if named:
        return _checked(Path(named), "named by SAFEGUARD_CHROMIUM")
    found = _on_path() or _own()
    if found:
        click.echo(f"Browser for the tests: {found}", err=True)
        return found
    return _checked(_install(), "just installed")


def _checked(browser: Path, how: str) -> Path:
    if not _starts(browser):
        raise click.ClickException(f"The browser {browser}, {how}, does not start.")
    click.echo(f"Browser for the tests: {browser} ({how})", err=True)
    return browser


def _on_path() -> Path | None:
    """The first that starts: on Ubuntu `chromium-browser` can be a note that says to use snap."""
    found = (shutil.which(name) for name in NAMES)
    return next((Path(path) for path in found if path and _starts(Path(path))), None)


def _own() -> Path | None:
    """The one that Playwright keeps in the user's cache, when it is there."""
    answer = subprocess.run([sys.executable, "-c", OWN], capture_output=True, text=True, check=False)
    path = Path(answer.stdout.strip() or "/nonexistent")
    return path if _starts(path) else None


def _starts(browser: Path) -> bool:
    """True when it can at least say its version."""
    try:
        answer = subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _install() -> Path:
    """Debian's package as root, and Playwright's download everywhere else."""
    if _debian_as_root():
        click.echo("No Chromium found. Installing Debian's package: apt-get install chromium", err=True)
        _run("apt-get", "update", "-q")
        _run("apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium")
        return _on_path() or _missing()
    click.echo("No Chromium found. Fetching Playwright's into this user's cache: playwright install chromium", err=True)
    libraries = ["--with-deps"] if os.geteuid() == 0 and shutil.which("apt-get") else []
    _run(sys.executable, "-m", "playwright", "install", *libraries, "chromium")
    return _own() or _missing()


def _debian_as_root() -> bool:
    """Ubuntu is left out: its package of that name is an empty one which points to snap."""
    release = Path("/etc/os-release")
    debian = release.is_file() and "ID=debian" in release.read_text().splitlines()
    return debian and os.geteuid() == 0 and shutil.which("apt-get") is not None


def _run(*command: str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if subprocess.run(command, env=environment, stdout=sys.stderr, check=False).returncode:
        raise click.ClickException(f"This failed: {' '.join(command)}\nInstall a Chromium, or set SAFEGUARD_CHROMIUM.")


def _missing() -> Path:
    raise click.ClickException("The browser was installed but does not start. Set SAFEGUARD_CHROMIUM to one that does.")
