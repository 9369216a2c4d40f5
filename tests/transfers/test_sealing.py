"""The seal and the bundle: what other programs sealed opens here, and nothing that was changed does."""

from base64 import b64decode
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.errors import Invalid
from safeguard.transfers import age, bundling, file
from tests.transfers.bundles import FILE, MADE, bundle, zipped

OF_ANOTHER = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBsL1VSZ2Zyc2xCMzZpUHM5akdvb3VBIDEwCnpHbk1ZMHd6L3EyYWkwbHd4M1JqZ2JHOWMy"
    "cjhyT0dYazZQZW9FQXlqNmsKLS0tIDFzZlhGdlg1czZPZmFPdVFKbk9XazF5Y3U0ZUtEdTVRbTREUEFWaUdSelkKFoUmqjzCLOyK6kRMhXIj7Mmo"
    "sNL8KjC5odRWVgY5ofHHlnFgAWPY2PHMS4ROxbaPajN2YvvhPiSGv92A0LxOxt1WFWToVkv6yuM="
)
"""Sealed by typage 0.3.1 (npm age-encryption), with 2^10 rounds."""


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rounds: what is tried here is not how long a passphrase takes."""
    monkeypatch.setattr(age, "WORK", 4)


def test_what_another_program_sealed_opens_and_only_with_its_passphrase() -> None:
    sealed = b64decode(OF_ANOTHER)
    assert age.unseal(sealed, "7KQM-3XPV") == b"from another program " * 2
    with pytest.raises(age.WrongPassphrase):
        age.unseal(sealed, "7KQM-3XPW")


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072])
def test_files_of_every_length_come_back_as_they_were(size: int) -> None:
    plain = bytes(range(256)) * (size // 256 + 1)
    assert age.unseal(age.seal(plain[:size], "K7Q3"), "K7Q3") == plain[:size]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_sealed_file_that_was_changed_anywhere_or_cut_short_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(SEALED)
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(sealed) - 1))
        sealed[at] ^= data.draw(st.integers(1, 255))
    else:
        del sealed[data.draw(st.integers(0, len(sealed) - 1)) :]
    with pytest.raises((age.NotSealed, age.WrongPassphrase, age.Altered)):
        age.unseal(bytes(sealed), "K7Q3")


def test_whoever_asks_for_more_work_than_any_program_does_is_refused_before_it_is_done() -> None:
    with pytest.raises(age.NotSealed):
        age.unseal(SEALED.replace(b" 4\n", b" 40\n", 1), "K7Q3")


def test_a_bundle_comes_back_whole() -> None:
    found = bundling.read(MADE, "K7Q3")
    assert found.file == FILE
    assert found.members[bundling.PAPER] == b"%PDF-"
    assert list(found.members)[2:] == [one.path for one in FILE.attachments]


@pytest.mark.parametrize(
    "trick",
    [
        "unlisted",
        "missing",
        "paperless",
        "digest",
        "outside",
        "twice",
        "compressed",
        "not_json",
        "other_format",
        "nul",
        "attachment",
    ],
)
def test_a_bundle_with_a_trick_in_it_is_refused_in_plain_words(trick: str) -> None:
    with pytest.raises(Invalid) as refused:
        bundling.read(age.seal(zipped(trick), "K7Q3"), "K7Q3")
    (error,) = refused.value.errors
    assert error.field == "file"
    assert "Traceback" not in error.message and len(error.message) > 40


def test_a_wrong_passphrase_is_said_beside_the_passphrase() -> None:
    with pytest.raises(Invalid) as refused:
        bundling.read(MADE, "another")
    assert refused.value.errors[0].field == "passphrase"


def test_every_field_of_the_format_is_described_for_other_vendors() -> None:
    told = (Path(__file__).parents[2] / "docs" / "transfers.md").read_text()
    structs = [one for one in vars(file).values() if isinstance(one, type) and issubclass(one, file.Said)]
    names = {field.name for one in structs for field in msgspec.structs.fields(one)}
    assert sorted(name for name in names if f"`{name}`" not in told) == []


SEALED = bundle("K7Q3", 4)
