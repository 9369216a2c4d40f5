"""`safeguard test` finds a browser that starts, or installs one and says so."""

from pathlib import Path

import click
import pytest

from safeguard.cli import testing

STARTS = "#!/bin/sh\necho Chromium 156\n"
A_NOTE = "#!/bin/sh\necho 'install the snap' >&2\nexit 1\n"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH; and Playwright's cache is empty."""
    monkeypatch.delenv("SAFEGUARD_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    return tmp_path


def program(file: Path, text: str) -> Path:
    """A program that may be run."""
    file.write_text(text)
    file.chmod(0o755)
    return file


def test_the_named_browser_comes_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path / "chromium", STARTS)
    monkeypatch.setenv("SAFEGUARD_CHROMIUM", str(program(path / "mine", STARTS)))
    assert testing.chromium() == path / "mine"


def test_a_named_browser_that_does_not_start_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(path / "chromium", STARTS)
    monkeypatch.setenv("SAFEGUARD_CHROMIUM", str(path / "missing"))
    with pytest.raises(click.ClickException, match="missing, named by SAFEGUARD_CHROMIUM, does not start"):
        testing.chromium()


def test_a_note_in_place_of_a_browser_is_passed_over(path: Path) -> None:
    program(path / "chromium-browser", A_NOTE)
    program(path / "google-chrome", STARTS)
    assert testing.chromium() == path / "google-chrome"


def test_on_debian_as_root_the_package_is_installed(
    path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(testing, "_debian_as_root", lambda: True)
    made = path / "chromium"
    package = program(path / "package", STARTS)
    program(path / "apt-get", f'#!/bin/sh\ncase "$*" in *install*chromium) /bin/cp {package} {made};; esac\n')
    assert testing.chromium() == made
    assert "No Chromium found. Installing Debian's package: apt-get install chromium" in capfd.readouterr().err


def test_elsewhere_playwrights_own_is_fetched_and_a_failure_says_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "_debian_as_root", lambda: False)
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    program(path / "apt-get", "#!/bin/sh\n")
    with pytest.raises(click.ClickException, match=r"-m playwright install .*chromium\nInstall a Chromium, or set"):
        testing.chromium()


def test_the_tests_are_told_the_browser_and_keep_what_was_compiled(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    told = testing.environment(path / "chromium")
    assert told["SAFEGUARD_CHROMIUM"] == str(path / "chromium")
    assert "PYTHONDONTWRITEBYTECODE" not in told
    assert told["PATH"] == str(path)
