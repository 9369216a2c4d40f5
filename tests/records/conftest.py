"""What the tests of this room share: acts are bound, and a store to put packs and files into."""

from pathlib import Path

import pytest
from obstore.store import ObjectStore

from safeguard.identity import acts
from safeguard.records import disposing
from safeguard.strongbox import objects


@pytest.fixture(autouse=True)
def bound() -> None:
    acts.bind(*disposing.ACTS)


@pytest.fixture
def shelf(tmp_path: Path) -> ObjectStore:
    return objects.open_store((tmp_path / "objects").as_uri())
