"""The key hierarchy: what opens, what does not, and what rotation leaves alone."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from safeguard.database.context import ContextKey
from safeguard.keys.files import BadKeyFile, load_or_make
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.web.keys import ServerKey

MASTER = Key(b"\x01" * 32)


def test_a_key_opens_what_it_wrapped_for_the_same_place():
    organisation, wrapped = MASTER.make_below(b"organisation a")
    assert MASTER.open_below(wrapped, b"organisation a") == organisation


@pytest.mark.parametrize(
    "spoil", [lambda w: w[:-1], lambda w: w[:-1] + bytes([w[-1] ^ 1]), lambda w: b"", lambda w: w[:8]]
)
def test_an_altered_wrapping_does_not_open(spoil):
    _, wrapped = MASTER.make_below(b"organisation a")
    with pytest.raises(CannotOpen):
        MASTER.open_below(spoil(wrapped), b"organisation a")


def test_a_key_wrapped_for_one_organisation_does_not_open_for_another():
    _, wrapped = MASTER.make_below(b"organisation a")
    with pytest.raises(CannotOpen):
        MASTER.open_below(wrapped, b"organisation b")


@pytest.mark.parametrize("kind", [Key, ContextKey, ServerKey])
def test_a_key_never_shows_itself_in_its_representation(kind):
    assert "\\x01" not in repr(kind(b"\x01" * 32))
    assert "\\x01" not in str([kind(b"\x01" * 32)])


def test_processes_that_start_together_end_with_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: load_or_make(tmp_path / "keys" / "master"), range(16)))) == 1
    assert os.stat(tmp_path / "keys" / "master").st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "keys").iterdir()] == ["master"]


def test_a_damaged_key_file_is_refused_in_words(tmp_path):
    (tmp_path / "master").write_bytes(b"short")
    with pytest.raises(BadKeyFile, match="restore it from the backup"):
        load_or_make(tmp_path / "master")
