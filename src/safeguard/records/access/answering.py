"""What leaves: the answer set anew from the redacted text, as it is released and as it is read before that."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import __version__
from safeguard.errors import Conflict, NotFound
from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.records.access.enclosing import Enclosable, list_enclosable
from safeguard.records.access.queries import Item, Request, list_items
from safeguard.records.access.redacting import Marker, redacted
from safeguard.records.access.wording import ASKERS, CODES
from safeguard.work import Work

PATIENCE: Final = 60.0
ORGANISATION: Final = "select o.name, o.time_zone from public.organisations o where o.id = sec.current_organisation()"
SHOWN_LESS: Final = "select public.list_members_shown_less($1, $2)"
OF_OTHERS: Final = "Somebody else who looks after the records put this answer together: they see to it."
NOT_HERE: Final = "The file itself is not in this answer"


LEFT: Final = (
    "“%(words)s” is to be blacked out and still stands in the answer, so nothing is released. Leave out whole whatever"
    " holds it, or show these words again."
)


async def check_all_shown(work: Work, request: Request) -> None:
    """Raises `Conflict` for whoever does not see all of the copy: an answer of theirs would black out too little."""
    if work.actor.user_id and await work.driver.fetchval(SHOWN_LESS, request.id, [work.actor.user_id]):
        raise Conflict(OF_OTHERS)


def named(files: Sequence[Enclosable]) -> dict[str, Enclosable]:
    """The files that go, each by its name in the archive: what somebody called it may tell of others."""
    return {f"files/{number}.{file.extension}": file for number, file in enumerate(files, start=1)}


async def answer_of(work: Work, request: Request, marker: Marker, files: Mapping[str, Enclosable]) -> dict[str, Any]:
    """All that the answer says; raises `Conflict` when anything that is blacked out still stands in it."""
    found = await list_items(work, request.id)
    items = redacted(found, marker)
    row = await work.driver.fetchrow(ORGANISATION)
    if row is None:
        raise NotFound
    zone = ZoneInfo(row["time_zone"])
    head: dict[str, Any] = {
        "title": "What we keep about you" if request.asker == "self" else f"What we keep about {request.about_name}",
        "organisation": row["name"], "as_of": minute(work.now(), zone),
        "zone": row["time_zone"], "by": work.actor.name, "release": __version__, "grounds": list(CODES.values()),
    }  # fmt: skip
    facts = [("About", request.about_name), ("Asked for by", f"{request.asker_name} ({ASKERS[request.asker].lower()})"),
             ("Asked on", day(request.received_on)), ("Things found", str(len(items)))]  # fmt: skip
    said = [{"label": label, "value": marker(value)} for label, value in facts]
    if left := next(filter(None, map(marker.left_in, _values([[fact["value"] for fact in said], items]))), ""):
        raise Conflict(LEFT % {"words": left})
    return head | {"facts": said, "items": _with_files(found, items, files, await list_enclosable(work, request.id))}


def _values(said: object) -> Iterator[str]:
    """Every text in it, without the names of its fields, which are ours."""
    match said:
        case str():
            yield said
        case dict():
            for value in cast("dict[str, object]", said).values():
                yield from _values(value)
        case list():
            for each in cast("list[object]", said):
                yield from _values(each)
        case _:
            return


def written(answer: Mapping[str, Any]) -> bytes:
    """The answer as data."""
    return json.dumps(answer, ensure_ascii=False, indent=1).encode()


async def set_answer(work: Work, answer: Mapping[str, Any]) -> bytes:
    """The answer as a document."""
    return await to_thread.run_sync(set_pages, "access", visible_all(dict(answer)), work.now(), PATIENCE)


def _with_files(
    found: Sequence[Item],
    items: Sequence[dict[str, object]],
    goes: Mapping[str, Enclosable],
    all_: Sequence[Enclosable],
) -> list[dict[str, object]]:
    """Each thing with where its file is, or why that is not here."""
    names = {file.id: name for name, file in goes.items()}
    files = {file.id: file for file in all_}
    told: list[dict[str, object]] = []
    for item, said in zip(found, items, strict=True):
        file, name = files.get(item.id), names.get(item.id, "")
        absent = f"{NOT_HERE}: {file.why_not}. Ask us if you want to know more." if file and file.why_not else ""
        told.append(said | {"file": name, "sha256": file.sha256 if file and name else "", "no_file": absent})
    return told
