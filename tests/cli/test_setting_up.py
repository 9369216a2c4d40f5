"""Setting up from the command line: an organisation, its first invitation, and a token."""

import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result

from safeguard import clock, settings
from safeguard.cli.beginning import beginning
from safeguard.cli.main import safeguard
from safeguard.database.bootstrap import Addresses
from safeguard.database.embedded import EmbeddedPostgres

LINK = re.compile(r"^http://localhost:8000/invitation/[\w-]{22}$", re.MULTILINE)


AsOwner = Callable[..., None]


@pytest.fixture
def as_owner(addresses: Addresses) -> AsOwner:
    """`as_owner(sql, *values)`: change what no command changes."""

    def execute(statement: str, *values: object) -> None:
        with psycopg.connect(addresses.owner) as owner:
            owner.execute(statement, values)

    return execute


def run(*arguments: str) -> Result:
    """One command, in this process."""
    return CliRunner().invoke(safeguard, arguments)


@pytest.fixture
def running(server: EmbeddedPostgres, addresses: Addresses, data: Path) -> str:
    """The data folder of a server that is running already, with its tables."""
    return str(data)


def create(folder: str, slug: str, *more: str, kind: str = "school", email: str = "lead@sample.example") -> Result:
    """An organisation with that slug."""
    words = ["--kind", kind, "--name", "Sample Organisation", "--slug", slug, "--lead-email", email, *more]
    return run("organisation", "create", "--data", folder, *words)


def new_slug() -> str:
    """A slug that nobody has."""
    return f"sample-{clock.new_id().hex[-12:]}"


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home", "helpline", "group"])
def test_an_organisation_of_every_kind_is_set_up_and_its_lead_invited(running: str, kind: str) -> None:
    result = create(running, new_slug(), kind=kind)
    assert result.exit_code == 0, result.output
    assert LINK.search(result.output)


def test_a_nation_that_the_words_were_not_written_for_is_told(running: str) -> None:
    assert "Scotland has its own" in create(running, new_slug(), "--nation", "scotland").output


def test_the_second_person_is_asked_for_when_there_is_none(running: str) -> None:
    named = ("--second-person-name", "Sample Chair", "--second-person-email", "chair@sample.example")
    assert "second person" in create(running, new_slug()).output
    assert "second person" not in create(running, new_slug(), *named).output


def test_every_answer_that_needs_another_look_is_named(running: str) -> None:
    result = create(running, "Not A Slug", "--urn", "12")
    assert result.exit_code == 1
    assert "slug: " in result.output
    assert "urn: " in result.output


def test_a_bad_address_leaves_no_organisation_behind(running: str) -> None:
    slug = new_slug()
    assert create(running, slug, email="nobody").exit_code == 1
    assert create(running, slug).exit_code == 0


def test_a_slug_is_given_once(running: str) -> None:
    slug = new_slug()
    create(running, slug)
    result = create(running, slug)
    assert result.exit_code == 1
    assert f"There is already an organisation “{slug}”." in result.output


def test_a_token_is_the_last_word(running: str) -> None:
    slug = new_slug()
    create(running, slug)
    result = run("token", "create", "--data", running, "--organisation", slug, "--role", "lead", "--everything")
    assert result.exit_code == 0, result.output
    assert result.output.split()[-1].startswith("sgt_")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--role", "lead", "--everything"), "There is no organisation “nowhere”."),
        (("--role", "lead"), "Say what it is for with --scope"),
        (("--role", "lead", "--everything", "--scope", "people:read"), "Say what it is for with --scope"),
        (("--role", "emperor"), "'emperor' is not one of"),
        (("--role", "operator"), "'operator' is not one of"),
    ],
)
def test_a_token_that_cannot_be_is_refused(running: str, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("token", "create", "--data", running, "--organisation", "nowhere", *arguments)
    assert result.exit_code != 0
    assert sentence in result.output


@pytest.mark.parametrize(
    "words",
    [
        ("token", "create", "--organisation", "alder", "--role", "lead", "--scope", "people:read"),
        ("organisation", "create", "--kind", "school", "--name", "A", "--slug", "a", "--lead-email", "a@b.example"),
        ("account", "reset", "--email", "a@b.example"),
    ],
    ids=["token", "organisation", "account"],
)
def test_a_mistyped_folder_does_not_become_a_service(words: tuple[str, ...], tmp_path: Path) -> None:
    nowhere = tmp_path / "mistyped"
    result = run(*words, "--data", str(nowhere))
    assert result.exit_code == 1
    assert f"There is no database in {nowhere}" in result.output
    assert "safeguard up --data" in result.output
    assert not nowhere.exists()


def test_somebody_who_lost_their_password_gets_a_link(running: str, as_owner: AsOwner) -> None:
    slug = new_slug()
    create(running, slug)
    email = f"lost@{slug}.example"
    user, member = clock.new_id(), "insert into memberships (organisation_id, user_id, name, email, roles)"
    as_owner("insert into users (id, email, name) values (%s, %s, 'Sample Person')", user, email)
    as_owner(
        f"{member} select id, %s, 'Sample Person', %s, '{{reporter}}' from organisations where slug = %s",
        user,
        email,
        slug,
    )
    result = run("account", "reset", "--data", running, "--email", email)
    assert result.exit_code == 0, result.output
    assert re.search(r"/reset/[\w-]{22}$", result.output.strip())
    assert "Nobody who belongs" in run("account", "reset", "--data", running, "--email", "x" + email).output


def test_a_token_waits_once_the_lead_has_signed_in(running: str, as_owner: AsOwner) -> None:
    slug = new_slug()
    named = ("--second-person-name", "Sample Chair", "--second-person-email", "chair@sample.example")
    create(running, slug, *named)
    user, email = clock.new_id(), f"lead@{slug}.example"
    as_owner("insert into users (id, email, name) values (%s, %s, 'Sample Lead')", user, email)
    as_owner(
        "insert into memberships (organisation_id, user_id, name, email, roles, signed_in_at)"
        " select id, %s, 'Sample Lead', %s, '{lead}', now() from organisations where slug = %s",
        user, email, slug,
    )  # fmt: skip
    result = run("token", "create", "--data", running, "--organisation", slug, "--role", "lead", "--everything")
    assert result.exit_code == 0, result.output
    assert "opens nothing until the lead approves it" in result.output
    assert "/approve/" not in result.output, "the lead is there to decide"
    assert result.output.split()[-1].startswith("sgt_")
    assert (
        "opens nothing"
        not in run(
            "token", "create", "--data", running, "--organisation", slug, "--role", "reporter", "--everything"
        ).output
    )


def test_an_empty_service_says_what_to_do_next(tmp_path: Path) -> None:
    place = settings.load({}, tmp_path / "with space")
    said = beginning(place, tmp_path)
    assert "organisation create --kind school" in said
    assert f"--data '{tmp_path}/with space'" in said
    assert "--data" not in beginning(settings.load({}, tmp_path / ".data"), tmp_path)


REGISTER = (
    "URN,EstablishmentName,EstablishmentStatus (name),UKPRN,TypeOfEstablishment (name),Town,OpenDate\n"
    "{0},École Saint-Éloi,Open,10012345,Community school,Otley,\n"
    '400001,Ysgol y Dderwen,"Open, but proposed to close",,Welsh establishment,Cardiff,\n'
    "400002,Cedar Free School,Proposed to open,,Free schools,Otley,01-09-2027\n"
)


def new_urn() -> str:
    """A URN that nobody bears."""
    return str(200_000 + clock.new_id().int % 700_000)


def of_register(running: str, register: Path, urn: str, *more: str, slug: str = "") -> Result:
    """A school of the register's file."""
    words = ["organisation", "create", "--data", running, "--gias", str(register), "--slug", slug or new_slug()]
    return run(*words, "--lead-email", "lead@sample.example", "--urn", urn, *more)


def test_a_school_is_set_up_by_its_number_from_the_register(running: str, tmp_path: Path, addresses: Addresses) -> None:
    register, slug, urn = tmp_path / "edubasealldata.csv", new_slug(), new_urn()
    register.write_bytes(REGISTER.format(urn).encode("cp1252"))
    unknown = of_register(running, register, "999999")
    assert (unknown.exit_code, "no school with the URN 999999" in unknown.output) == (1, True)
    told = run("organisation", "look", "--gias", str(register), "--urn", urn)
    assert "Address: Otley" in told.output
    result = of_register(running, register, urn, slug=slug)
    assert result.exit_code == 0, result.output
    assert "Type: Community school" in result.output
    with psycopg.connect(addresses.owner) as owner:
        row = owner.execute("select name, kind, urn, ukprn from organisations where slug = %s", (slug,)).fetchone()
    assert row == ("École Saint-Éloi", "school", urn, "10012345")


def test_a_school_is_not_set_up_twice_without_a_word(running: str, tmp_path: Path, addresses: Addresses) -> None:
    register, slug, urn = tmp_path / "edubasealldata.csv", new_slug(), new_urn()
    register.write_bytes(REGISTER.format(urn).encode("cp1252"))
    assert of_register(running, register, urn, slug=slug).exit_code == 0
    again = of_register(running, register, urn)
    assert (again.exit_code, f"is set up here already: “École Saint-Éloi” ({slug})" in again.output) == (1, True)
    by_hand = create(running, new_slug(), "--urn", urn)
    assert (by_hand.exit_code, "--same-urn" in by_hand.output) == (1, True)
    assert of_register(running, register, urn, "--same-urn").exit_code == 0
    with psycopg.connect(addresses.owner) as owner:
        assert owner.execute("select count(*) from organisations where urn = %s", (urn,)).fetchone() == (2,)


def test_a_school_that_opens_or_closes_or_lies_in_wales_is_set_up_as_that(
    running: str, tmp_path: Path, addresses: Addresses
) -> None:
    register, slug = tmp_path / "edubasealldata.csv", new_slug()
    register.write_bytes(REGISTER.format(new_urn()).encode("cp1252"))
    refused = of_register(running, register, "400002")
    assert (refused.exit_code, "--not-open-yet" in refused.output) == (1, True)
    assert of_register(running, register, "400002", "--not-open-yet", "--same-urn").exit_code == 0
    welsh = of_register(running, register, "400001", "--same-urn", slug=slug)
    assert "ask the school when" in welsh.output
    assert "In Wales a school has a designated safeguarding person" in welsh.output
    with psycopg.connect(addresses.owner) as owner:
        assert owner.execute("select nation from organisations where slug = %s", (slug,)).fetchone() == ("wales",)
