"""The parts, started by hand: what they say when nobody told them where the database is."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from safeguard.cli.main import safeguard


@pytest.mark.parametrize(
    ("command", "role"),
    [("serve", "APP"), ("worker", "APP"), ("relay", "RELAY"), ("schedule", "RELAY"), ("signer", "SIGNER")],
)
def test_a_part_without_a_database_says_what_to_set(command: str, role: str, tmp_path: Path) -> None:
    environment = {f"SAFEGUARD_{each}DATABASE_URL": None for each in ("", "OWNER_", "APP_", "RELAY_", "SIGNER_")}
    done = CliRunner(env=environment).invoke(safeguard, [command, "--data", str(tmp_path)])
    assert done.exit_code == 1
    assert f"Set SAFEGUARD_{role}_DATABASE_URL" in done.output


@pytest.mark.parametrize("before", [True, False])
def test_what_is_done_with_the_logs_key_takes_the_folder_at_the_end_as_every_command_does(
    before: bool, tmp_path: Path
) -> None:
    place = ["--data", str(tmp_path / "there")]
    arguments = ["signer", *place, "rotate"] if before else ["signer", "rotate", *place]
    done = CliRunner(env={"SAFEGUARD_DATA": str(tmp_path / "elsewhere")}).invoke(safeguard, arguments)
    assert done.exit_code == 0, done.output
    assert any((tmp_path / "there").rglob("*"))
    assert not (tmp_path / "elsewhere").exists()
