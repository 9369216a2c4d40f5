"""`safeguard demo` from the outside: fills what is missing, and says how to sign in."""

from pathlib import Path

from click.testing import CliRunner

from safeguard.cli.demo import PASSWORD, demo
from safeguard.database.bootstrap import Addresses


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
        assert "one press of a button" in done.stdout
