"""What files say: the forms that systems write, and the ones that nobody should."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.intake.sheets import NotATable
from safeguard.rosters.entry import Entry, Reading, Roll, Subject
from safeguard.rosters.files.reading import glance_at, read_roll
from safeguard.tenancy.profiles import load_profiles, profile_of
from tests.rosters.files import USERS, archive, oneroster, pupil, table, transfer, user


def reading(subject: Subject = "people", site: str | None = None, **columns: str) -> Reading:
    load_profiles()
    return Reading(subject, columns, None, site, ZoneInfo("Europe/London"), profile_of("school", "england"))


def people_in(content: bytes, **more: str) -> dict[str, Entry]:
    return {entry.key: entry for entry in read_roll(content, reading(**more)).entries}


def problems_in(roll: Roll) -> list[tuple[int, str]]:
    return [(problem.number, problem.field) for problem in roll.problems]


def test_oneroster_of_both_versions_says_the_same_of_a_pupil() -> None:
    """With vendors' columns, capitals of their own, a BOM and Windows' letters."""
    one = user(1, "Ana", "Brook", grades="09", agentSourcedIds="p-1", **{"metadata.acme.UPN": "A123456789012"})
    mia = user(2, "Mia", "Brook", sourcedId="p-1", role="guardian", phone="01632 960001")
    first = oneroster([one, mia], births={"u-1": "2012-05-14"}, extra=("metadata.acme.UPN", "metadata.acme.house"))
    second_users = [
        {"sourcedId": "u-1", "givenName": "Ana", "familyName": "Brook", "grades": "9", "agentSourcedIds": "p-1",
         "userIds": "{UPN:A123456789012},{acme:77}"},
        {"sourcedId": "p-1", "givenName": "Mia", "familyName": "Brook", "phone": "01632 960001"},
    ]  # fmt: skip
    roles = (
        "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId\r\n"
        "r-1,,,u-1,primary,student,,,org-1\r\nr-2,,,p-1,primary,guardian,,,org-1\r\n"
    )
    moved = ("role", "orgSourcedIds")
    second = archive({
        "export/manifest.csv": "propertyName,value\r\noneroster.version,1.2\r\nfile.users,bulk\r\nfile.roles,bulk\r\n",
        "export/users.csv": "\ufeff" + table([name for name in USERS if name not in moved], second_users),
        "export/roles.csv": roles, "export/demographics.csv": "sourcedId,birthDate\r\nu-1,2012-05-14\r\n",
        "__MACOSX/export/._users.csv": b"\0\0",
    })  # fmt: skip
    expected = {
        "given_name": "Ana", "family_name": "Brook", "group_name": "Year 9", "born_on": "2012-05-14",
        "identifiers.upn": "A123456789012", "contacts.mia brook.name": "Mia Brook",
        "contacts.mia brook.relation": "carer", "contacts.mia brook.phone": "01632 960001",
    }  # fmt: skip
    for content in (first, second):
        assert {key: dict(entry.said) for key, entry in people_in(content).items()} == {"u-1": expected}
    accents = oneroster([], users_csv=table(USERS, [user(3, "Zoë", "Núñez")]).encode("cp1252"))
    assert people_in(accents)["u-3"].said["given_name"] == "Zoë"


def test_a_file_of_several_schools_is_read_for_one_and_odd_rows_are_named() -> None:
    orgs = "sourcedId,name,type\r\nd,Trust,district\r\norg-1,Alder,school\r\norg-2,Birch,school\r\n"
    users = [
        user(1, "Ana", "Brook"), user(2, "Bo", "Birch", orgSourcedIds="org-2"), user(1, "An", "Other"),
        user(4, "No", "Where", orgSourcedIds="org-9"), user(5, "No", "Role", role=""),
        user(6, "Not", "Numbered", sourcedId=""),
        user(7, "Left", "Already", status="tobedeleted"), user(8, "Own", "Parent", agentSourcedIds="u-8,u-1,gone"),
    ]  # fmt: skip
    content = oneroster(users, orgs_csv=orgs, births={"u-8": "yesterday"})
    assert [site.name for site in glance_at(content).sites] == ["Alder", "Birch"]
    roll = read_roll(content, reading(site="org-1"))
    assert [(entry.key, entry.is_gone) for entry in roll.entries] == [("u-1", False), ("u-7", True)]
    assert problems_in(roll) == [
        (4, "sourcedId"), (5, "orgSourcedIds"), (6, "role"), (7, "sourcedId"), (9, "birthDate")
    ]  # fmt: skip
    assert roll.blind  # a row without a number: nobody can be said to be missing
    assert {"u-4", "u-5", "u-8"} <= roll.keys  # and whoever has a problem has not left
    circle = [user(1, "A", "Ring", agentSourcedIds="u-2"), user(2, "B", "Ring", agentSourcedIds="u-1")]
    assert all("contacts" not in field for entry in people_in(oneroster(circle)).values() for field in entry.said)


ONE = table(USERS, [user(1, "A", "B")])
MANIFEST = "propertyName,value\r\noneroster.version,1.1\r\nfile.users,bulk\r\n"


def bomb() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("users.csv", "w") as file:
        for _ in range(110):
            file.write(b"0" * 1_000_000)
    return whole.getvalue()


def packed(way: int) -> bytes:
    """A roster that would be right, were it packed as others are."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", way) as archived:
        archived.writestr("users.csv", ONE)
    return whole.getvalue()


ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
REFUSED: dict[str, Callable[[], bytes]] = {
    "manifest-absent": lambda: archive({"manifest.csv": MANIFEST.replace("bulk", "absent"), "users.csv": ONE}),
    "manifest-there": lambda: archive({"manifest.csv": MANIFEST + "file.orgs,bulk\r\n", "users.csv": ONE}),
    "manifest-odd": lambda: oneroster([user(1, "A", "B")], mode="everything"),
    "no-users": lambda: archive({"manifest.csv": "propertyName,value\r\noneroster.version,1.1\r\n"}),
    "no-columns": lambda: archive({"users.csv": "id,name\r\n1,Ana\r\n"}),
    "two-of-one-name": lambda: archive({"a/users.csv": ONE, "../../b/users.csv": "x"}),
    "many-files": lambda: archive({f"{number}.csv": "a" for number in range(100)}),
    "bomb": bomb,
    "bzip2": lambda: packed(zipfile.ZIP_BZIP2),
    "lzma": lambda: packed(zipfile.ZIP_LZMA),
    "deep": lambda: transfer(pupil("A", "B", "2012-01-01", inside="<a>" * 50_000 + "</a>" * 50_000)),
    "cut": lambda: oneroster([user(1, "A", "B")])[:-40],
    "entities": lambda: transfer(pupil("&b;", "A", "2012-01-01"), head=ENTITY),
    "outside": lambda: transfer(pupil("&b;", "A", "2012-01-01"), head=OUTSIDE),
    "utf-16-entities": lambda: transfer(head=ENTITY).decode().replace("utf-8", "utf-16").encode("utf-16"),
    "no-pupils": lambda: b"<html><body>Sign in</body></html>",
    "broken-xml": lambda: transfer(pupil("A", "B", "2012-01-01"))[:-20],
    "cell": lambda: b"name,born\r\nAna," + b"x" * 10_000_000 + b"\r\n",
    "too-many-rows": lambda: b"name\r\n" + b"Ana\r\n" * 50_001,
    "old-excel": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_cannot_be_right_is_refused_with_a_sentence(name: str) -> None:
    content = REFUSED[name]()
    with pytest.raises(NotATable, match=r"\. |\.$"):
        glance_at(content)
        read_roll(content, reading(full_name="name"))


def test_a_transfer_file_says_who_arrives_and_passes_over_what_is_not_ours() -> None:
    inside = (
        "<BasicDetails><FormerSurname>Reed</FormerSurname><PreferredForename>Annie</PreferredForename>"
        "<NCyearActual>6</NCyearActual></BasicDetails><LookedAfter><InCare>true</InCare></LookedAfter>"
        "<SENhistory><SENprovision>K</SENprovision></SENhistory><Address><AddressLine1>1 Sample Way</AddressLine1>"
        "<PostCode>AB1 2CD</PostCode></Address><StageAssessments><Result>2B</Result></StageAssessments>"
        "<Contacts><Contact><Surname>Brook</Surname><Forename>Mia</Forename><Relationship>MTH</Relationship>"
        "<Responsibility>T</Responsibility><Phones><Phone><PhoneNo>01632 960001</PhoneNo></Phone></Phones>"
        "</Contact></Contacts>"
    )
    twice = pupil("Brook", "Ana", "2015-02-03", upn="A123456789012", inside=inside)
    roll = read_roll(transfer(twice, twice, pupil("Dell", "", ""), pupil("Ray", "Cy", "3rd spring")), reading())
    (ana,) = roll.entries
    assert dict(ana.said) == {
        "given_name": "Ana", "family_name": "Brook", "known_as": "Annie", "former_names.Reed": "Reed",
        "born_on": "2015-02-03", "group_name": "Year 6", "identifiers.upn": "A123456789012",
        "flags.looked_after": "yes", "flags.send": "yes", "address": "1 Sample Way\nAB1 2CD",
        "contacts.mia brook.name": "Mia Brook", "contacts.mia brook.relation": "parent",
        "contacts.mia brook.phone": "01632 960001", "contacts.mia brook.responsibility": "yes",
    }  # fmt: skip
    assert problems_in(roll) == [(2, "UPN"), (3, "UPN"), (4, "DOB")]
    assert roll.is_whole is False


def test_a_table_is_read_as_its_columns_are_chosen() -> None:
    rows = (
        "No;Pupil;DOB;Year;Flags;Status;Mother;Tel\r\n"
        "1;Brook, Ana;14/05/2012;9;SEND;;Mia Brook;01632 960001\r\n"
        "2;Cy Dell;05/04/2012;Year 10;;left;;\r\n"
        "3;=HYPERLINK(1);1/1/2012;8B;;;;\r\n"
        "4;Eve;soon;9;;;;\r\n"
        "5;Flo;;9;Clever;;;\r\n"
        "1;Twin, A;14/05/2012;;;;;\r\n"
    ).encode("cp1252")
    columns = {
        "source_id": "No", "full_name": "Pupil", "born_on": "DOB", "group_name": "Year", "flags": "Flags",
        "status": "Status", "contact_1": "Mother", "contact_1_phone": "Tel",
    }  # fmt: skip
    roll = read_roll(rows, reading(**columns))
    ana, cy, formula = roll.entries
    assert (ana.said["given_name"], ana.said["family_name"], ana.said["born_on"]) == ("Ana", "Brook", "2012-05-14")
    assert (ana.said["group_name"], ana.said["flags.send"]) == ("Year 9", "yes")
    assert (cy.said["born_on"], cy.is_gone) == ("2012-04-05", True)  # 14/05 above says that days come first
    assert formula.said["given_name"] == "=HYPERLINK(1)"
    assert problems_in(roll) == [(5, "born_on"), (6, "flags"), (7, "source_id")]


def test_a_row_with_only_a_upn_says_who_it_is_or_what_is_missing() -> None:
    """It stands for its person also where the rest of the row cannot be read: nobody there is taken to have left."""
    rows = b"UPN;DOB\r\nA123456789012;14/05/2012\r\nB123456789012;soon\r\n;soon\r\n"
    columns = {"upn": "UPN", "born_on": "DOB"}
    roll = read_roll(rows.rpartition(b";soon")[0], reading(**columns))
    assert [entry.key for entry in roll.entries] == ["upn a123456789012"]
    assert ("upn b123456789012" in roll.keys, roll.blind) == (True, False)
    assert read_roll(rows, reading(**columns)).blind
    elsewhere = replace(reading(**columns), profile=replace(reading().profile, person_identifiers={}))
    told = read_roll(b"UPN;DOB\r\nA123456789012;14/05/2012\r\n", elsewhere).problems
    assert [(one.field, one.words) for one in told] == [
        ("given_name", "This row has no name, and nobody here is known by its UPN. Give the person's name.")
    ]


@given(
    st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"<?xml version='1.0'?>", b"sourcedId,givenName\r\n"])
)
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(tail: bytes, head: bytes) -> None:
    try:
        glance_at(head + tail)
        read_roll(head + tail, reading(full_name="givenName"))
    except NotATable as refusal:
        assert str(refusal)
