"""Two versions of this service understand each other: what the newer one adds, the older one leaves alone.

Whatever was added to a body may be left out. So the version before is every body without what may be left out.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from safeguard.channel import bodies
from safeguard.channel.bodies import Closed, PlatformReport, UrlStep

REFERRAL = UUID(int=7)
words = st.text(max_size=40)
codes = st.sampled_from(("resolved", "not_upheld", "no_answer", "withdrawn", "", "of_a_later_version"))
may = st.sampled_from((True, False, UNSET))
steps = st.builds(
    UrlStep, referral=st.just(REFERRAL), url=words, state=st.sampled_from(("self_reported", "removed", "listed")),
    at=st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)),
    platform_reference=words, words=words, day_only=may, undated=may,
)  # fmt: skip
ends = st.builds(Closed, referral=st.just(REFERRAL), outcome=codes, words=words, feedback=words)
reports = st.builds(
    PlatformReport, platform=words, reported_on=words, reference=words, answer=words, answered=may,
    platforms=st.one_of(st.just(UNSET), st.lists(st.sampled_from(("tiktok", "x")), max_size=2).map(tuple)),
)  # fmt: skip


def before(kind: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """The same struct as the version before had it."""
    known: list[Any] = [
        (each.name, each.type) if each.required else (each.name, each.type, each.default)
        for each in msgspec.structs.fields(kind) if each.default is not UNSET
    ]  # fmt: skip
    tag = kind.__struct_config__.tag
    return msgspec.defstruct(kind.__name__, known, tag_field="kind" if tag else None, tag=tag, kw_only=True)


OLDER = {kind: before(kind) for kind in (UrlStep, Closed, PlatformReport)}


def told(struct: msgspec.Struct) -> dict[str, Any]:
    """What it says, by name, without what it leaves out."""
    return {name: value for name in struct.__struct_fields__ if (value := getattr(struct, name)) is not UNSET}


@given(st.one_of(steps, ends, reports))
def test_an_older_receiver_reads_all_that_it_knows_and_is_not_broken_by_the_rest(said):
    older = OLDER[type(said)]
    heard = msgspec.json.decode(msgspec.json.encode(said), type=older)
    assert told(heard) == {name: value for name, value in told(said).items() if name in older.__struct_fields__}


@given(st.one_of(steps, ends, reports))
def test_what_an_older_sender_says_is_understood_and_says_nothing_of_what_it_did_not_know(said):
    older = OLDER[type(said)]
    sent = msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(said), type=older))
    heard = msgspec.json.decode(sent, type=type(said))
    newer = set(said.__struct_fields__) - set(older.__struct_fields__)
    assert all(getattr(heard, name) is UNSET for name in newer)
    assert msgspec.json.encode(heard) == sent, "nothing is put into what somebody else signed"


@given(st.one_of(steps, ends))
def test_a_body_is_what_it_was_when_it_was_read_again(said):
    assert bodies.decode(bodies.encode(said)) == said
