"""Changing the report form: each change a new version, never a change of an old one."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document, JSONValue
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.tenancy.checking import KEPT
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question, QuestionKind
from safeguard.tenancy.report_forms.asked import NARRATIVE, WHY_KEPT, Changed, Choices, Own, asked_of, every_question
from safeguard.tenancy.report_forms.reading import Form, read_form
from safeguard.work import Work

MOST_OWN = 30
MOST_OPTIONS = 30
LABEL_LIMIT = 200
HINT_LIMIT = 500
STALE = "Somebody else changed the form while you had it open. Look at what it is now, then change it."

INSERT: Final = """
insert into public.form_versions (organisation_id, id, number, choices, asked, made_at, made_by, made_by_name)
values ((select sec.current_organisation()), $1, $2, $3::jsonb, $4::jsonb, $5, $6, $7)
on conflict (organisation_id, number) do nothing returning id
"""


class Place(msgspec.Struct, frozen=True):
    """Where a question stands, and whether it must be answered."""

    position: int
    where: str
    """at_once, folded or hidden"""
    required: bool


async def arrange(work: Work, profile: Profile, places: Mapping[str, Place], seen: int) -> int:
    """Order, fold, hide and require; the number of the new version. Raises `Invalid` for what must stay."""
    form = await begun(work, profile, seen)
    known = {question.code: question for question, _ in every_question(profile, form.choices)}
    if errors := [error for code, place in places.items() if (error := _kept(code, place))]:
        raise Invalid(*errors)
    order = sorted(known, key=lambda code: places[code].position if code in places else 999)
    changed, own = dict(form.choices.changed), {one.code: one for one in form.choices.own}
    for code, place in places.items():
        said = {"required": place.required, "folded": place.where == "folded", "hidden": place.where == "hidden"}
        if code in own:
            own[code] = msgspec.structs.replace(own[code], **said)
        elif code in known:
            changed[code] = msgspec.structs.replace(changed.get(code, Changed()), **said)
    arranged = msgspec.structs.replace(form.choices, order=tuple(order), changed=changed, own=tuple(own.values()))
    return await keep(work, profile, form, arranged)


def _kept(code: str, place: Place) -> FieldError | None:
    if code in KEPT and place.where != "at_once":
        return FieldError(f"where-{code}", WHY_KEPT[code])
    if code == NARRATIVE and not place.required:
        return FieldError(f"required-{code}", WHY_KEPT[code])
    return None


async def reword(work: Work, profile: Profile, code: str, label: str, hint: str, seen: int) -> int:
    """Another label and guidance for a question; empty ones bring back those of the kind."""
    form = await begun(work, profile, seen)
    if errors := [*_label(label, needed=code not in profile.questions), *check_hint(hint)]:
        raise Invalid(*errors)
    if code in profile.questions:
        kinds = profile.questions[code]
        changed = msgspec.structs.replace(
            form.choices.changed.get(code, Changed()),
            label=label if label and label != kinds.label else None,
            hint=hint if hint != kinds.hint else None,
        )
        return await keep(
            work, profile, form, msgspec.structs.replace(form.choices, changed=form.choices.changed | {code: changed})
        )
    own = _find_own(form, code)
    return await _replace_own(work, profile, form, msgspec.structs.replace(own, label=label, hint=hint))


async def add_question(work: Work, profile: Profile, new: Own, seen: int) -> int:
    """A question of the organisation's own; its code comes from its label."""
    form = await begun(work, profile, seen)
    if errors := check_own(new, profile):
        raise Invalid(*errors)
    if len(form.choices.own) >= MOST_OWN:
        raise Invalid(FieldError("label", f"The most is {MOST_OWN} questions of your own, hidden ones too."))
    named = msgspec.structs.replace(new, code=_code(new.label, {own.code for own in form.choices.own}))
    return await _replace_own(work, profile, form, named)


def check_own(new: Own, profile: Profile) -> list[FieldError]:
    """What needs another look before this question can be asked."""
    errors = [*_label(new.label, needed=True), *check_hint(new.hint)]
    if new.kind is QuestionKind.BUILT_IN:
        errors.append(FieldError("kind", "Choose how it is answered."))
    if new.kind is QuestionKind.CHOICE and not 2 <= len(new.options) <= MOST_OPTIONS:
        errors.append(FieldError("options", f"Give from two to {MOST_OPTIONS} answers, one a line."))
    if any(len(option) > LABEL_LIMIT for option in new.options):
        errors.append(FieldError("options", f"Keep each answer under {LABEL_LIMIT} characters."))
    if any(code not in profile.reported for code in new.about):
        errors.append(FieldError("about", "Choose from the answers on the page."))
    return errors


def _label(label: str, *, needed: bool) -> list[FieldError]:
    if needed and not label:
        return [FieldError("label", "Write the question as people will read it.")]
    return [FieldError("label", f"Keep it under {LABEL_LIMIT} characters.")] if len(label) > LABEL_LIMIT else []


def check_hint(hint: str, field: str = "hint") -> list[FieldError]:
    """What is wrong with the guidance beneath a question."""
    return [FieldError(field, f"Keep it under {HINT_LIMIT} characters.")] if len(hint) > HINT_LIMIT else []


def _code(label: str, taken: set[str]) -> str:
    """From the words of a question: "Which bus?" is `own_which_bus`."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    code = "own_" + ("_".join(re.findall(r"[a-z0-9]+", plain))[:30].strip("_") or "question")
    number = 2
    while (numbered := code if number == 2 else f"{code}_{number - 1}") in taken:
        number += 1
    return numbered


def find_question(profile: Profile, form: Form, code: str) -> Question:
    """A question, hidden or not; raises `NotFound`."""
    known = {question.code: question for question, _ in every_question(profile, form.choices)}
    if code not in known:
        raise NotFound
    return known[code]


def _find_own(form: Form, code: str) -> Own:
    own = next((own for own in form.choices.own if own.code == code), None)
    if own is None:
        raise NotFound
    return own


async def _replace_own(work: Work, profile: Profile, form: Form, own: Own) -> int:
    others = {one.code: one for one in form.choices.own} | {own.code: own}
    return await keep(work, profile, form, msgspec.structs.replace(form.choices, own=tuple(others.values())))


async def begun(work: Work, profile: Profile, seen: int) -> Form:
    """The form as it is, for whoever may change it; raises `Conflict` when it is another than they saw."""
    work.require(Permission.SETTINGS_MANAGE)
    form = await read_form(work, profile)
    if form.number != seen:
        raise Conflict(STALE)
    return form


async def keep(work: Work, profile: Profile, form: Form, choices: Choices) -> int:
    """The number of the version that these choices make; the same again where they change nothing."""
    if choices == form.choices:
        return form.number
    number, form_id = form.number + 1, clock.new_id()
    asked = msgspec.json.encode(asked_of(profile, choices, number).questions).decode()
    text = msgspec.json.encode(choices).decode()
    values = (form_id, number, text, asked, work.now(), work.actor.user_id, work.actor.name)
    if await work.driver.fetchval(INSERT, *values) is None:
        raise Conflict(STALE)
    work.record("form.changed", form_id, document=_document(form_id, number, choices))
    return number


def _document(form_id: UUID, number: int, choices: Choices) -> Document:
    fields: dict[str, JSONValue] = {"number": number, "choices": msgspec.to_builtins(choices)}
    return Document("form", form_id, 1, fields)
