"""What was referred of incidents to a helpline, as it goes to the next place: every step that was said, by either side.

A step is kept exactly as it was said, whatever kind it is of; here each part of it stands under its name in words.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.incidents.story import Story
from safeguard.records.access.telling import passages_of
from safeguard.transfers.file import Named, Passage, Referral, Step
from safeguard.work import Work

READ: Final = """
select row_to_json(x)::text from (
    select r.id, r.incident_id, r.reference, r.helpline_name, r.state, r.urgency, r.asked, r.lawful_basis, r.condition,
        r.reason, r.case_reference, r.sent_at, r.sent_by_name, r.closed_at, r.outcome, r.helpful, r.feedback,
        r.pseudonyms, coalesce((
            select json_agg(json_build_object('id', s.id, 'at', s.at, 'direction', s.direction, 'kind', s.kind,
                'author_name', s.author_name, 'body', s.body) order by s.at, s.id)
            from public.referral_steps s
            where s.organisation_id = r.organisation_id and s.referral_id = r.id), '[]'::json) as steps
    from public.referrals r
    where r.organisation_id = (select sec.current_organisation()) and r.incident_id = any ($1)
    order by r.sent_at, r.id) x
"""
NOT_WORDS: Final = frozenset({"kind", "id"})
"""Of a step: what it is stands beside it, and what a message is called means nothing elsewhere."""


class _Step(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    direction: str
    kind: str
    author_name: str
    body: dict[str, Any]


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    incident_id: UUID
    reference: str
    helpline_name: str
    state: str
    urgency: str
    asked: tuple[str, ...]
    lawful_basis: str
    condition: str
    reason: str
    case_reference: str
    sent_at: datetime
    sent_by_name: str
    closed_at: datetime | None
    outcome: str
    helpful: int | None
    feedback: str
    pseudonyms: tuple[dict[str, str], ...]
    steps: tuple[_Step, ...]


_decode: Final = msgspec.json.Decoder(_Row).decode


async def read_referrals(work: Work, stories: Sequence[Story]) -> Mapping[UUID, tuple[Referral, ...]]:
    """What was referred of each, the earliest first: the incident's id -> its referrals."""
    names = {str(person.id): person.name for story in stories for person in story.people}
    found: dict[UUID, tuple[Referral, ...]] = {story.facts.id: () for story in stories}
    for (text,) in await work.driver.fetch(READ, list(found)):
        row = _decode(text)
        found[row.incident_id] += (_referral(row, names),)
    return found


def _referral(row: _Row, names: Mapping[str, str]) -> Referral:
    return Referral(
        id=row.id, reference=row.reference, helpline=row.helpline_name, state=row.state, urgency=row.urgency,
        asked=row.asked, lawful_basis=row.lawful_basis, condition=row.condition, reason=row.reason,
        case_reference=row.case_reference, sent_at=row.sent_at, sent_by=row.sent_by_name, closed_at=row.closed_at,
        outcome=row.outcome, helpful=row.helpful, feedback=row.feedback,
        names=tuple(
            Named(pseudonym=one["pseudonym"], person=names.get(one["person"], "")) for one in row.pseudonyms
        ),
        steps=tuple(_step(one) for one in row.steps),
    )  # fmt: skip


def _step(one: _Step) -> Step:
    told = passages_of({name: json.dumps(value) if isinstance(value, dict | list) else value
                        for name, value in one.body.items() if name not in NOT_WORDS})  # fmt: skip
    return Step(
        id=one.id,
        at=one.at,
        direction=one.direction,
        kind=one.kind,
        author=one.author_name,
        said=tuple(Passage(label=label, words=words) for label, words in told),
    )
