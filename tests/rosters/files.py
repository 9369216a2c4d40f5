"""Files as systems write them: small OneRoster archives, transfer files and tables, made of what a test says."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

USERS = (
    "sourcedId", "status", "dateLastModified", "enabledUser", "orgSourcedIds", "role", "username", "userIds",
    "givenName", "familyName", "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades",
    "password",
)  # fmt: skip
MANIFEST = (
    ("manifest.version", "1.0"), ("oneroster.version", "1.1"), ("file.academicSessions", "absent"),
    ("file.orgs", "bulk"), ("file.users", "bulk"), ("file.demographics", "bulk"),
)  # fmt: skip
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\norg-1,,,Alder School,school,,\r\n"


def table(headings: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """A CSV of these rows; what a row does not say stays empty."""
    whole = io.StringIO()
    writer = csv.DictWriter(whole, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return whole.getvalue()


def user(number: int, given: str, family: str, **more: str) -> dict[str, str]:
    """A row of users.csv."""
    plain = {"sourcedId": f"u-{number}", "enabledUser": "true", "orgSourcedIds": "org-1", "role": "student"}
    return plain | {"givenName": given, "familyName": family} | more


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP of these files."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return whole.getvalue()


def oneroster(
    users: Sequence[Mapping[str, str]], *, births: Mapping[str, str] | None = None, mode: str = "bulk",
    extra: Sequence[str] = (), **more: str | bytes,
) -> bytes:  # fmt: skip
    """OneRoster 1.1 with a manifest, one school, these users and their birthdays."""
    manifest = dict(MANIFEST) | {"file.users": mode}
    born = [{"sourcedId": key, "birthDate": day} for key, day in (births or {}).items()]
    files: dict[str, str | bytes] = {
        "manifest.csv": table(
            ("propertyName", "value"), [{"propertyName": key, "value": value} for key, value in manifest.items()]
        ),
        "orgs.csv": ORGS,
        "users.csv": table((*USERS, *extra), users),
        "demographics.csv": table(("sourcedId", "status", "dateLastModified", "birthDate", "sex"), born),
    }
    return archive(files | {name.replace("_csv", ".csv"): content for name, content in more.items()})


def pupil(surname: str, forename: str, born: str, *, upn: str = "", inside: str = "") -> str:
    """A pupil of a transfer file."""
    names = f"<UPN>{upn}</UPN><Surname>{surname}</Surname><Forename>{forename}</Forename>"
    return f"<Pupil>{names}<DOB>{born}</DOB>{inside}</Pupil>"


def transfer(*pupils: str, head: str = "") -> bytes:
    """A Common Transfer File."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<CTfile><Header><DocumentName>Common Transfer File</DocumentName>'
        "<SourceSchool><LEA>999</LEA><Estab>4001</Estab><SchoolName>Birch Primary</SchoolName></SourceSchool></Header>"
        f"<CTFpupilData>{''.join(pupils)}</CTFpupilData></CTfile>"
    ).encode()
