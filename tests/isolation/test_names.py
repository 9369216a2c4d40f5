"""Whom somebody means who types a name: also one that stands among other words, and nobody who only shares a part."""

import pytest

from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.concerns.reading import still_reads
from safeguard.work import begin
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

AGREE = "select sec.names_agree(%s, %s)"
MEANT = (
    "Mr Hale (PE)", "Mr Hale, PE", "Mr Hale the PE teacher", "the teacher Mr Hale", "Mr Hale year 9", "Mr Hale's class",
    "Mr Hale I think", "it was Mr Hale", "Mr Hale or Mr Stone", "Miss Brook and Mr Hale", "Mister Hale", "Nurse Hale",
    "Uncle Hale", "Rev Hale", "Mr Hales", "mr hale - teacher in year 9", "our PE teacher Hale", "Hale the coach",
    "Morgan my coach", "Morgan in the kitchen", "Morgan (coach)", "Auntie Morgan", "Head coach Morgan", "morgan the TA",
    "Mr Halle from PE", "MR HALE PE", "Coach Morgan from the under 12s",
)  # fmt: skip
OTHERS = (
    "Ana Hale", "Mrs Ana Hale", "Hale, Ana", "Morgan Stone", "Morgan Stone my coach", "Auntie Morgan Stone",
    "Miss Brook", "Miss Brook (PE)", "the man who walks like Morgan Stone", "somebody new in the kitchen",
    "Mr Stone or Miss Brook",
)  # fmt: skip


async def test_a_name_among_other_words_means_whoever_has_it_and_nobody_who_shares_a_part(addresses):
    async with owning(addresses.owner) as owner:
        found = {said: await (await owner.execute(AGREE, (said, "Morgan Hale"))).fetchone() for said in MEANT + OTHERS}
        assert [said for said in MEANT if found[said] != (True,)] == []
        assert [said for said in OTHERS if found[said] != (False,)] == []
        parts = (
            ("Mr van der Berg, chair", "Jan van der Berg"),
            ("Mrs Smith", "Ana Smith-Jones"),
            ("Mr Oak", "Sam Oak"),
        )
        for said, name in parts:
            assert await (await owner.execute(AGREE, (said, name))).fetchone() == (True,), said


async def test_whoever_a_concern_names_among_other_words_does_not_read_it(someone, addresses):
    head = await someone(Role.HEAD)
    reporter = await someone(Role.REPORTER, organisation=head.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute("update memberships set name = 'Morgan Hale' where user_id = %s", (head.user_id,))
    for said, known in (("Mr Hale, the PE teacher", False), ("Mr Stone, the PE teacher", True)):
        async with begin(reporter, purpose="session") as work:
            concern = await raise_concern(work, NewConcern(subject_name=said, narrative="Seen at night."))
        async with begin(head, purpose="session") as work:
            assert await still_reads(work, concern.id) is known
