"""`safeguard demo` from the outside: fills what is missing, and says how to sign in."""

import asyncio
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner

from safeguard.cli.demo import PASSWORD, demo
from safeguard.database.bootstrap import Addresses
from safeguard.demo.cast import House

TOLD = """
select distinct on (f.member_name) f.member_name, f.body
from public.group_figures f join public.organisations o on o.id = f.organisation_id
where o.slug = 'vale-partnership' order by f.member_name, f.received_at desc
"""


def test_it_fills_what_is_missing_and_says_how_to_sign_in(addresses: Addresses, data: Path) -> None:
    environment = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": url for role, url in addresses._asdict().items()}
    words = ["--organisations", "2", "--incidents", "6", "--data", str(data)]
    for total in ("6/6", "0/0"):
        done = CliRunner().invoke(demo, words, env=environment, catch_exceptions=False)
        assert done.exit_code == 0
        assert total in done.stderr
        assert "synthetic" in done.stdout
        assert "lead@alder-vale.example" in done.stdout
        assert "Welfare officer" in done.stdout
        assert PASSWORD in done.stdout
        assert "group-lead@vale-partnership.example" in done.stdout
        assert "one press of a button" in done.stdout
    with psycopg.connect(addresses.owner) as owner:
        told = owner.execute(TOLD).fetchall()
    assert [name for name, _ in told] == ["Alder Vale School (synthetic)", "Harrowmere Juniors (synthetic)"]
    assert all('"total":0' in body or '"total":null' in body for _, body in told), (
        "of six incidents nothing can be told"
    )


def test_the_helpline_is_told_of_when_everybody_else_has_told_their_years(
    addresses: Addresses, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def fill(house: House, *_: object) -> UUID:
        await asyncio.sleep(0.2 if house.kind == "childrens_home" else 0)
        told.append(house.kind)
        return UUID(int=len(told))

    monkeypatch.setattr("safeguard.cli.demo.fill", fill)
    environment = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": url for role, url in addresses._asdict().items()}
    words = ["--organisations", "5", "--incidents", "60", "--seed", "3", "--data", str(data)]
    assert CliRunner().invoke(demo, words, env=environment, catch_exceptions=False).exit_code == 0
    assert "childrens_home" in told
    assert told[-1] == "helpline"
