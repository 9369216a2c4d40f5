"""The container files name commands, settings and folders that exist, and the web never holds the owner's password."""

import re
from pathlib import Path
from typing import Any

import yaml

from safeguard import paths
from safeguard.cli.main import ENTRIES

DOCKER = paths.ROOT / "docker"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DOCKER / "compose.yaml").read_text())["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "safeguard"}


def test_every_part_runs_a_command_that_exists() -> None:
    assert set(OURS) == {"migrate", "web", "worker", "relay", "signer", "mail-in"}
    assert all(service["command"][0] in ENTRIES for service in OURS.values())


def test_every_setting_is_one_that_is_read() -> None:
    read = (Path(paths.PACKAGE) / "settings.py").read_text()
    named = {name for service in OURS.values() for name in service["environment"]}
    assert {name for name in named if f'"{name}"' not in read} == set()


def test_only_the_migration_has_the_owners_address() -> None:
    holders = [name for name, service in OURS.items() if "SAFEGUARD_OWNER_DATABASE_URL" in service["environment"]]
    assert holders == ["migrate"]


def test_the_roles_get_the_passwords_that_their_script_reads() -> None:
    wanted = set(re.findall(r"\\getenv \w+ (\w+)", (DOCKER / "roles.sql").read_text()))
    assert wanted
    assert wanted <= set(SERVICES["postgres"]["environment"])


def test_the_image_copies_folders_that_exist() -> None:
    copied = re.findall(r"^COPY (\w+)/ ", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert {"src", "workers", "templates", "migrations", "tenants", "assets"} <= set(copied)
    assert all((paths.ROOT / folder).is_dir() for folder in copied)


def test_nothing_that_the_image_copies_is_kept_from_the_build() -> None:
    sent = (DOCKER / "Dockerfile.dockerignore").read_text().split()
    copied = re.findall(r"^COPY (?!--from)(\S+)", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert [path for path in copied if not {f"!{path.rstrip('/')}", f"!{path.split('/')[0]}"} & set(sent)] == []


def test_the_stage_that_builds_the_assets_has_all_that_they_are_built_from() -> None:
    stage = (DOCKER / "Dockerfile").read_text().split("\nFROM ")[1]
    scripts = "".join(script.read_text() for script in (paths.ROOT / "assets").glob("build/*.js"))
    read = re.findall(r"join\(here, '\.\.', '(\w+)'\)", scripts)
    assert "templates" in read
    assert [folder for folder in read if f"COPY {folder}/ /build/{folder}/" not in stage] == []


def test_what_the_owner_does_by_hand_reaches_the_signer_and_the_stored_files() -> None:
    owner = OURS["migrate"]
    assert {"data:/data", "objects:/objects", "asking:/run/safeguard"} <= set(owner["volumes"])
    assert owner["environment"]["SAFEGUARD_SIGNER_SOCKET"] == OURS["signer"]["environment"]["SAFEGUARD_SIGNER_SOCKET"]


def test_no_part_may_gain_rights_or_write_outside_its_volumes() -> None:
    assert all("no-new-privileges:true" in service["security_opt"] for service in SERVICES.values())
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in OURS.values())
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    final = (DOCKER / "Dockerfile").read_text().split("\nFROM ")[-1]
    made = re.search(r"install -d -o safeguard -m 0700 (.*)", final)
    assert made and "\nUSER 10001\n" in final and "--uid 10001 " in final
    mounted = {place.split(":")[1] for service in OURS.values() for place in service["volumes"]}
    assert mounted <= set(made[1].split()), "a volume takes over its folder's owner when it is first used"


def test_the_passwords_are_kept_out_of_the_repository_and_of_the_image() -> None:
    ignored = (paths.ROOT / ".gitignore").read_text().split()
    assert "/docker/.env" in ignored
    sent = (DOCKER / "Dockerfile.dockerignore").read_text().split()
    assert sent[0] == "*" and "!docker" not in sent


def test_the_web_reaches_the_database_as_one_role_only() -> None:
    addresses = [name for name in OURS["web"]["environment"] if name.endswith("DATABASE_URL")]
    assert addresses == ["SAFEGUARD_APP_DATABASE_URL"]


def test_the_signers_folder_and_address_are_its_own() -> None:
    assert [name for name, service in OURS.items() if "signer:/signer" in service.get("volumes", [])] == ["signer"]
    holders = [name for name, service in OURS.items() if "SAFEGUARD_SIGNER_DATABASE_URL" in service["environment"]]
    assert holders == ["signer"]
