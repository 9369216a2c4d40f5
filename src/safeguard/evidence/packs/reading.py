"""Reading the frozen log for a pack, in keyset batches: the entries as they are disclosed, and those of its records."""

import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from safeguard.evidence.freezing import Frozen
from safeguard.evidence.packs.chapters import ObjectRef
from safeguard.evidence.packs.contents import Disclosure, FieldValue, Leaf, RecordContent, VersionContent
from safeguard.evidence.packs.counting import Tally
from safeguard.evidence.packs.disclosing import disclose
from safeguard.work import Work

BATCH: Final = 5000

LEAVES: Final[Mapping[str, str]] = {
    "general": """
select index, entry, hash, object from audit.leaves
where organisation_id = (select sec.current_organisation()) and log = 'general' and index >= $1 and index < $2
order by index limit $3
""",
    "restricted": "select index, entry, hash, object from audit.read_restricted($1, $2, $3)",
}
"""Of the restricted log, an entry that the reader must not know of comes as its hash alone."""
OF_OBJECTS: Final = """
select index, entry, hash, object from audit.leaves
where organisation_id = (select sec.current_organisation()) and log = 'general' and object = any($1) order by index
"""
OBJECTS: Final = """
select o.kind, o.id, o.salt, o.handle from audit.objects o
join unnest($1::text[], $2::uuid[]) asked (kind, id) on o.kind = asked.kind and o.id = asked.id
where o.organisation_id = (select sec.current_organisation())
"""
DOCUMENTS: Final = """
select d.kind, d.id, d.version, d.fields, d.salt, d.commitment from audit.documents d
join unnest($1::text[], $2::uuid[]) asked (kind, id) on d.kind = asked.kind and d.id = asked.id
where d.organisation_id = (select sec.current_organisation())
order by d.kind, d.id, d.version
"""
LATEST: Final = """
select o.handle, d.fields, d.commitment from audit.objects o
join audit.documents d on d.organisation_id = o.organisation_id and d.kind = o.kind and d.id = o.id
where o.organisation_id = (select sec.current_organisation()) and o.handle = any($1)
order by o.handle, d.version
"""
ACTORS: Final = """
select a.handle, a.user_id, coalesce(m.name, '') as name from audit.actors a
left join public.memberships m on m.organisation_id = a.organisation_id and m.user_id = a.user_id
where a.organisation_id = (select sec.current_organisation()) and a.handle = any($1)
"""

STAFF: Final = """
select distinct c.name from public.memberships m cross join unnest(m.former_names || m.name) c (name)
where m.organisation_id = (select sec.current_organisation()) and c.name <> '' order by c.name
"""


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of one of the pack's own records, read."""

    index: int
    at: datetime
    event: str
    actor: bytes
    role: str
    handle: bytes
    version: int
    commitment: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An object's salt and handle."""

    ref: ObjectRef
    salt: bytes
    handle: bytes


@dataclass(slots=True)
class Extract:
    """What was read of the log: the acts on the pack's records, and how many entries are shown."""

    acts: list[Act] = field(default_factory=list[Act])
    shown: int = 0
    tally: Tally | None = None
    """What counts every entry, where the report wants it."""


async def find_objects(work: Work, refs: Iterable[ObjectRef]) -> dict[ObjectRef, Kept]:
    """Salt and handle of each object that the log ever named."""
    asked = list(refs)
    rows = await work.driver.fetch(OBJECTS, [ref.kind for ref in asked], [ref.id for ref in asked])
    found = (Kept(ObjectRef(row["kind"], row["id"]), row["salt"], row["handle"]) for row in rows)
    return {kept.ref: kept for kept in found}


async def spool_entries(
    work: Work, frozen: Frozen, disclosure: Disclosure, own: frozenset[bytes], target: Path, extract: Extract
) -> AsyncIterator[int]:
    """Write `audit/entries` to `target` and fill the extract; yields how far it is."""
    done, size = 0, frozen.size
    with target.open("xb") as spool:
        while done < size:
            rows = await work.driver.fetch(LEAVES[frozen.log], done, size, BATCH)
            if not rows or rows[0]["index"] != done:
                raise RuntimeError(f"entry {done} of the log is missing")
            leaves = [Leaf(row["index"], (row["entry"] or "").encode(), row["hash"], row["object"]) for row in rows]
            spool.write(b"".join(disclose(leaf, disclosure, own) for leaf in leaves))
            mine = [leaf for leaf in leaves if leaf.handle in own]
            extract.acts += [_act(leaf) for leaf in mine]
            extract.shown += len(leaves) if disclosure is Disclosure.COMPLETE else len(mine)
            if tally := extract.tally:
                for leaf in leaves:
                    tally.count(leaf)
            done += len(leaves)
            yield done


async def read_acts(work: Work, handles: Sequence[bytes]) -> list[Act]:
    """What the general log holds now about these objects, in its order."""
    rows = await work.driver.fetch(OF_OBJECTS, list(handles))
    return [_act(Leaf(row["index"], row["entry"].encode(), row["hash"], row["object"])) for row in rows]


def _act(leaf: Leaf) -> Act:
    _, at, event, actor, role, _, version, commitment, _, _ = leaf.entry.decode().split("\n")
    moment = datetime.fromisoformat(at)
    return Act(leaf.index, moment, event, b64decode(actor), role, leaf.handle, int(version), commitment)


async def read_records(
    work: Work, kept: Mapping[ObjectRef, Kept], acts: Sequence[Act]
) -> dict[ObjectRef, RecordContent]:
    """The committed versions that the frozen log knows of; an object of which it knows none is left out."""
    logged = {(act.handle, act.version, act.commitment) for act in acts if act.commitment != "-"}
    versions: dict[ObjectRef, list[VersionContent]] = {}
    for row in await work.driver.fetch(DOCUMENTS, [ref.kind for ref in kept], [ref.id for ref in kept]):
        ref = ObjectRef(row["kind"], row["id"])
        if (kept[ref].handle, row["version"], b64encode(row["commitment"]).decode()) in logged:
            versions.setdefault(ref, []).append(_version(row))
    return {ref: RecordContent(ref.kind, ref.id, kept[ref].salt, tuple(found)) for ref, found in versions.items()}


def _version(row: Any) -> VersionContent:
    """{name: [JCS text, base64 salt]}, exactly as it was committed."""
    stored: dict[str, list[str]] = json.loads(row["fields"])
    fields = {name: FieldValue(value, b64decode(salt)) for name, (value, salt) in stored.items()}
    return VersionContent(row["version"], row["salt"], fields)


async def read_names(work: Work, acts: Sequence[Act]) -> dict[bytes, str]:
    """Who stands behind each actor's handle, as far as that is still kept."""
    rows = await work.driver.fetch(ACTORS, list({act.actor for act in acts}))
    return {row["handle"]: "Safeguard" if row["user_id"] == UUID(int=0) else row["name"] for row in rows}


async def read_staff(work: Work) -> tuple[str, ...]:
    """Everybody who works here, or did."""
    return tuple(row["name"] for row in await work.driver.fetch(STAFF))


async def read_latest(work: Work, logged: Mapping[bytes, str]) -> AsyncIterator[dict[str, Any]]:
    """The values of what was committed to, by the handles of objects: for figures, and for no pack to hold."""
    handles = sorted(logged)
    for start in range(0, len(handles), BATCH):
        for row in await work.driver.fetch(LATEST, handles[start : start + BATCH]):
            if b64encode(row["commitment"]).decode() == logged[row["handle"]]:
                yield {name: json.loads(value) for name, (value, _) in json.loads(row["fields"]).items()}
