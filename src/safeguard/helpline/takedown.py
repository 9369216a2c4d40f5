"""Taking content down, address by address: listing what a caller names, and every step until it is gone or not.

Two prompts are said and never block: the caller's own report comes first and has 48 hours, unless a child is at risk;
a platform that is silent for seven days is asked again. Suspected child abuse imagery is passed on, never opened.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.channel.addresses import MOST, Address, Pasted, quoted, read_address, read_addresses
from safeguard.channel.bodies import Url as Sent
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Case, Step, Url, naming_document, url_document
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.ledger import ANSWERED, ENDS, UrlState, is_back, may_follow
from safeguard.helpline.platforms.recognising import platform_of
from safeguard.helpline.queries import get_url, list_all_of
from safeguard.helpline.telling_steps import KEPT, tell_standing, tell_stepped
from safeguard.tenancy.profiles import profile_of
from safeguard.web.times import exact_day
from safeguard.work import Work

LIST: Final = """
insert into public.helpline_urls (organisation_id, id, digest, address, host, platform, flags, listed_at)
select (select sec.current_organisation()), n.id, n.digest, n.address, n.host, n.platform,
    string_to_array(n.flags, ' '), $7
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
    as n (id, digest, address, host, platform, flags)
on conflict (organisation_id, digest) do nothing
returning id
"""
JOIN: Final = """
insert into public.helpline_case_urls (organisation_id, id, case_id, url_id, added_at, typed)
select u.organisation_id, n.id, $3, u.id, $4, case when n.typed = u.address then '' else n.typed end
from unnest($1::uuid[], $2::text[], $5::text[]) as n (id, digest, typed)
join public.helpline_urls u on u.organisation_id = (select sec.current_organisation()) and u.digest = n.digest
on conflict (organisation_id, case_id, url_id) do nothing
returning id, url_id, typed
"""
MOVE: Final = """
update public.helpline_urls u set state = $3, platform = $4, platform_reference = $5, self_reported_at = $6,
    reported_at = $7, chased_at = $8, answered_at = $9, ended_at = $10, hours_known = $11,
    seen_again_at = $12, version = u.version + 1
where u.organisation_id = (select sec.current_organisation()) and u.id = $1 and u.version = $2
"""
PLACE: Final = """
update public.helpline_urls u set platform = $3, version = u.version + 1
where u.organisation_id = (select sec.current_organisation()) and u.id = $1 and u.version = $2
"""
UNPLACED: Final = """
select u.id, u.digest from public.helpline_urls u
where u.organisation_id = (select sec.current_organisation()) and u.digest = any ($1::text[]) and u.platform = ''
order by u.id
"""
"""Listed before their platform could be told by their host, or of none, as somebody at the desk said."""
SECOND: Final = "Somebody else noted a step while you had this open. Look at theirs first."
ZONE: Final = ZoneInfo("Europe/London")
AFTER: Final = (
    "The step before it is noted for {day}, and this came after it. When did it happen? Where the step before is wrong,"
    " take that back first."
)
WHERE: Final = (
    "An address begins with https:// and stands in the line at the top of a browser: ask the caller to copy it from"
    " there. What they only know by its name, write to the case in words."
)
STEP: Final = """
insert into public.helpline_url_steps (organisation_id, id, url_id, state, happened_at, platform_reference, answer,
    written_at, written_by, written_by_name, day_only, undated, answered, undoes)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


class Listed(msgspec.Struct, frozen=True):
    """What became of a paste."""

    added: int
    known: int
    """Addresses that another case named already: they are joined, not listed twice."""
    refused: tuple[str, ...] = ()


async def list_addresses(
    work: Work, case: Case, text: str, platform: str = "", *, named_at: datetime | None = None
) -> Listed:
    """Put every address of a text on a case's list; raises `Invalid` when there is none, or too many at once.

    Each gets the platform of its host, unless somebody says of all of them which it is. `named_at` is when the caller
    named them, where that is not now: of a case that is older than its record here.
    """
    pasted = read_addresses(text)
    if not pasted.addresses:
        raise Invalid(FieldError("addresses", _none_found(pasted)))
    if len(pasted.addresses) > MOST:
        raise Invalid(
            FieldError("addresses", f"These are {len(pasted.addresses):,} addresses. The most at once is {MOST}.")
        )
    return await _put(work, case, pasted.addresses, platform, pasted.refused, named_at=named_at)


async def list_sent(work: Work, case: Case, urls: Sequence[Sent]) -> Listed:
    """Put what arrived as addresses, each by itself, on a case's list. What is none stays with the words it came in."""
    read: dict[str, tuple[Address, str]] = {}
    for sent in urls:
        if each := read_address(sent.url):
            read.setdefault(each.digest, (each, sent.platform or ""))
    refused = tuple(sent.url for sent in urls if read_address(sent.url) is None)
    known = profile_of("helpline").platforms
    said = {digest: platform for digest, (_, platform) in read.items() if platform in known}
    return await _put(work, case, [each for each, _ in read.values()], "", refused, said)


async def place_on(work: Work, before: Url, platform: str, seen: int) -> Url:
    """Say of which platform an address is, whatever its host says; raises `Invalid`, and `Conflict` for an old page."""
    work.require(Permission.HELPLINE_WORK)
    if platform and platform not in profile_of("helpline").platforms:
        raise Invalid(FieldError("platform", "Choose from the platforms on the page."))
    url = msgspec.structs.replace(before, platform=platform, version=seen + 1)
    if await work.driver.execute(PLACE, url.id, seen, platform) != "UPDATE 1":
        raise Conflict(SECOND)
    work.record("url.placed", url.id, document=url_document(url))
    return url


async def step_on(
    work: Work,
    before: Url,
    after: UrlState,
    happened_at: datetime,
    reference: str,
    answer: str,
    seen: int,
    *,
    day_only: bool = False,
    day_known: bool = True,
    answered: bool | None = None,
    without: Collection[UUID] = (),
) -> Url:
    """Say what happened to an address; raises `Conflict` where it cannot follow, `Invalid` for a time to come
    or one before the last step.

    `day_only` says that nobody knows at what time of that day: no hours are counted from it. Without
    `day_known` it is the moment in which it was heard of, and no wait is counted from it either. `answered` says
    of a caller's own report whether the platform has answered it. Cases `without` are not told of this step.
    """
    work.require(Permission.HELPLINE_WORK)
    if not may_follow(before.state, after):
        raise Conflict("This address has moved on, and cannot go there from where it stands. Look at it again.")
    if happened_at > work.now():
        raise Invalid(FieldError("on", "That is in the future. When did it happen?"))
    if day_known and (later := before.later_than(happened_at, day_only=day_only)):
        raise Invalid(FieldError("on", AFTER.format(day=_said(later))))
    named = await list_all_of(work, before.id) if (answer or reference) and after not in KEPT else {}
    if any(named.values()):
        await keep_confidence(work, named, f"{answer}\n{reference}", "answer")
    url = moved(before, after, happened_at, "" if after in KEPT else reference, seen, day_only=day_only)
    if not day_known:
        url = msgspec.structs.replace(url, self_reported_at=before.self_reported_at)
    step = Step(
        id=clock.new_id(), state=after, happened_at=happened_at, day_only=day_only, undated=not day_known,
        answered=answered, platform_reference=reference, answer=answer, written_at=work.now(),
        written_by_name=work.actor.name,
    )  # fmt: skip
    await write_step(work, url, step, seen)
    stepped = msgspec.structs.replace(url, steps=(*before.steps, step))
    left = await tell_stepped(work, stepped, without)
    work.record("url.moved", url.id, document=url_document(url, step, left_out=[str(case) for case in left]))
    return stepped


async def write_step(work: Work, url: Url, step: Step, seen: int) -> None:
    """Write a step, and how the address stands after it; raises `Conflict` for an old page."""
    done = await work.driver.execute(
        MOVE, url.id, seen, url.state, url.platform, url.platform_reference, url.self_reported_at, url.reported_at,
        url.chased_at, url.answered_at, url.ended_at, url.hours_known, url.seen_again_at,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict(SECOND)
    await work.driver.execute(
        STEP, step.id, url.id, step.state, step.happened_at, step.platform_reference, step.answer, step.written_at,
        work.actor.user_id, step.written_by_name, step.day_only, step.undated, step.answered, step.undoes,
    )  # fmt: skip


def _said(step: Step) -> str:
    day = exact_day(step.happened_at, ZONE)
    return day if step.day_only else f"{day}, {step.happened_at.astimezone(ZONE):%H:%M}"


def moved(before: Url, after: UrlState, at: datetime, reference: str, seen: int, *, day_only: bool) -> Url:
    """An address after a step of it."""
    before = _anew(before, at, day_only=day_only) if is_back(before.state, after) else before
    asked = after in {UrlState.REPORTED, UrlState.RE_REPORTED}
    counted = (asked and not before.reported_at) or (after in ANSWERED and not before.answered_at) or after in ENDS
    return msgspec.structs.replace(
        before, state=after, version=seen + 1,
        platform=platform_of(profile_of("helpline"), before.host) if before.is_placed_by_nobody else before.platform,
        platform_reference=reference or before.platform_reference,
        self_reported_at=at if after is UrlState.SELF_REPORTED else before.self_reported_at,
        reported_at=before.reported_at or (at if asked else None),
        chased_at=at if asked else before.chased_at,
        answered_at=before.answered_at or (at if after in ANSWERED else None),
        ended_at=at if after in ENDS else None,
        hours_known=before.hours_known and not (day_only and counted),
    )  # fmt: skip


def _anew(before: Url, at: datetime, *, day_only: bool) -> Url:
    """What came back, before it is reported again: nothing of the time before is counted any more."""
    return msgspec.structs.replace(
        before, seen_again_at=at, self_reported_at=None, reported_at=None, answered_at=None, hours_known=not day_only
    )


async def _put(
    work: Work, case: Case, addresses: Sequence[Address], platform: str, refused: tuple[str, ...] = (),
    said: Mapping[str, str] = MappingProxyType({}), named_at: datetime | None = None,
) -> Listed:  # fmt: skip
    """Put addresses on a case's list. `platform` is of all of them, `said` of some; else it follows from the host.

    What somebody at the desk said of one address, also that it is of no platform, is changed on its own page alone.
    """
    work.require(Permission.HELPLINE_WORK)
    profile = profile_of("helpline")
    of = {each.digest: platform or said.get(each.digest) or platform_of(profile, each.host) for each in addresses}
    at = named_at or work.now()
    fresh = await _list(work, case, addresses, of, at)
    digests = [address.digest for address in addresses]
    ids = sorted(clock.new_id() for _ in digests)
    joined = await work.driver.fetch(JOIN, ids, digests, case.id, at, [each.typed for each in addresses])
    for row in await work.driver.fetch(UNPLACED, digests) if any(of.values()) else ():
        if found := of.get(row["digest"]):
            url = await get_url(work, row["id"])
            if url.is_placed_by_nobody:
                await place_on(work, url, found, url.version)
    known = [row["url_id"] for row in joined if row["url_id"] not in fresh]
    for row in joined:
        if row["url_id"] not in fresh:
            named = naming_document(row["id"], case.id, row["url_id"], row["typed"])
            work.record("case_url.named", row["id"], document=named)
    await tell_standing(work, case, known)
    return Listed(len(fresh), len(known), refused)


async def _list(
    work: Work, case: Case, addresses: Sequence[Address], of: Mapping[str, str], at: datetime
) -> tuple[UUID, ...]:
    """Those that no case had named; each is told to the log."""
    ids = [clock.new_id() for _ in addresses]
    rows = await work.driver.fetch(
        LIST, ids, [each.digest for each in addresses], [each.text for each in addresses],
        [each.host for each in addresses], [of[each.digest] for each in addresses],
        [" ".join(each.flags) for each in addresses], at,
    )  # fmt: skip
    fresh = {row[0] for row in rows}
    for url_id, each in zip(ids, addresses, strict=True):
        if url_id in fresh:
            url = Url(id=url_id, address=each.text, host=each.host, platform=of[each.digest], flags=each.flags,
                      listed_at=at)  # fmt: skip
            typed = each.typed if each.typed != each.text else ""
            named = url_document(url, case_id=str(case.id), typed=typed)
            work.record("url.listed", url_id, document=named)
    return tuple(fresh)


def _none_found(pasted: Pasted) -> str:
    if pasted.refused:
        return f"None of this is an address of a page: {quoted(pasted.refused)}. {WHERE}"
    return "There is no address in what you pasted. Copy the whole of it, beginning with https://."
