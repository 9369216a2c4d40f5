"""Setting up from the command line: an organisation, its first invitation, and a token."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from safeguard import clock
from safeguard.cli.main import safeguard
from safeguard.database.embedded import EmbeddedPostgres

LINK = re.compile(r"^http://localhost:8000/invitation/[\w-]{22}$", re.MULTILINE)


def run(*arguments: str) -> Result:
    """One command, in this process."""
    return CliRunner().invoke(safeguard, arguments)


@pytest.fixture
def running(server: EmbeddedPostgres, data: Path) -> str:
    """The data folder of a server that is running already."""
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
    result = run("token", "create", "--data", running, "--organisation", slug, "--role", "lead")
    assert result.exit_code == 0, result.output
    assert result.output.split()[-1].startswith("sgt_")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--role", "lead"), "There is no organisation “nowhere”."),
        (("--role", "emperor"), "'emperor' is not one of"),
        (("--role", "operator"), "'operator' is not one of"),
    ],
)
def test_a_token_that_cannot_be_is_refused(running: str, arguments: tuple[str, ...], sentence: str) -> None:
    result = run("token", "create", "--data", running, "--organisation", "nowhere", *arguments)
    assert result.exit_code != 0
    assert sentence in result.output
