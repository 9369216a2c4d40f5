"""What a referral says of its files, and where the sealed bytes of each lie: kept as it comes, fetched by a worker.

The referral is a case at once, whether or not its files have come. A file that it did not name is refused, and so is
one that is said to lie elsewhere than where a file of that number lies.
"""

from typing import Any, Final
from uuid import UUID

from safeguard import clock
from safeguard.channel.bodies import Enclosed, FileStands, Opened
from safeguard.channel.dsse import Refused
from safeguard.channel.enclosures import object_name_of
from safeguard.helpline.case import Case
from safeguard.helpline.files.locking import lock_sent
from safeguard.helpline.states import State
from safeguard.strongbox.sealing import seal
from safeguard.work import Work

SIZE: Final = 32
ANNOUNCE: Final = """
insert into public.helpline_files (organisation_id, id, case_id, sent_id, name, media_type, size, sha256, attested,
                                   announced_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
EXPECTED: Final = """
select f.id, f.state, f.version, f.locked_at from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.case_id = $1 and f.sent_id = $2 for update
"""
ARRIVING: Final = """
update public.helpline_files f set state = 'arriving', fault = '', carried_key = $2, version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
DROP: Final = """
update public.helpline_files f set state = 'dropped', fault = 'dropped', version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.case_id = $1 and f.state = 'expected'
returning f.id, f.version
"""


def check_announced(body: Opened) -> None:
    """Raise `Refused` for a referral that says what cannot be of its files."""
    for file in body.enclosed:
        if len(_bytes(file.sha256)) != SIZE or file.size <= 0 or not file.name.strip():
            raise Refused("body")
    if len({file.id for file in body.enclosed}) < len(body.enclosed):
        raise Refused("body")


async def announce(work: Work, case: Case, body: Opened) -> None:
    """Keep what the referral says of its files."""
    for file in body.enclosed:
        file_id = clock.new_id()
        await work.driver.execute(
            ANNOUNCE, file_id, case.id, file.id, file.name, file.media_type, file.size, _bytes(file.sha256),
            file.attested, work.now(),
        )  # fmt: skip
        work.record("case_file.announced", file_id)


async def arrive(work: Work, case: Case, body: Enclosed) -> None:
    """A file's bytes lie there: have them fetched; raises `Refused` for one that was not announced, or came before."""
    row = await work.driver.fetchrow(EXPECTED, case.id, body.file)
    if row is None:
        raise Refused("file")
    key = _bytes(body.key)
    if len(key) != SIZE or body.object_name != object_name_of(body.file):
        raise Refused("body")
    if row["state"] == "expected" or _comes_after_all(row, case):
        sealed = await seal(work, key, carried(row["id"]))
        await work.driver.execute(ARRIVING, row["id"], sealed)
    elif row["state"] != "dropped":
        raise Refused("replayed")
    work.ask("channel.take", row["id"], key=f"{row['id']} {row['version']}")


def _comes_after_all(row: Any, case: Case) -> bool:
    """Whether a file that was dropped with its referral was chosen again, now that the referral goes on."""
    return row["state"] == "dropped" and row["locked_at"] is None and case.state is not State.WITHDRAWN


async def drop_expected(work: Work, case: Case) -> None:
    """Whoever referred took it back: what has not arrived is not taken in."""
    for row in await work.driver.fetch(DROP, case.id):
        work.record("case_file.dropped", row["id"], version=row["version"])


async def hear_of_lock(work: Work, case: Case, body: FileStands) -> None:
    """Whoever referred locked a file that they sent: ours is locked too; raises `Refused`."""
    row = await work.driver.fetchrow(EXPECTED, case.id, body.file)
    if body.state != "locked":
        raise Refused("kind")
    if row is None:
        raise Refused("file")
    await lock_sent(work, case, row["id"])


def carried(file_id: UUID) -> str:
    """What the key of the bytes on their way is bound to."""
    return f"carried file {file_id}"


def _bytes(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError:
        raise Refused("body") from None
