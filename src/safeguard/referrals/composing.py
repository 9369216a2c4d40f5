"""Composing a referral: from what a lead chose, exactly what will leave, and nothing else of the incident.

The same function makes what is previewed and what is sent, and a digest shows that they are the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Literal, cast
from uuid import UUID

import msgspec
from msgspec import UNSET

from safeguard.channel import bodies
from safeguard.channel.bodies import (
    CODES,
    PEOPLE,
    URLS,
    AgeBand,
    Ask,
    Basis,
    Opened,
    Person,
    PlatformReport,
    Urgency,
    Url,
)
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.story import Story
from safeguard.referrals.addresses import one_each, read_addresses, say_bad
from safeguard.referrals.enclosing import FileToSend, enclosed
from safeguard.referrals.forms import FileRow, PersonRow, ReferForm
from safeguard.referrals.naming import Named, softened
from safeguard.referrals.reporting import halved, reported_by
from safeguard.tenancy.profile import Profile
from safeguard.web.viewing import Organisation

NOBODY: Final = UUID(int=0)
"""Stands for the referral's id until it is sent."""
LONGEST: Final = 20_000
LINE: Final = 500


class Refer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send, as a form or a program says it."""

    asked: tuple[Ask, ...]
    question: str
    lawful_basis: Literal["public_task", "legal_obligation", "legitimate_interests", "vital_interests", "consent"]
    condition: Literal["safeguarding", "vital_interests", "explicit_consent", "public_interest", "none"]
    reason: str
    contact_name: str
    contact_role: str = ""
    contact_telephone: str = ""
    urgency: Urgency = "routine"
    child_at_risk: bool = False
    account: str = ""
    happened: str = ""
    steps_taken: str = ""
    reported: PlatformReport | None = None
    issues: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    people: tuple["Told", ...] = ()
    files: tuple[FileToSend, ...] = ()
    """Files of the incident that go with it: none unless chosen."""
    helpline: UUID | None = None
    names_checked: bool = False
    """That whatever looks like a name in the texts was looked at and is meant."""


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody of the incident who is told of: by a pseudonym, unless they agreed to be named."""

    id: UUID
    age_band: AgeBand | None = None
    agreed_to_be_named: bool = False


def begin_with(story: Story, people: Sequence[Named], actor: str) -> dict[str, str]:
    """What the form begins with: the report with its names taken out."""
    facts = story.facts
    starts = {
        "account": softened(facts.narrative, people), "steps_taken": softened(facts.immediate_action, people),
        "happened": softened(facts.happened_words, people), "contact_name": actor, "handles": facts.accounts,
        "urgency": "routine", "lawful_basis": "public_task", "condition": "safeguarding",
    }  # fmt: skip
    for number, named in enumerate(people):
        starts |= {f"people-{number}-id": str(named.person.id), f"people-{number}-age_band": named.age_band}
        starts |= {f"people-{number}-name": named.person.name, f"people-{number}-send": "yes"}
    return starts


def asked_by(form: ReferForm, profile: Profile) -> Refer:
    """What a form says; raises `Invalid` at once for addresses that are none and a report that is told in halves."""
    pasted = read_addresses(form.urls)
    if wrong := (*(halved(form, profile) if form.reported == "yes" else ()), *no_addresses(form.urls)):
        raise Invalid(*wrong)
    return Refer(
        asked=cast("tuple[Ask, ...]", form.asked), question=form.question, urgency=cast("Urgency", form.urgency),
        lawful_basis=cast("Literal['public_task']", form.lawful_basis),
        condition=cast("Literal['safeguarding']", form.condition), reason=form.reason,
        contact_name=form.contact_name, contact_role=form.contact_role, contact_telephone=form.contact_telephone,
        child_at_risk=form.at_risk, account=form.account, happened=form.happened, steps_taken=form.steps_taken,
        reported=reported_by(form, profile) if form.reported == "yes" else None,
        issues=form.issues, platforms=form.platforms,
        urls=pasted.good, handles=tuple(line.strip() for line in form.handles.splitlines() if line.strip()),
        people=tuple(_told(row) for row in form.people if row.send and row.id), helpline=form.helpline,
        files=tuple(_chosen(row) for row in form.files if row.send and row.id),
        names_checked=form.looked,
    )  # fmt: skip


def no_addresses(pasted: str) -> Iterator[FieldError]:
    """What among pasted addresses is none."""
    if bad := read_addresses(pasted).bad:
        yield FieldError("urls", say_bad(bad))


def compose(asked: Refer, story: Story, people: Sequence[Named], there: Organisation, profile: Profile) -> Opened:
    """Exactly what will leave, but for the ids that sending gives it; raises `Invalid`, and `Blocked` for files."""
    by_id = {named.person.id: named for named in people}
    _check(asked, by_id, profile)
    files = enclosed(asked.files, asked.issues, story)
    return Opened(
        referral=NOBODY, reference="", organisation=there.name, organisation_kind=there.kind, nation=there.nation,
        contact_name=asked.contact_name, contact_role=asked.contact_role, contact_telephone=asked.contact_telephone,
        asked=tuple(dict.fromkeys(asked.asked)), urgency=asked.urgency, child_at_risk=asked.child_at_risk,
        question=asked.question, account=asked.account, steps_taken=asked.steps_taken, happened=asked.happened,
        issues=asked.issues, platforms=asked.platforms,
        people=tuple(_person(by_id[told.id], told) for told in asked.people),
        urls=tuple(Url(url=url) for url in one_each(asked.urls) or ()), handles=asked.handles, reported=asked.reported,
        basis=Basis(lawful_basis=asked.lawful_basis, condition=asked.condition, reason=asked.reason),
        files=files or UNSET,
    )  # fmt: skip


def texts_of(body: Opened, inside: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """The free texts of a referral and of its files, in which names are looked for. Handles are sent on purpose."""
    report = body.reported or PlatformReport()
    return {
        "question": body.question, "account": body.account, "steps_taken": body.steps_taken, "answer": report.answer,
        "platform": report.platform, "platform_reference": report.reference, "happened": body.happened,
        "reason": body.basis.reason, "contact_role": body.contact_role,
        "file_names": "\n".join(file.name for file in body.enclosed), **inside,
    }  # fmt: skip


def digest_of(body: Opened) -> str:
    """Tells one composed referral from another."""
    return sha256(bodies.encode(body)).hexdigest()


def _check(asked: Refer, people: Mapping[UUID, Named], profile: Profile) -> None:
    wrong = (*_texts(asked), *_urls(asked), *_codes(asked, profile), *_people(asked, people))
    if wrong:
        raise Invalid(*wrong)


def _texts(asked: Refer) -> Iterator[FieldError]:
    if not asked.asked:
        yield FieldError("asked", "Say what you ask of the helpline.")
    for name in ("question", "reason", "contact_name"):
        if not getattr(asked, name).strip():
            yield FieldError(name, "This is needed.")
    for name in ("question", "account", "steps_taken", "reason"):
        if len(getattr(asked, name)) > LONGEST:
            yield FieldError(name, f"Keep this under {LONGEST:,} characters. The helpline asks if it needs more.")
    yield from _lines(asked)


def _lines(asked: Refer) -> Iterator[FieldError]:
    """What the other end would not read if it were longer: nothing leaves that cannot be kept there whole."""
    report = asked.reported or PlatformReport()
    lines = {name: getattr(asked, name) for name in ("contact_name", "contact_role", "contact_telephone", "happened")}
    lines |= {"platform": report.platform, "reported_on": report.reported_on, "platform_reference": report.reference}
    for name, said in lines.items():
        if len(said) > LINE:
            yield FieldError(name, f"Keep this under {LINE} characters.")
    if len(report.answer) > LONGEST:
        yield FieldError("answer", f"Keep this under {LONGEST:,} characters. The helpline asks if it needs more.")


def _urls(asked: Refer) -> Iterator[FieldError]:
    if len(asked.urls) > URLS or len(asked.handles) > URLS:
        field = "urls" if len(asked.urls) > URLS else "handles"
        yield FieldError(field, f"Up to {URLS} fit here. Send the others in a message afterwards.")
    if one_each(asked.urls) is None:
        yield FieldError("urls", "One of these is not an address on the web.")
    if any(len(handle) > LINE for handle in asked.handles):
        yield FieldError("handles", f"One line each, of up to {LINE} characters.")


def _codes(asked: Refer, profile: Profile) -> Iterator[FieldError]:
    for name in ("issues", "platforms"):
        if len(getattr(asked, name)) > CODES:
            yield FieldError(name, f"Choose up to {CODES}.")
    for name, known in (("issues", profile.issues), ("platforms", profile.platforms)):
        if any(code not in known for code in getattr(asked, name)):
            yield FieldError(name, "One of these is not a choice here.")
    if asked.reported and not set(asked.reported.platforms or ()) <= profile.platforms.keys():
        yield FieldError("reported_to", "One of these is not a choice here.")


def _people(asked: Refer, people: Mapping[UUID, Named]) -> Iterator[FieldError]:
    if any(told.id not in people for told in asked.people):
        yield FieldError("people", "One of these people is not in the incident any more. Open the form again.")
    elif len(asked.people) > PEOPLE:
        yield FieldError("people", f"Up to {PEOPLE} people fit here. Tell the others in words.")
    elif any(told.agreed_to_be_named and not may_be_named(people[told.id]) for told in asked.people):
        yield FieldError("people", "Only an adult who was harmed can agree that their real name is sent.")


def may_be_named(named: Named) -> bool:
    """Whether somebody is asked at all: an adult who was harmed. Nobody else's name leaves."""
    return named.person.kind == "adult" and named.person.role == "affected"


def _told(row: PersonRow) -> Told:
    age = cast("AgeBand | None", row.age_band or None)
    return Told(id=row.id or NOBODY, age_band=age, agreed_to_be_named=row.agreed)


def _chosen(row: FileRow) -> FileToSend:
    return FileToSend(id=row.id or NOBODY, name=row.name, attested=row.attested)


def _person(named: Named, told: Told) -> Person:
    return Person(
        pseudonym=named.pseudonym, kind=named.person.kind, role=named.person.role,
        age_band=told.age_band or named.age_band, real_name=named.person.name if told.agreed_to_be_named else None,
    )  # fmt: skip
