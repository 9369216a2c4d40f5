"""`safeguard demo` from the outside: fills what is missing, and says how to sign in."""

from pathlib import Path

import psycopg
from click.testing import CliRunner

from safeguard.cli.demo import PASSWORD, demo
from safeguard.database.bootstrap import Addresses

TOLD = """
select f.member_name, f.body from public.group_figures f join public.organisations o on o.id = f.organisation_id
where o.slug = 'vale-partnership' order by 1
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
