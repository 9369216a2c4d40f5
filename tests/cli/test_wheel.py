"""The wheel is the whole product: installed somewhere else, it runs without the checkout."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from safeguard import paths

ASSET = re.compile(r'"(/assets/[^"]+\.css)"')


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the locked build backend."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(paths.ROOT))
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and the locked packages, but not the checkout; the path of its command."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A folder named in a .pth file is searched, but .pth files in it are not read: so the checkout stays out.
    (site / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n")
    has_pip = importlib.util.find_spec("pip") is not None
    pip = [sys.executable if has_pip else shutil.which("python3") or "python3", "-m", "pip", "--python", python]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    return place / "bin" / "safeguard"


def run(*command: str | Path) -> str:
    """What a program prints, run outside the checkout and without our environment."""
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def up(command: Path, data: Path, port: int) -> Iterator[None]:
    """`safeguard up`, from when it has printed its address until the block ends."""
    words = [command, "up", "--data", str(data), "--port", str(port)]
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        words, cwd="/", env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if f"http://localhost:{port}" in line:
                break
        else:
            pytest.fail("".join(said))
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_it_carries_everything_that_is_not_python(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("_bundled/templates", "_bundled/migrations/versions", "_bundled/tenants"):
        assert any(name.startswith(f"safeguard/{folder}/") for name in names), folder
    assert "safeguard/_assets/manifest.json" in names
    assert any(name.startswith("workers/") for name in names)


def test_it_carries_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"safeguard", "workers"}
    assert not [name for name in names if "__pycache__" in name or "node_modules" in name]


def test_the_installed_command_does_not_know_the_checkout(installed: Path) -> None:
    python = installed.with_name("python")
    assert run(installed, "--version").startswith("safeguard ")
    root = Path(run(python, "-P", "-c", "from safeguard import paths; print(paths.ROOT)").strip())
    assert root.is_relative_to(installed.parent.parent)


def test_it_runs_everything_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    port = free_port()
    with up(installed, tmp_path / "data", port):
        page = httpx.get(f"http://localhost:{port}/sign-in")
        assert page.status_code == 200
        style = ASSET.search(page.text)
        assert style
        assert httpx.get(f"http://localhost:{port}{style[1]}").headers["content-type"].startswith("text/css")
