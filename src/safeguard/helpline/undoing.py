"""Taking back a step that was noted by mistake: it stays to be read, and counts no more.

What is written is never changed: another step says that it was wrong, and why, and the address stands again as it did
before. Nothing of the mistake is left in rates, hours or prompts. Everybody who was told of it is told that it was
taken back. What was wrong further down is taken back one after the other, and noted anew.
"""

from collections.abc import Sequence
from functools import reduce

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.helpline.case import Step, Url, url_document
from safeguard.helpline.confiding import keep_confidence
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.queries import list_all_of
from safeguard.helpline.reaching import how_named
from safeguard.helpline.takedown import moved, write_step
from safeguard.helpline.telling_steps import KEPT, tell_stepped
from safeguard.work import Work


async def take_back(work: Work, before: Url, why: str, seen: int) -> Url:
    """Take the last step of an address back; raises `Conflict` where there is none, `Invalid` without a reason.

    Who was left out of the step is left out of this as well.
    """
    work.require(Permission.HELPLINE_WORK)
    if not before.standing:
        raise Conflict("Nothing that was noted of this address stands, so there is nothing to take back.")
    if not why:
        raise Invalid(FieldError("why", "Say what was wrong. Whoever was told of the step reads it."))
    named = await list_all_of(work, before.id)
    if any(named.values()):
        await keep_confidence(work, named, why, "why")
    *left, wrong = before.standing
    url = stands_after(before, left, seen)
    step = Step(
        id=clock.new_id(), state=url.state, happened_at=left[-1].happened_at if left else before.listed_at,
        day_only=bool(left) and left[-1].day_only, undated=bool(left) and left[-1].undated, answer=why,
        written_at=work.now(), written_by_name=work.actor.name, undoes=wrong.id,
    )  # fmt: skip
    await write_step(work, url, step, seen)
    stepped = msgspec.structs.replace(url, steps=(*before.steps, step))
    without = [each.case_id for each in (await how_named(work, url.id)).left_out.get(wrong.id, ())]
    left_out = await tell_stepped(work, stepped, without)
    document = url_document(url, step, left_out=[str(case) for case in left_out])
    work.record("url.taken_back", url.id, document=document)
    return stepped


def stands_after(url: Url, steps: Sequence[Step], seen: int) -> Url:
    """An address as it would stand had only these steps been noted."""
    anew = msgspec.structs.replace(
        url, state=UrlState.LISTED, platform_reference="", self_reported_at=None, reported_at=None, chased_at=None,
        answered_at=None, ended_at=None, hours_known=True, seen_again_at=None,
    )  # fmt: skip
    return msgspec.structs.replace(reduce(_stepped, steps, anew), platform=url.platform, version=seen + 1)


def _stepped(before: Url, step: Step) -> Url:
    reference = "" if step.state in KEPT else step.platform_reference
    url = moved(before, step.state, step.happened_at, reference, before.version, day_only=step.day_only)
    return msgspec.structs.replace(url, self_reported_at=before.self_reported_at) if step.undated else url
