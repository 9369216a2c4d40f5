"""`safeguard certificate`: kept where only the service reads it, listed with its day, and gone when it is removed."""

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner

from safeguard.cli import certificate as command
from safeguard.evidence.attesting.certificates import file_of, read
from safeguard.settings import load
from tests.evidence.authorities import Issuer, new_key, pem_of, pem_of_key

HERE = UUID("6f0c1c1e-0000-4000-8000-0000000000aa")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment whose database answers one question: which organisation that is."""
    certificates = load({}, tmp_path).certificates
    run: Callable[..., object] = lambda *_: (certificates, HERE)  # noqa: E731
    monkeypatch.setattr(command.opening, "run", run)
    return certificates


def said(tmp_path: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(command.certificate, [*arguments, "--data", str(tmp_path)], input=typed)
    return done.exit_code, done.output


def test_a_certificate_is_added_listed_and_removed(place: Path, tmp_path: Path) -> None:
    issuer, key = Issuer("Root for Tests"), new_key()
    good, over, own = tmp_path / "good.pem", tmp_path / "over.pem", tmp_path / "own.pem"
    good.write_bytes(pem_of_key(key) + pem_of(issuer.issue("Alder School", key)))
    over.write_bytes(pem_of_key(key) + pem_of(issuer.issue("Alder School", key, days=-1)))
    own.write_bytes(pem_of_key(issuer.key) + pem_of(issuer.root))
    assert said(tmp_path, "list") == (0, "No organisation signs its reports with a certificate.\n")
    for file, refusal in ((over, "not valid today"), (own, "issued by its own holder")):
        status, words = said(tmp_path, "add", "--organisation", "alder", str(file))
        assert (status, refusal in words) == (1, True), words
    assert not place.exists()
    for _ in range(2):  # again takes the former's place
        status, words = said(tmp_path, "add", "--organisation", "alder", str(good))
        assert (status, "signed as Alder School, says Root for Tests" in words) == (0, True), words
    kept = file_of(place, HERE)
    assert (kept.stat().st_mode & 0o777, read(kept).holder) == (0o400, "Alder School")
    assert "Alder School, by Root for Tests; runs out on" in said(tmp_path, "list")[1]
    assert said(tmp_path, "remove", "--organisation", "alder") == (0, "“alder” signs no report any more.\n")
    assert said(tmp_path, "remove", "--organisation", "alder") == (0, "“alder” had no certificate.\n")
    assert list(place.iterdir()) == []
