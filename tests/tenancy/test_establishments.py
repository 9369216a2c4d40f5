"""A school by its URN, from the register's file."""

import pytest

from safeguard.errors import Invalid
from safeguard.tenancy.establishments import find_school
from safeguard.tenancy.nations import Nation

HEADINGS = (
    '"URN","LA (name)","EstablishmentName","TypeOfEstablishment (name)","EstablishmentStatus (name)","OpenDate",'
    '"CloseDate","PhaseOfEducation (name)","StatutoryLowAge","StatutoryHighAge","UKPRN","Street","Locality","Town",'
    '"Postcode","HeadTitle (name)","HeadFirstName","HeadLastName","GOR (name)","Trusts (name)"\r\n'
)
ALDER = (
    '"100001","Camden","Alder  Primary School, Upper Valley","Community school","Open","","","Primary","3","11",'
    '"10012345","St James\'s Passage","","London","EC3A 5DE","Ms","Anna","Brook","London","Not applicable"\r\n'
)
FILE = HEADINGS + ALDER + (
    '"100002","Camden","École Saint-Éloi","Other independent school","Open, but proposed to close","","","",'
    '"","","","","","","","","","","London",""\r\n'
    '"100003","Camden","Birch School","Community school","Closed","","31-08-2019","Primary","","","10012347"\r\n'
    '"100004","Camden","Cedar Free School","Free schools","Proposed to open","01-09-2027","","Secondary","11","18"\r\n'
    '"400001","Cardiff","Ysgol y Dderwen","Welsh establishment","Open","","","","","","","","","","","","","",'
    '"Wales (pseudo)",""\r\n'
    '"100005"\r\n'
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig"])
def test_a_school_is_found_by_its_number_whatever_the_file_was_saved_as(encoding: str) -> None:
    content = FILE.encode(encoding)
    alder, french = find_school(content, " 100001 "), find_school(content, "100002")
    assert (alder.urn, alder.name, alder.ukprn) == ("100001", "Alder Primary School, Upper Valley", "10012345")
    assert (french.urn, french.name, french.ukprn) == ("100002", "École Saint-Éloi", "")


def test_what_is_kept_nowhere_is_said_so_that_the_right_school_is_set_up() -> None:
    alder = find_school(FILE.encode(), "100001")
    assert dict(alder.said) == {
        "Status": "Open", "Type": "Community school", "Phase": "Primary", "Ages": "3 to 11",
        "Address": "St James's Passage, London, EC3A 5DE", "Local authority": "Camden", "Head": "Ms Anna Brook",
    }  # fmt: skip
    assert dict(find_school(FILE.encode(), "100002").said).keys() == {"Status", "Type", "Local authority"}


def test_the_nation_is_the_registers_and_one_that_is_to_close_is_said_to() -> None:
    assert find_school(FILE.encode(), "100001").nation is Nation.ENGLAND
    assert find_school(FILE.encode(), "400001").nation is Nation.WALES
    assert find_school(FILE.encode(), "100002").closes
    assert not find_school(FILE.encode(), "100001").closes


def test_a_school_that_is_not_open_yet_is_taken_only_when_that_is_meant() -> None:
    with pytest.raises(Invalid, match="not open yet: the register says that it is proposed to open, on 01-09-2027"):
        find_school(FILE.encode(), "100004")
    assert find_school(FILE.encode(), "100004", not_open_yet=True).name == "Cedar Free School"
    with pytest.raises(Invalid, match="is closed"):
        find_school(FILE.encode(), "100003", not_open_yet=True)


def test_a_number_that_stands_twice_is_one_school_only_where_both_say_the_same() -> None:
    assert find_school((FILE + ALDER).encode(), "100001").ukprn == "10012345"
    with pytest.raises(Invalid, match=r"stands twice in this file.*“Alder Primary School, Upper Valley”, “Ash School”"):
        find_school((FILE + ALDER.replace("Alder  Primary School, Upper Valley", "Ash School")).encode(), "100001")


@pytest.mark.parametrize(
    ("content", "urn", "told"),
    [
        (FILE.encode(), "100003", "is closed, since 31-08-2019"),
        (FILE.encode(), "999999", "no school with the URN 999999"),
        (b"Name,Colour\nAna,red\n", "100001", "no column called"),
        (b"URN,EstablishmentName\n100001,Alder\n", "100001", "no column called “EstablishmentStatus"),
        (b"", "100001", "no column called"),
        (b"\xff\xfe\x00PK\x03\x04", "100001", "no column called"),
    ],
    ids=["closed", "unknown", "another table", "does not say whether it is open", "empty", "no table"],
)
def test_what_cannot_be_used_is_told_in_words(content: bytes, urn: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        find_school(content, urn)
