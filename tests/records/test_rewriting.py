"""After a disposal and the rewriting of the database's files, no byte of them holds a word of the record."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.database.bootstrap import ensure_roles
from safeguard.database.context import load_key
from safeguard.database.embedded import EmbeddedPostgres
from safeguard.records.holding import About
from safeguard.records.rewriting import NotAdministrator, rewrite
from safeguard.strongbox import masters
from tests.factories import organisations
from tests.factories.organisations import make_organisation, make_person
from tests.ready import ready
from tests.records.making import disposed, recorded

pytestmark = pytest.mark.anyio

WORD = "thunbergia"
KEPT = "delphinium"


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of its own: every byte of what it keeps on disk is read."""
    data = ready(tmp_path_factory.mktemp("rewritten"))
    with EmbeddedPostgres(data, durable=False, purpose="a test") as running:
        yield running


def files_with(folder: Path, word: str) -> list[str]:
    """Every file below, in which the word stands in any case and in either encoding that a file might have it."""
    found: list[str] = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes().lower()
        if word.encode() in content or word.encode("utf-16-le") in content:
            found.append(str(path.relative_to(folder)))
    return found


async def test_no_byte_of_the_data_directory_holds_a_word_of_a_disposed_record(
    own_server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = own_server.data
    made, key = ensure_roles(own_server.url(), data / "keys"), load_key(data / "keys" / "context")
    monkeypatch.setattr(organisations, "owner_url", made.owner)
    database = pool.Database(made.app, key)
    pool.use(database)
    masters.use(masters.Masters(data / "keys"))
    try:
        organisation = await make_organisation()
        lead, head = [await member(organisation, role) for role in (Role.LEAD, Role.HEAD)]
        incident, person = await recorded(lead, WORD)
        await recorded(lead, KEPT)
        with psycopg.connect(own_server.url(database="safeguard"), autocommit=True) as admin:
            admin.execute("analyze")  # so that the statistics hold a sample of it
            admin.execute("checkpoint")
        assert files_with(data, WORD), "the search finds it while it is there"
        await disposed(lead, head, About("incident", incident))
        await disposed(lead, head, About("person", person), "erasure")
    finally:
        pool.use(None)
        await database.close()
    with pytest.raises(NotAdministrator):
        rewrite(made.owner)
    done = rewrite(own_server.url(database="safeguard"))
    assert (done.old_files, done.slots, done.tables > 50) == (0, (), True)
    assert files_with(data, WORD) == []
    assert files_with(data, KEPT), "and what was kept is still there"


async def member(organisation: object, role: Role) -> Actor:
    """Somebody with this role."""
    user_id, name = await make_person(organisation, [role])
    return Actor(ActorKind.PERSON, organisation, user_id, frozenset({role}), name)
