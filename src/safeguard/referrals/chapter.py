"""What this room adds to an evidence pack: what was referred of an incident, each step with the helpline's receipt.

It wraps the chapter of the incidents: their records are gathered first, and what was said to the helpline and by it is
told among the other moments. A step that left names its envelope; the receipt, as it came, is among the record's data.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.channel import bodies
from safeguard.channel.bodies import (
    Basis,
    Body,
    Closed,
    Enclosed,
    FileSent,
    FileStands,
    FileTaken,
    FileWithdrawn,
    Message,
    Opened,
    Reopened,
    Status,
    UrlStep,
    Withdrawn,
)
from safeguard.evidence.packs.chapters import Bundle, Chapter, ObjectRef, Scope, Telling, Told
from safeguard.evidence.report.model import Case, Look, Mark, Moment, Passage, Section
from safeguard.evidence.report.saying import second
from safeguard.referrals.wording import ASKED, BASES, CONDITIONS, HELPLINE_OUTCOMES, OUTCOMES, STATES, URL_STATES
from safeguard.work import Work

SAID: Final[Mapping[type[Body], str]] = {
    Withdrawn: "The referral was withdrawn",
    Reopened: "The referral was reopened",
}
PARTS: Final = """
select r.incident_id, r.id, array(
    select s.outbox_id from public.referral_steps s
    where s.organisation_id = r.organisation_id and s.referral_id = r.id and s.outbox_id is not null
    order by s.at, s.id) as envelopes
from public.referrals r
where r.organisation_id = (select sec.current_organisation()) and r.incident_id = any ($1)
order by r.incident_id, r.sent_at, r.id
"""
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class WithReferrals:
    """A chapter, and beside its incidents what was referred of them."""

    inner: Chapter

    async def title(self, work: Work, incident_id: UUID) -> str:
        """As the incident's own."""
        return await self.inner.title(work, incident_id)

    async def vouch(self, work: Work, incident_id: UUID) -> None:
        """As the incident's own: what is referred of a restricted one is told to the restricted log."""
        await self.inner.vouch(work, incident_id)

    async def gather(self, work: Work, scope: Scope) -> Sequence[Bundle]:
        """The same records, each with its referrals and their envelopes."""
        bundles = await self.inner.gather(work, scope)
        work.require(Permission.REFERRAL_READ)
        found: dict[UUID, list[ObjectRef]] = {}
        ids = [bundle.subject.id for bundle in bundles]
        for start in range(0, len(ids), BATCH):
            for row in await work.driver.fetch(PARTS, ids[start : start + BATCH]):
                parts = found.setdefault(row["incident_id"], [])
                parts += [ObjectRef("referral", row["id"]), *(ObjectRef("envelope", each) for each in row["envelopes"])]
        return [replace(each, parts=(*each.parts, *found.get(each.subject.id, ()))) for each in bundles]

    async def telling(self, work: Work) -> Telling:
        """As the incident's own, with the moments of its referrals."""
        return TellingReferrals(await self.inner.telling(work))

    async def figures(self, work: Work, latest: AsyncIterator[Mapping[str, Any]]) -> Section:
        """As the incidents' own."""
        return await self.inner.figures(work, latest)


@dataclass(frozen=True, slots=True)
class TellingReferrals:
    """Tells an incident, and among its moments what was said to the helpline and by it."""

    inner: Telling

    def tell(self, bundle: Bundle, versions: Mapping[ObjectRef, Sequence[Told]], looks: Sequence[Look]) -> Case:
        """The story of one record, from committed versions alone."""
        case = self.inner.tell(bundle, versions, looks)
        told = [_moment(step, versions) for part in bundle.parts if part.kind == "referral"
                for step in versions.get(part, ()) if "direction" in step.values]  # fmt: skip
        return replace(case, moments=tuple(sorted((*case.moments, *told), key=lambda moment: moment.at)))


def _moment(step: Told, versions: Mapping[ObjectRef, Sequence[Told]]) -> Moment:
    values = step.values
    what, body = what_of(step), _body_of(step)
    passages = [Passage(label, words) for label, words in _passages(body, step) if words] if body else []
    if envelope := values.get("envelope"):
        passages.append(receipt_of(versions, str(envelope)))
    author = str(values.get("author") or step.author)
    return Moment(step.at, Mark.CONTACT, what, author, tuple(passages), is_turning_point=isinstance(body, Opened))


def what_of(step: Told) -> str:
    """What was said, in a few words; where the words are withheld, only who said something."""
    incoming = step.values.get("direction") == "in"
    body = _body_of(step)
    return _what(body, incoming=incoming) if body else "The helpline wrote" if incoming else "Sent to the helpline"


def _body_of(step: Told) -> Body | None:
    """What was said; None where it is withheld."""
    return bodies.decode(str(step.values["body"]).encode()) if "body" in step.values else None


def receipt_of(versions: Mapping[ObjectRef, Sequence[Told]], envelope: str) -> Passage:
    """That an envelope arrived, as the helpline signed it."""
    return _receipt(versions.get(ObjectRef("envelope", UUID(envelope)), ()))


def _what(body: Body, *, incoming: bool) -> str:
    match body:
        case Opened():
            return f"Referred to the helpline as {body.reference}"
        case Message():
            return "The helpline wrote" if incoming else "Written to the helpline"
        case Status():
            return f"At the helpline: {STATES[body.state][0].lower()}"
        case UrlStep():
            mistaken = "What was told last was a mistake; it stands again: " if body.taken_back is True else ""
            return f"An address: {mistaken}{URL_STATES[body.state].lower()}"
        case Closed():
            return "The helpline closed the referral" if incoming else "The referral was closed"
        case Reopened() if incoming:
            return "The helpline opened the referral again"
        case _:
            return SAID.get(type(body), "About a file for the next place")  # which is of no referral


def _passages(body: Body, step: Told) -> Iterator[tuple[str, str]]:
    match body:
        case Opened():
            yield from _opened(body)
        case Message():
            yield ("What was written", body.words)
            yield ("Addresses", "\n".join(url.url for url in body.urls))
            pointed = (" · ".join((each.title, *each.links)) for each in body.signposts)
            yield ("What the helpline points to", "\n".join(pointed))
        case UrlStep():
            yield ("The address, as text", body.url)
            yield ("When it happened", _happened(body))
            yield ("The platform's reference", body.platform_reference)
            yield ("What was wrong" if body.taken_back is True else "The platform's answer", body.words)
        case Closed():
            outcomes = HELPLINE_OUTCOMES if step.values.get("direction") == "in" else OUTCOMES
            yield ("Outcome", outcomes.get(body.outcome, body.outcome))
            yield ("In words", body.words)
            yield (
                "Feedback",
                " ".join(each for each in (f"{body.helpful} of 5." if body.helpful else "", body.feedback) if each),
            )
        case Status() | Withdrawn() | Reopened():
            yield ("Reason", body.reason)
        case Enclosed() | FileStands() | FileSent() | FileTaken() | FileWithdrawn():
            return  # told of in records of their own


def _happened(step: UrlStep) -> str:
    """When the helpline says that it happened: the step stands at the time at which that was told."""
    if step.undated is True:
        return "The day is not known."
    return f"{step.at:%Y-%m-%d}" if step.day_only is True else f"{second(step.at, UTC)} UTC"


def _opened(body: Opened) -> Iterator[tuple[str, str]]:
    yield ("Asked", "\n".join(ASKED[each] for each in body.asked))
    yield ("What was hoped for", body.question)
    yield ("What was told", body.account)
    yield ("What had been done", body.steps_taken)
    yield ("People, as they were told of", "\n".join(each.real_name or each.pseudonym for each in body.people))
    yield ("Addresses, as text", "\n".join(url.url for url in body.urls))
    yield ("Files that went with it", "\n".join(f"{file.name}, SHA-256 {file.sha256}" for file in body.enclosed))
    yield ("Why it was lawful to share this", _basis(body.basis))


def _basis(basis: Basis) -> str:
    """The basis and the condition in words, each a line, and the reason as it was written."""
    named = (BASES.get(basis.lawful_basis, basis.lawful_basis), CONDITIONS.get(basis.condition, basis.condition))
    return "\n".join((*named, basis.reason))


UTC: Final = ZoneInfo("UTC")


def _receipt(envelope: Sequence[Told]) -> Passage:
    """That it arrived, as the helpline signed it; or that nothing shows it as of this pack."""
    label = "Delivery"
    values: Mapping[str, Any] = next((each.values for each in reversed(envelope) if "receipt" in each.values), {})
    if not values:
        return Passage(label, "No receipt by the end of the log that this pack shows.")
    verdict = "Received" if values["verdict"] == "accepted" else f"Not taken there ({cast('str', values.get('fault'))})"
    at = second(datetime.fromisoformat(cast("str", values["received"])), UTC)
    return Passage(label, f"{verdict}, {at} UTC, by a signed receipt for the envelope {values['hash']}.")
