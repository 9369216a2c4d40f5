"""A school by its URN, from the register's file."""

import pytest

from safeguard.errors import Invalid
from safeguard.tenancy.establishments import Establishment, find_school

FILE = (
    '"URN","LA (code)","EstablishmentName","EstablishmentStatus (name)","UKPRN"\r\n'
    '"100001","201","Alder  Primary School, Upper Valley","Open","10012345"\r\n'
    '"100002","201","École Saint-Éloi","Open, but proposed to close",""\r\n'
    '"100003","201","Birch School","Closed","10012347"\r\n'
    '"100004"\r\n'
)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_a_school_is_found_by_its_number_whatever_the_file_was_saved_as(encoding: str) -> None:
    content = FILE.encode(encoding)
    assert find_school(content, "100001") == Establishment("100001", "Alder Primary School, Upper Valley", "10012345")
    assert find_school(content, "100002") == Establishment("100002", "École Saint-Éloi", "")


@pytest.mark.parametrize(
    ("content", "urn", "told"),
    [
        (FILE.encode(), "100003", "is closed"),
        (FILE.encode(), "999999", "no school with the URN 999999"),
        (b"Name,Colour\nAna,red\n", "100001", "no column called"),
        (b"", "100001", "no column called"),
        (b"\xff\xfe\x00PK\x03\x04", "100001", "no column called"),
    ],
    ids=["closed", "unknown", "another table", "empty", "no table"],
)
def test_what_cannot_be_used_is_told_in_words(content: bytes, urn: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        find_school(content, urn)
