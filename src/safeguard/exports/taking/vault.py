"""The concerns about staff as a table: every concern and everything that was added to it, for whoever keeps the vault.

There is no evidence pack of the vault: a pack lies here until it is fetched, and could hold a concern about somebody
who reads the vault later. The table is written while they wait, for whoever asks, and nothing of it stays. Each
concern that leaves is told to the restricted log, where nobody reads of it who may not read the concern.
"""

from collections.abc import Iterator
from typing import Final

from safeguard.access.policy import Permission
from safeguard.concerns.handling import CONTACTS, ENDINGS, LEVELS
from safeguard.concerns.record import ENTRY_COLUMNS, FACT_COLUMNS, Entry, Facts, Record, decode_record
from safeguard.errors import NotFound, TooLarge
from safeguard.exports.lists import Place, minute
from safeguard.incidents.story import columns
from safeguard.web.languages import gettext
from safeguard.web.tables import Form, Table, table
from safeguard.work import Work

MOST: Final = 2_000
TOO_MANY: Final = "There are more than 2,000 concerns, which is the most that leaves in one file."
KEEPS: Final = "select sec.reads_vault() and not sec.only_reads_vault()"
"""Through broken glass one reads, and takes nothing along."""
ALL: Final = f"""
select json_build_object('facts', (select row_to_json(f) from (select {columns(FACT_COLUMNS, "c")}) f),
    'entries', coalesce((select json_agg(e order by e.written_at, e.id) from (
        select {columns(ENTRY_COLUMNS, "n")} from public.concern_entries n
        where n.organisation_id = c.organisation_id and n.concern_id = c.id) e), '[]'::json))::text
from public.concerns c
where c.organisation_id = (select sec.current_organisation()) order by c.raised_at, c.id limit $1
"""  # noqa: S608  our own constants
RAISED: Final = "The concern as it was raised"
KINDS: Final = {
    "note": "Note", "message": "Message", "received": "Received", "decision": "Decision", "contact": "Contact",
    "told": "The person was told", "closing": "Closed", "reopening": "Opened again",
}  # fmt: skip


async def keeps_vault(work: Work) -> bool:
    """Whether the actor takes care of the vault, and so may take it along."""
    return work.may(Permission.CONCERN_RAISE) and bool(await work.driver.fetchval(KEEPS))


async def concerns_table(work: Work, form: Form, place: Place) -> Table:
    """Every concern that the actor reads, the oldest first; raises `NotFound` for those who do not keep the vault."""
    work.require(Permission.CONCERN_RAISE)
    if not await keeps_vault(work):
        raise NotFound
    rows = await work.driver.fetch(ALL, MOST + 1)
    if len(rows) > MOST:
        raise TooLarge(TOO_MANY)
    whole = table(form, _headings(place))
    for record in (decode_record(row[0]) for row in rows):
        whole.add(_lines(record, place))
        work.record("concern.exported", record.facts.id, version=record.facts.version)
    work.restrict()
    return whole


def _headings(place: Place) -> list[str]:
    return [
        gettext("Reference"), gettext("What it is"), gettext("When") + f" ({place.zone.key})", gettext("By"),
        gettext("About whom"), gettext("Their work here"), gettext("Words"), gettext("Reasons"), gettext("State"),
        gettext("Level"), gettext("Outcome"), gettext("Spoken to"), gettext("Their reference"),
    ]  # fmt: skip


def _lines(record: Record, place: Place) -> Iterator[list[str]]:
    yield _concern(record.facts, place)
    yield from (_entry(record.facts, entry, place) for entry in record.entries)


def _concern(facts: Facts, place: Place) -> list[str]:
    words = (facts.happened_words, facts.narrative, facts.immediate_action)
    return [
        facts.reference, gettext(RAISED), minute(facts.raised_at, place.zone), facts.raised_by_name,
        facts.subject_name, facts.subject_work, "\n\n".join(part for part in words if part),
        "\n\n".join(part for part in (facts.level_reason, facts.outcome_reason) if part),
        gettext({"new": "New", "open": "Open", "closed": "Closed"}[facts.state]),
        gettext(LEVELS[facts.level]) if facts.level else "", gettext(ENDINGS[facts.outcome]) if facts.outcome else "",
        "", "",
    ]  # fmt: skip


def _entry(facts: Facts, entry: Entry, place: Place) -> list[str]:
    whom = gettext(CONTACTS.get(entry.contact, entry.contact)) if entry.contact else ""
    return [
        facts.reference, gettext(KINDS[entry.kind]), minute(entry.contacted_at or entry.written_at, place.zone),
        entry.author_name, "", "", entry.words, entry.reason, "", "", "",
        ", ".join(part for part in (whom, entry.contact_name) if part), entry.contact_reference,
    ]  # fmt: skip
