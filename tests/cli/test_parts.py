"""What each part of the tree is told: the database address and the keys that it needs, and nobody else's."""

from pathlib import Path

import pytest

from safeguard import settings
from safeguard.cli.supervising.parts import PROGRAMS, Program, environment_for

KEYS = ("CONSOLE", "CONTEXT", "COOKIE", "FACTORS", "LOG", "MASTER")
GIVEN = {
    "signer": {"LOG"},
    "web": {"CONTEXT", "COOKIE", "FACTORS", "MASTER"},
    "worker": {"CONTEXT", "COOKIE", "MASTER"},
    "scheduler": {"CONTEXT"},
    "console": {"CONSOLE"},
    "mail-in": {"CONTEXT"},
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_part_is_handed_its_own_keys_and_its_own_address(program: Program, tmp_path: Path) -> None:
    roles = ("owner", "app", "relay", "signer", "operator")
    secrets = {f"SAFEGUARD_KEY_{key}{former}": f"{key}{former}" for key in KEYS for former in ("", "_FORMER")}
    addresses = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": f"postgresql://{role}/" for role in roles}
    outer = secrets | addresses | {"SAFEGUARD_KEY_OF_LATER": "x", "PATH": "/bin"}
    told = environment_for(program, settings.load(addresses, tmp_path), outer)
    keys = {name.removeprefix("SAFEGUARD_KEY_") for name in told if name.startswith("SAFEGUARD_KEY_")}
    assert keys == GIVEN[program.name] | {f"{key}_FORMER" for key in GIVEN[program.name]}
    assert [name for name in told if name in addresses] == [f"SAFEGUARD_{program.role.upper()}_DATABASE_URL"]
    assert told["PATH"] == "/bin"
