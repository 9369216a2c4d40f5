"""Where the words that somebody looked for stand in a report: only of the few rows that a page shows.

The database marks them with two characters that no text holds, and they become markup after everything was escaped:
what it marks with cannot be told from what somebody typed otherwise.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from markupsafe import Markup, escape

from safeguard.access.policy import Permission
from safeguard.work import Work

START: Final = "\ue000"
STOP: Final = "\ue001"
LESS: Final = "\x01"
MORE: Final = "\x02"
"""What stands for angle brackets meanwhile: the database would take what is between them for markup, and leave it out.
"""
READS: Final = 20_000
"""Characters of a report that are looked through: a page must not take longer for one that is very long."""
QUERY: Final = "(select public.words_asked({text}))"
"""What the search asks for (migrations/sql/40_incidents.sql), reckoned once and not for each row."""


def headline(column: str, text: str) -> str:
    """The statement's part that cuts the words around a match out of a column, and marks them."""
    options = f"StartSel={START},StopSel={STOP},MaxWords=22,MinWords=10,ShortWord=2"
    return (
        f"ts_headline('pg_catalog.english', translate(left({column}, {READS}), '<>{START}{STOP}', '{LESS}{MORE}'),"
        f" {QUERY.format(text=text)}, '{options}')"
    )


HIGHLIGHT: Final = f"""
select i.id, {headline("i.narrative", "$2")} from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1::uuid[])
"""  # noqa: S608  our own constants


async def highlights(work: Work, incidents: Sequence[UUID], text: str) -> dict[UUID, Markup]:
    """The words around what was looked for, for those of the incidents whose report has it."""
    if not (incidents and text and work.may(Permission.INCIDENT_READ)):
        return {}
    rows = await work.driver.fetch(HIGHLIGHT, incidents, text)
    return {row[0]: marked(row[1]) for row in rows if START in row[1]}


def marked(found: str) -> Markup:
    """What the database marked, as markup; everything else as text."""
    text = str(escape(found.replace(LESS, "<").replace(MORE, ">")))
    return Markup(text.replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S704  escaped before
