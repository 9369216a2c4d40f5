"""Settings come from the environment, the `--data` option, and what the first start wrote."""

import json
import re
from pathlib import Path

import pytest

from safeguard import paths
from safeguard.keys import sources
from safeguard.settings import SettingsError, announced, console_announced, load


def test_one_machine_needs_no_setting(tmp_path: Path) -> None:
    settings = load({}, tmp_path)
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://localhost:8000")
    assert settings.objects_url == (tmp_path / "objects").as_uri()
    assert (settings.app_url, settings.broker_url, settings.admin_url) == ("", None, None)
    assert settings.secure_cookies


def test_the_option_wins_over_the_variable(tmp_path: Path) -> None:
    assert load({"SAFEGUARD_DATA": "/elsewhere"}, tmp_path).data == tmp_path


def test_the_public_address_has_no_slash_at_its_end(tmp_path: Path) -> None:
    assert load({"SAFEGUARD_PUBLIC_URL": "https://safe.example/"}, tmp_path).public_url == "https://safe.example"


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "٣"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(SettingsError, match="SAFEGUARD_PORT"):
        load({"SAFEGUARD_PORT": port}, tmp_path)


def test_the_addresses_of_the_last_start_are_found_again(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "database.json").write_text(json.dumps({"app": "postgresql://app:word@host/safeguard"}))
    settings = load({"SAFEGUARD_OWNER_DATABASE_URL": "postgresql://owner"}, tmp_path)
    assert settings.app_url == "postgresql://app:word@host/safeguard"
    assert settings.owner_url == "postgresql://owner"


def test_passwords_stay_out_of_the_representation(tmp_path: Path) -> None:
    assert "secret" not in repr(load({"SAFEGUARD_APP_DATABASE_URL": "postgresql://a:secret@b/c"}, tmp_path))


def test_the_name_in_checkpoints_is_settled_once(tmp_path: Path) -> None:
    first = load({}, tmp_path).origin
    assert first.startswith("safeguard-")
    assert load({"SAFEGUARD_PUBLIC_URL": "https://safe.example"}, tmp_path).origin == first


def test_the_name_in_checkpoints_is_the_public_host_where_there_is_one(tmp_path: Path) -> None:
    assert load({"SAFEGUARD_PUBLIC_URL": "https://safe.example:8443"}, tmp_path).origin == "safe.example"


def test_two_machines_that_look_alike_have_different_names(tmp_path: Path) -> None:
    assert load({}, tmp_path / "one").origin != load({}, tmp_path / "two").origin


def test_the_folders_it_makes_are_private(tmp_path: Path) -> None:
    load({}, tmp_path / "data")
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in ("data", "data/keys")] == [0o700, 0o700]


def test_every_variable_is_in_the_documentation() -> None:
    read = set(re.findall(r'"(SAFEGUARD_[A-Z_]+)"', (paths.PACKAGE / "settings.py").read_text()))
    told = set(re.findall(r"^\| `(SAFEGUARD_[A-Z_]+)`", (paths.ROOT / "docs/settings.md").read_text(), re.M))
    keys = {name for name in told if name.startswith(sources.PREFIX)}
    assert read == told - keys
    assert keys == {f"{sources.PREFIX}MASTER", f"{sources.PREFIX}MASTER_FORMER"}


def test_links_lead_to_where_the_folder_is_served(tmp_path: Path) -> None:
    place = load({"SAFEGUARD_PORT": "9001"}, tmp_path)
    with announced(place):
        assert load({}, tmp_path).public_url == "http://localhost:9001"
        assert load({"SAFEGUARD_PORT": "9002"}, tmp_path).public_url == "http://localhost:9002"
    assert load({}, tmp_path).public_url == "http://localhost:8000"


def test_links_to_the_console_lead_to_where_it_runs(tmp_path: Path) -> None:
    with console_announced(load({"SAFEGUARD_CONSOLE_PORT": "9101"}, tmp_path)):
        assert load({}, tmp_path).console_url == "http://localhost:9101"
        assert load({"SAFEGUARD_CONSOLE_PORT": "9102"}, tmp_path).console_url == "http://localhost:9102"
        named = load({"SAFEGUARD_CONSOLE_URL": "https://console.example.org/"}, tmp_path)
        assert named.console_url == "https://console.example.org"
    assert not load({}, tmp_path).console_public_url


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("SAFEGUARD_APP_DATABASE_URL", "postgresql://u:p@db.elsewhere.example/safeguard"),
        ("SAFEGUARD_DATABASE_URL", "postgresql://u:p@db.inside.example,db.elsewhere.example:5433/postgres"),
        ("SAFEGUARD_BROKER_URL", "amqp://u:p@queue.elsewhere.example"),
        ("SAFEGUARD_SCANNER_URL", "tcp://scanner.elsewhere.example:3310"),
        ("SAFEGUARD_OBJECTS_URL", "s3://evidence"),
        ("SAFEGUARD_OBJECTS_URL", "gs://evidence"),
    ],
)
def test_nothing_starts_with_an_address_where_data_may_not_be_kept(tmp_path: Path, setting: str, address: str) -> None:
    said = {setting: address, "AWS_REGION": "us-east-1"}
    assert load(said, tmp_path)
    for allowed in ("db.inside.example", ".inside.example, eu-west-2", "side.example"):
        with pytest.raises(SettingsError, match=f"{setting} leads to (.*example|us-east-1|gs://evidence)"):
            load(said | {"SAFEGUARD_RESIDENCY": allowed}, tmp_path)


@pytest.mark.parametrize(
    ("setting", "address"),
    [
        ("SAFEGUARD_APP_DATABASE_URL", "postgresql://u:p@DB.inside.example/safeguard"),
        ("SAFEGUARD_APP_DATABASE_URL", "postgresql://u:p@/safeguard?host=/run/postgresql"),
        ("SAFEGUARD_BROKER_URL", "redis://127.0.0.1:6379"),
        ("SAFEGUARD_BROKER_URL", "redis://[::1]:6379"),
        ("SAFEGUARD_SCANNER_URL", "unix:///run/clamav/clamd.ctl"),
        ("SAFEGUARD_OBJECTS_URL", "s3://evidence"),
        ("SAFEGUARD_OBJECTS_URL", "gs://evidence"),
        ("SAFEGUARD_SMTP_URL", "smtp://relay.elsewhere.example:587"),
    ],
)
def test_what_is_named_lies_on_this_machine_or_carries_no_records_starts(
    tmp_path: Path, setting: str, address: str
) -> None:
    allowed = {"SAFEGUARD_RESIDENCY": ".inside.example, eu-west-2, gs://evidence", "AWS_REGION": "eu-west-2"}
    assert load(allowed | {setting: address}, tmp_path)
