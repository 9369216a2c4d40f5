"""An alert that may be about each of those who handle incidents: it becomes a concern in the vault, so somebody has it.

What the vault does then is what it does with every concern: the head hears of it, or whom the head named, or where it
may be about them too the person outside. The alert itself stays for whoever joins to handle incidents. A product that
says no more of somebody than that they played a game must not fill the vault: what is not grave is added to the concern
that it began, while that is open.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.concerns import handling
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.concerns.record import ENTRY_COLUMNS, Entry, entry_document
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import minute
from safeguard.incidents.reports import WORDS_LIMIT
from safeguard.intake.alert import PRESSING, Alert
from safeguard.intake.alerts import get_alert
from safeguard.work import Work

ONWARD: Final = "notice.alert_onward"
SOMEBODY: Final = """
select exists (
    select from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
        and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && array['lead', 'deputy']
        and m.user_id <> all ($1::uuid[]) and sec.can_act(m.user_id))
"""
NAMES: Final = """
select m.name from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any ($1) order by m.name
"""
GIVEN: Final = """
select a.onward_at is not null from public.alerts a
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 for update
"""
GIVE: Final = """
update public.alerts a set onward_at = $2 where a.organisation_id = (select sec.current_organisation()) and a.id = $1
"""
BEGUN: Final = """
select c.id from public.concerns c
where c.organisation_id = (select sec.current_organisation()) and c.raised_by is null and c.raised_by_name = $1
    and c.subject_name = $2 and c.state <> 'closed' and c.raised_at > $3
order by c.raised_at desc, c.id desc limit 1
for update
"""
KEEP_FROM: Final = """
insert into public.exclusions (organisation_id, id, concern_id, user_id, cause, since)
select m.organisation_id, gen_random_uuid(), $1, m.user_id, 'named', $3 from public.memberships m
where m.organisation_id = (select sec.current_organisation()) and m.user_id = any ($2)
    and not exists (  -- who was let in since as another of that name is not shut out again by the next alert
        select from public.exclusions x
        where x.organisation_id = m.organisation_id and x.concern_id = $1 and x.user_id = m.user_id)
on conflict do nothing
"""
LATELY: Final = timedelta(days=90)
LONGEST: Final = WORDS_LIMIT - 5_000
"""Of the words that the product saw, beside all that it says about them."""


async def reaches_somebody(work: Work, kept_from: list[UUID]) -> bool:
    """Whether anybody who handles incidents may know of an alert that is kept from these."""
    return not kept_from or bool(await work.driver.fetchval(SOMEBODY, kept_from))


async def give_onward(work: Work, alert_id: UUID, *, waited: bool = False) -> bool:
    """Bring it before the vault when nobody who handles incidents may know of it; whether it stands there.

    Also when it is kept from one of them and the others let it wait for long: the head would ask whoever leads, who
    may be the one. Safe to run twice.
    """
    alert = await get_alert(work, alert_id)
    if alert.state != "new" or not alert.kept_from:
        return False
    if not waited and await reaches_somebody(work, list(alert.kept_from)):
        return False
    if await work.driver.fetchval(GIVEN, alert_id):
        return True
    why = "Nobody who may know of it has looked at it" if waited else "Nobody who handles incidents may know of it"
    author, words = f"{alert.source}, by an alert", await _told(work, alert, why)
    begun = None
    if alert.severity not in PRESSING:
        begun = await work.driver.fetchval(BEGUN, author, alert.user_name, work.now() - LATELY)
    if begun:
        await _add(work, begun, author, words)
    else:
        begun = await _raise(work, alert, author, words)
    await work.driver.execute(KEEP_FROM, begun, list(alert.kept_from), work.now())
    await work.driver.execute(GIVE, alert_id, work.now())
    return True


async def _raise(work: Work, alert: Alert, author: str, words: str) -> UUID:
    when = minute(alert.raised_at, (await get_organisation(work)).zone)
    acting = work.actor
    work.actor = replace(acting, name=author)
    try:
        new = NewConcern(
            subject_name=alert.user_name, narrative=words, happened_words=when,
            child_at_risk=True if alert.severity == "urgent" else None,
        )  # fmt: skip
        return (await raise_concern(work, new)).id
    finally:
        work.actor = acting


async def _add(work: Work, concern_id: UUID, author: str, words: str) -> None:
    entry = Entry(
        id=clock.new_id(), concern_id=concern_id, kind="note", written_at=work.now(), author_name=author, words=words
    )
    await work.driver.execute(handling.ADD, *(getattr(entry, name) for name in ENTRY_COLUMNS))
    work.restrict()
    work.record("concern_entry.recorded", entry.id, document=entry_document(entry))


async def _told(work: Work, alert: Alert, why: str) -> str:
    """What the product says, and whom it may mean: the vault shows no alert."""
    names = ", ".join(row["name"] for row in await work.driver.fetch(NAMES, list(alert.kept_from)))
    lines = (
        alert.words and f"“{alert.words[:LONGEST]}”", alert.category, alert.address, alert.device,
        f"Whose session it was: {alert.user_name}. Whom that may mean here: {names}.",
        f"{alert.source} noticed this. Its number there: {alert.product_id}.",
        f"{why}, so it came here.",
    )  # fmt: skip
    return "\n".join(line for line in lines if line)
