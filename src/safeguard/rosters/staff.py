"""Staff: whoever is new is invited to report, and nothing more. A roster never gives a role that reads cases.

Whoever belongs here already, or holds an invitation that is good, is left as they are. A leaver who may only report is
taken out of the organisation; whoever has another role is looked after by hand, for a file must not be able to take an
organisation's lead away. Invitations are made by whoever confirms, some at a time, because their links are shown once.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.identity import addresses, belonging, removing
from safeguard.identity.inviting import Invited, invite
from safeguard.people.person import full_name
from safeguard.rosters.difference import Difference, Outcome
from safeguard.rosters.entry import Entry, Problem, Roll
from safeguard.rosters.linking import Link, add_links, links_of, remove_links, set_links
from safeguard.rosters.runs import LATER, Run, hold_to_begin, hold_to_undo, outdate_others, run_document
from safeguard.work import Work

AT_ONCE: Final = 200
"""Invitations of one confirmation."""

NO_ADDRESS: Final = "There is no email address in this row, so nobody can be invited."
OTHER_ADDRESS: Final = "This address is in a row above already."
HAS_ROLES: Final = "They do more here than report, so a file does not take them out. Do it under Accounts."
ONESELF: Final = "This is your own account. Somebody else takes you out."
ENDED: Final = "They were taken out by hand already, so this file did nothing."
NOT_TICKED: Final = "Not taken out: that was not ticked."
JOINED: Final = "They have joined since. Take them out under Accounts, if they should not be here."

KNOWN: Final = """
select m.email from memberships m where m.state = 'active' and m.kind = 'person' and m.email = any($1)
union
select i.email from invitations i
where i.used_at is null and i.withdrawn_at is null and i.expires_at > $2 and i.email = any($1)
"""
TODO: Final = """
select r.id, r.kind, r.source_id, r.name, r.said, r.link_before from public.roster_rows r
where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1 and r.state = 'planned'
    and r.kind = any ($2)
order by r.row_number, r.id limit $3
"""
MADE: Final = TODO.replace("'planned'", "'done'")
NOTE: Final = """
update public.roster_rows r set state = $2, reason = $3, link_before = coalesce($4, r.link_before)
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
STATE: Final = """
update public.rosters r set state = $2, version = r.version + 1, marks_left = $3, applied_at = $4, applied_by_name = $5
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
UNDONE: Final = """
update public.rosters r set state = 'undone', version = r.version + 1, kept_count = $2, undone_at = $3,
    undone_by_name = $4
where r.organisation_id = (select sec.current_organisation()) and r.id = $1
"""
MEMBER: Final = """
select m.user_id, sec.roles_held(m.roles, m.deputy_from, m.deputy_until) as roles, m.state from memberships m
where m.kind = 'person' and m.email = $1
order by m.state limit 1
"""
WITHDRAW: Final = """
update invitations set withdrawn_at = $2 where email = $1 and used_at is null and withdrawn_at is null returning id
"""
WITHDRAW_ONE: Final = WITHDRAW.replace("email = $1", "id = $1")


class _Did(msgspec.Struct, frozen=True):
    """What the file did for one row, so that it alone is taken back."""

    link: tuple[str, bool] | None = None
    """The address that the number meant before, and whether it belonged here."""
    invited: UUID | None = None
    """The invitation."""
    ended: UUID | None = None
    """Whose membership."""


async def look(work: Work, run: Run, batch: Sequence[Entry], roll: Roll, *, gone: bool) -> Outcome:
    """What these rows would do to accounts."""
    outcome, links = Outcome(), await links_of(work, "staff", run.source)
    listed = [(entry, _address(entry)) for entry in batch]
    known = {row[0] for row in await work.driver.fetch(KNOWN, [one for _, one in listed if one], work.now())}
    seen: set[str] = set()
    for entry, address in listed:
        _look_at(outcome, entry, address, links.get(entry.key), known, seen)
    missing = [link for key, link in links.items() if gone and link.is_here and key not in roll.keys]
    outcome.rows += [_leaving(0, link, link.email or "") for link in missing]
    return outcome


def _look_at(
    outcome: Outcome, entry: Entry, address: str, link: Link | None, known: set[str], seen: set[str]
) -> None:  # fmt: skip
    name = full_name(entry.said.get("given_name", ""), entry.said.get("family_name", ""), "")
    said = {"email": address}
    if entry.is_gone:
        if link and link.is_here:
            outcome.rows.append(_leaving(entry.number, link, name))
        else:
            outcome.same += 1
    elif not address:
        outcome.problems.append(Problem(entry.number, "email", NO_ADDRESS))
    elif address in seen:
        outcome.problems.append(Problem(entry.number, "email", OTHER_ADDRESS))
    elif address in known:
        outcome.same += 1
        if link is None or not link.is_here or link.email != address:
            outcome.rows.append(Difference(entry.number, "same", entry.key, name, said=said))
    else:
        outcome.rows.append(
            Difference(entry.number, "new", entry.key, name, said=said, changes={"email": ("", address)})
        )
    seen.add(address)


def _leaving(number: int, link: Link, name: str) -> Difference:
    said = {"email": link.email or ""}
    return Difference(number, "gone", link.source_id, name, said=said, changes={"email": (link.email or "", "")})


def _address(entry: Entry) -> str:
    try:
        return addresses.check(entry.said.get("email", ""))
    except Invalid:
        return ""


async def confirm(work: Work, run_id: UUID, *, marks_left: bool) -> tuple[Invited, ...]:
    """Invite the next who are new, and at the end take leavers out; the links are to be shown this once."""
    work.require(Permission.USERS_MANAGE)
    run = await hold_to_begin(work, run_id, "staff")
    rows = await _rows(work, TODO, run_id, ["new"], AT_ONCE)
    links = await links_of(work, "staff", run.source)
    invited = [await _invite(work, run, row, links) for row in rows]
    if len(rows) == AT_ONCE and await _rows(work, TODO, run_id, ["new"], 1):
        return tuple(one for one in invited if one)
    for row in await _rows(work, TODO, run_id, ["same"], 100_000):
        await _tie(work, run, row, links)
        await _note(work, row, "done")
    for row in await _rows(work, TODO, run_id, ["gone"], 100_000):
        await _take_out(work, row, links.get(row["source_id"]), marks_left=marks_left)
    await outdate_others(work, run)
    await work.driver.execute(STATE, run_id, "done", marks_left, work.now(), work.actor.name)
    work.record("roster.applied", run_id, document=run_document(run, run.version + 1))
    return tuple(one for one in invited if one)


async def undo(work: Work, run_id: UUID) -> None:
    """Withdraw the invitations that nobody used, and let leavers in again; whoever has joined stays."""
    work.require(Permission.USERS_MANAGE)
    run = await hold_to_undo(work, run_id, "staff", LATER)
    links = await links_of(work, "staff", run.source)
    kept = 0
    for row in await _rows(work, MADE, run_id, ["new", "gone"], 100_000):
        kept += not await _take_back(work, row, links.get(row["source_id"]))
    await outdate_others(work, run)
    await work.driver.execute(UNDONE, run_id, kept, work.now(), work.actor.name)
    work.record("roster.undone", run_id, document=run_document(run, run.version + 1, kept_count=kept))


async def _rows(work: Work, statement: str, run_id: UUID, kinds: list[str], most: int) -> list[Any]:
    return list(await work.driver.fetch(statement, run_id, kinds, most))


async def _invite(work: Work, run: Run, row: Any, links: dict[str, Link]) -> Invited | None:
    address = _email(row)
    known = await work.driver.fetch(KNOWN, [address], work.now())
    invited = None if known else await invite(work, address, [Role.REPORTER])
    link = links.get(row["source_id"])
    await _tie(work, run, row, links)
    await _note(work, row, "done", did=_Did(link=_stood(link), invited=invited.id if invited else None))
    return invited


async def _tie(work: Work, run: Run, row: Any, links: dict[str, Link]) -> None:
    link = links.get(row["source_id"])
    if link is None:
        new = Link(id=clock.new_id(), source_id=row["source_id"], email=_email(row))
        await add_links(work, "staff", run.source, [new])
    else:
        await set_links(work, [Link(id=link.id, source_id=link.source_id, email=_email(row))])


async def _take_out(work: Work, row: Any, link: Link | None, *, marks_left: bool) -> None:
    if not marks_left:
        await _note(work, row, "left_out", NOT_TICKED)
        return
    member = await work.driver.fetchrow(MEMBER, _email(row))
    reason = _refusal(work, member)
    if reason:
        await _note(work, row, "left_out", reason)
        return
    ended = member["user_id"] if member and member["state"] == "active" else None
    if ended:
        await removing.remove(work, ended, "left")
    await _withdraw(work, WITHDRAW, _email(row))
    if link:
        await set_links(work, [Link(id=link.id, source_id=link.source_id, email=link.email, is_here=False)])
    if member and not ended:
        await _note(work, row, "left_out", ENDED)
    else:
        await _note(work, row, "done", did=_Did(link=_stood(link), ended=ended))


def _refusal(work: Work, member: Any) -> str:
    """Why a file does not take this member out."""
    if not member or member["state"] != "active":
        return ""
    if member["user_id"] == work.actor.user_id:
        return ONESELF
    return "" if set(member["roles"]) == {Role.REPORTER} else HAS_ROLES


async def _take_back(work: Work, row: Any, link: Link | None) -> bool:
    """Whether it could be taken back: only what this file did, and nothing that somebody did by hand."""
    did = msgspec.json.decode(row["link_before"] or "{}", type=_Did)
    member = await work.driver.fetchrow(MEMBER, _email(row))
    if did.invited and member and member["state"] == "active":
        await _note(work, row, "kept", JOINED)
        return False
    if did.invited:
        await _withdraw(work, WITHDRAW_ONE, did.invited)
    if did.ended:
        await belonging.resume(work, did.ended)
    if link and did.link:
        email, is_here = did.link
        await set_links(work, [Link(id=link.id, source_id=link.source_id, email=email, is_here=is_here)])
    elif link:
        await remove_links(work, [link.id])
    await _note(work, row, "undone")
    return True


def _stood(link: Link | None) -> tuple[str, bool] | None:
    return (link.email or "", link.is_here) if link else None


async def _note(work: Work, row: Any, state: str, reason: str = "", *, did: "_Did | None" = None) -> None:
    kept = msgspec.json.encode(did).decode() if did else None
    await work.driver.execute(NOTE, row["id"], state, reason, kept)


async def _withdraw(work: Work, statement: str, which: str | UUID) -> None:
    for row in await work.driver.fetch(statement, which, work.now()):
        work.record("invitation.withdrawn", row["id"])


def _email(row: Any) -> str:
    return msgspec.json.decode(row["said"], type=dict[str, str]).get("email", "")
