"""Judging a request: who asks and how that was made sure, what entitles them, and what an answer might do.

A child who understands what is asked for asks for themselves (usually from twelve; UK GDPR and the Information
Commissioner's guidance), and their wishes count when a parent asks. Parental responsibility ends at eighteen, and is
not the same as being the parent. Serious harm is judged with whoever knows the person: a health professional for
health records, a social worker or teacher for theirs (Data Protection Act 2018, schedule 3).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from safeguard.errors import FieldError, Invalid
from safeguard.records.access.handling import change_request, open_request
from safeguard.records.access.queries import Request
from safeguard.work import Work

ENTITLED: Final[Mapping[str, frozenset[str]]] = {
    "self": frozenset({"own"}),
    "parent": frozenset({"parental_responsibility", "court_order"}),
    "court": frozenset({"court_order"}),
    "representative": frozenset({"authority"}),
}
"""What may entitle each kind of asker."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was seen and decided."""

    ground: str
    identity: str
    competent: str
    harm: str
    seen: str = ""
    seen_on: date | None = None
    wishes: str = ""
    limits: str = ""
    standing: str = ""
    """Whatever else speaks for it, in words."""
    harm_words: str = ""
    advised_by: str = ""


async def judge(work: Work, request_id: UUID, said: Judgement, today: date) -> None:
    """Keep what was seen, by whom and when; raises `Invalid` for what does not entitle them, or lacks its reason."""
    request = await open_request(work, request_id)
    if wrong := tuple(_wrong(request, said, today)):
        raise Invalid(*wrong)
    await change_request(
        work, "access.judged", request, ground=said.ground, identity=said.identity, competent=said.competent,
        seen=said.seen, seen_on=(said.seen_on or today) if said.seen else None,
        seen_by_name=work.actor.name if said.seen else "", wishes=said.wishes, limits=said.limits,
        standing_words=said.standing, harm=said.harm, harm_words=said.harm_words, advised_by=said.advised_by,
    )  # fmt: skip


def _wrong(request: Request, said: Judgement, today: date) -> Iterator[FieldError]:
    if said.ground not in ENTITLED[request.asker]:
        yield FieldError("ground", "That does not entitle whoever asks here. Choose what does, or refuse the request.")
    if said.ground != "own" and not said.seen:
        yield FieldError("seen", "Say which paper you saw: an order, a birth certificate, a signed authority.")
    if said.identity == "document" and not said.seen:
        yield FieldError("seen", "Say which document you saw.")
    if said.seen_on and said.seen_on > today:
        yield FieldError("seen_on", "That day is still to come. When did you see it?")
    yield from _wrong_about(said)
    if said.harm != "no" and not said.harm_words:
        yield FieldError("harm_words", "Say who might be harmed, and how.")
    if said.harm != "no" and not said.advised_by:
        yield FieldError("advised_by", "Say who advised you: somebody who knows them, by name and profession.")


def _wrong_about(said: Judgement) -> Iterator[FieldError]:
    """What follows from whether the person themselves understands."""
    if said.ground == "own" and said.competent == "no":
        told = "Who does not understand what they ask for asks through a parent, a court or somebody with authority."
        yield FieldError("competent", told)
    if said.ground == "parental_responsibility" and said.competent == "adult":
        told = "Nobody has parental responsibility for an adult: they ask themselves, or give somebody authority."
        yield FieldError("competent", told)
    if said.ground == "parental_responsibility" and said.competent == "yes" and not said.wishes:
        yield FieldError("wishes", "They understand it: say what they want to be told to their parent, and what not.")
