"""The script at the root of the repository, run on a copy of its own with locks that name no package."""

import ast
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from safeguard import paths

SCRIPT = paths.ROOT / "safeguard"
COMMAND_LINE = "import sys; print('handed over:', *sys.argv[1:])\n"
BUILD = "const fs = require('fs'); fs.mkdirSync('../src/safeguard/_assets', {recursive: true});"
BUILD += "fs.appendFileSync('../src/safeguard/_assets/built', 'x')"


@dataclass(frozen=True)
class Started:
    """A checkout in which one command was run: what that printed and said, and how often it built the assets."""

    root: Path
    printed: str
    said: str
    builds: int


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A tiny project in the shape of ours."""
    return make_checkout(tmp_path / "a checkout")


@pytest.fixture(scope="module")
def upped(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """One that was started for the first time. An environment of its own takes longer than all that is asked of it."""
    return started(tmp_path_factory.mktemp("upped") / "a checkout", "up", "--demo")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Started:
    """One in which a pack was checked, and nothing else."""
    return started(tmp_path_factory.mktemp("checked") / "a checkout", "verify", "pack.zip")


def started(root: Path, *arguments: str) -> Started:
    """A new checkout, in which this was run."""
    printed, said = run(make_checkout(root), *arguments)
    return Started(root, printed, said, built(root))


def make_checkout(root: Path) -> Path:
    """The files of a tiny project."""
    write(root / "locks" / "runtime.txt", "")
    write(root / "locks" / "test.txt", "")
    write(root / "src" / "safeguard" / "cli" / "__main__.py", COMMAND_LINE)
    write(root / "assets" / "package.json", '{"name": "a", "version": "1.0.0", "scripts": {"build": "node build.js"}}')
    write(root / "assets" / "package-lock.json", '{"name": "a", "lockfileVersion": 3, "packages": {}}')
    write(root / "assets" / "build.js", BUILD)
    shutil.copy(SCRIPT, root / "safeguard")
    return root


def write(file: Path, text: str) -> None:
    """A file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    """The script with an empty home and no environment but the PATH."""
    home = root / "home"
    home.mkdir(exist_ok=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"]}
    command = [root / "safeguard", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, cwd=root.parent, stdout=pipe, stderr=pipe, text=True)


def run(root: Path, *arguments: str) -> tuple[str, str]:
    """Run it to its end: what it printed, and what it said."""
    process = start(root, *arguments)
    printed, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    return printed, said


def built(root: Path) -> int:
    """How often the web assets were built."""
    file = root / "src" / "safeguard" / "_assets" / "built"
    return len(file.read_text()) if file.exists() else 0


def test_the_first_start_prepares_and_the_second_says_nothing(upped: Started) -> None:
    assert upped.printed == "handed over: up --demo\n"
    assert "Installing Python packages" in upped.said
    assert "Building the web assets" in upped.said
    assert upped.builds == 1
    before = built(upped.root)
    assert run(upped.root, "up", "--demo") == (upped.printed, "")
    assert built(upped.root) == before


def test_checking_a_pack_builds_no_assets(checked: Started) -> None:
    assert checked.printed == "handed over: verify pack.zip\n"
    assert checked.builds == 0


def test_a_change_of_the_assets_or_of_the_lock_is_noticed(upped: Started) -> None:
    root, before = upped.root, built(upped.root)
    write(root / "assets" / "app.scss", "a { color: red }")
    _, said = run(root, "up")
    assert "Building" in said
    assert "Installing" not in said
    write(root / "locks" / "runtime.txt", "# another\n")
    _, said = run(root, "up")
    assert "Installing" in said
    assert built(root) == before + 1


def test_the_packages_for_testing_serve_every_command(checkout: Path) -> None:
    run(checkout, "test")
    assert run(checkout, "up")[1] == ""


def test_two_starts_at_once_prepare_once(checkout: Path) -> None:
    both = [start(checkout, "up"), start(checkout, "up")]
    printed, said = zip(*(process.communicate(timeout=120) for process in both), strict=True)
    assert printed == ("handed over: up\n", "handed over: up\n")
    assert "".join(said).count("Installing") == 1
    assert built(checkout) == 1


def test_a_start_that_was_cut_short_is_done_again(checkout: Path) -> None:
    process = start(checkout, "up")
    assert process.stderr is not None
    process.stderr.readline()
    process.kill()
    process.communicate()
    printed, said = run(checkout, "up")
    assert printed == "handed over: up\n"
    assert "Installing" in said


def test_a_moved_checkout_works(checked: Started) -> None:
    moved = checked.root.rename(checked.root.with_name("elsewhere"))
    try:
        printed, said = run(moved, "verify")
        assert (printed, "Installing" in said) == ("handed over: verify\n", True)
    finally:
        moved.rename(checked.root)


def test_a_failing_build_is_said_and_done_again(checkout: Path) -> None:
    good = (checkout / "assets" / "build.js").read_text()
    write(checkout / "assets" / "build.js", "process.exit(3)")
    process = start(checkout, "up")
    printed, said = process.communicate(timeout=120)
    assert (process.returncode, printed) == (1, "")
    assert "The web assets could not be built." in said
    write(checkout / "assets" / "build.js", good)
    run(checkout, "up")
    assert built(checkout) == 1


def test_an_old_python_can_read_the_script_to_its_refusal() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 7))
