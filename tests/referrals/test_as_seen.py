"""The lead sees the page that the helpline sees: one macro, one body, the same bytes, and no field of it left out."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.channel import bodies
from safeguard.channel.bodies import Basis, File, Opened, Person, PlatformReport, Url
from safeguard.helpline.as_sent import find_sent
from safeguard.helpline.queries import FIRST, list_queue
from safeguard.referrals.referring import refer
from safeguard.referrals.shown import shown
from safeguard.tenancy.profiles import load_profiles
from safeguard.web.templates import environment
from safeguard.work import begin
from tests.referrals.making import OPENED
from tests.referrals.test_ending import settle
from tests.referrals.test_pages import hidden, sent

pytestmark = pytest.mark.anyio
PAGES = environment()
PART = re.compile(r'<section class="sg-panel" aria-label="What the helpline sees">.*?</section>', re.DOTALL)
OTHERWISE: dict[str, Any] = {
    "kind": "adult", "age_band": "16_to_17", "urgency": "urgent", "asked": ("signposting",), "nation": "scotland",
    "organisation_kind": "club", "child_at_risk": False, "size": 7, "issues": ("harmful_content",),
    "platforms": ("roblox",), "platform": "roblox", "lawful_basis": "consent", "condition": "none", "role": "witness",
    "answered": False,
}  # fmt: skip
"""Another value of fields that are no free text."""
SHOWN_TO_NOBODY = {"referral", "files.id"}
"""Made for the two programs, so that what follows finds what went before: nobody reads them."""
WHOLE = Opened(
    referral=UUID(int=1), reference="QRS-234", organisation="Sample School", organisation_kind="school",
    nation="england", contact_name="Sam Lead", contact_role="Head of year", contact_telephone="01632 960123",
    asked=("mediation", "advice"), urgency="soon", child_at_risk=True, question="Please.", account="It happened.",
    steps_taken="We rang.", issues=("impersonation",), platforms=("tiktok",), happened="In May", handles=("@false",),
    people=(Person(pseudonym="A", kind="child", role="affected", age_band="11_to_13", real_name="Morgan Hale"),),
    urls=(Url(url="https://social.example/a", platform="tiktok", note="The second post"),),
    reported=PlatformReport(
        platform="TikTok", platforms=("tiktok",), reported_on="2 May", reference="T-9", answered=True,
        answer="Not against our rules.",
    ),
    basis=Basis(lawful_basis="public_task", condition="safeguarding", reason="To protect a child."),
    files=(File(id=UUID(int=2), name="Letter.pdf", media_type="application/pdf", size=48_200, sha256="ab" * 32,
                attested="I read it."),),
)  # fmt: skip


def render(body: Opened) -> str:
    macro: Any = PAGES.get_template("referrals/_opened.html").module
    return str(macro.opened_page(shown(body)))


def changed(it: msgspec.Struct, at: str = "") -> Iterator[tuple[str, Any]]:
    """The name of each field of a body, however deep, and the body with that field changed and nothing else."""
    for name in it.__struct_fields__:
        value, path = getattr(it, name), f"{at}.{name}".lstrip(".")
        if isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            yield from (
                (each, msgspec.structs.replace(it, **{name: (other,)})) for each, other in changed(value[0], path)
            )
        elif isinstance(value, msgspec.Struct):
            yield from ((each, msgspec.structs.replace(it, **{name: other})) for each, other in changed(value, path))
        else:
            other = OTHERWISE.get(name, UUID(int=9) if isinstance(value, UUID) else ("other",))
            other = "Other words" if isinstance(value, str) and name not in OTHERWISE else other
            yield path, msgspec.structs.replace(it, **{name: other})


def test_every_field_of_a_referral_stands_on_its_page():
    pages = {path: render(body) for path, body in changed(WHOLE)}
    fields = {name for name in Opened.__struct_fields__ if getattr(WHOLE, name) not in ("", (), None)}
    assert fields == set(Opened.__struct_fields__), "every field is filled in here, also one that is new"
    assert {path for path, page in pages.items() if page == render(WHOLE)} == SHOWN_TO_NOBODY
    assert {"people.real_name", "urls.note", "reported.answer", "basis.reason", "files.sha256"} <= pages.keys()


@pytest.mark.parametrize("field", ["reported", "files", "people", "urls", "handles", "issues", "platforms", "happened"])
def test_what_is_not_sent_is_not_said_to_be(field):
    nothing = {"reported": None, "files": msgspec.UNSET, "happened": ""}.get(field, ())
    without = render(msgspec.structs.replace(WHOLE, **{field: nothing}))
    assert without != render(WHOLE)
    assert ("Not reported to the platform yet." in without) == (field == "reported")


@pytest.mark.parametrize("kind", [*load_profiles(), "a kind of another service"])
def test_codes_are_said_in_the_words_of_whoever_sent_them(kind):
    body = msgspec.structs.replace(WHOLE, organisation_kind=kind, issues=("harassment_of_staff", "unheard of"))
    page = render(msgspec.structs.replace(body, nation="another nation"))
    assert ("coach or official" in page) == (kind == "club")
    assert "unheard of" in page
    assert "another nation" in page


def test_markup_in_a_referral_is_text_on_its_page():
    for path, body in changed(WHOLE):
        if isinstance(body, Opened) and "Other words" in render(body):
            attack = bodies.decode(bodies.encode(body).replace(b"Other words", b"<script>1</script>"))
            assert isinstance(attack, Opened)
            assert "<script>" not in render(attack), path
            assert "&lt;script&gt;" in render(attack), path


async def test_what_the_lead_previewed_is_to_the_byte_what_the_practitioner_reads(
    lead,
    both,
    incident,
    sign_in,
    someone,
):
    form = hidden((await lead.get(f"/incidents/{incident}/refer")).text)
    people = {name: value for name, value in form.items() if name.startswith("people-0-")}
    more = {
        **people, "people-0-send": "yes", "people-0-age_band": "adult", "people-0-agreed": "yes", "reported": "yes",
        "reported_to": "tiktok", "reported_on": "2026-01-05", "answered": "yes",
        "platform_reference": "T-9", "answer": "No.\n\nNot against our rules.", "at_risk": "yes",
        "happened": "In May", "handles": "@false.hale", "contact_role": "Head of year", "issues": "impersonation",
        "platforms": "tiktok", "steps_taken": "The account & its posts were blocked.",
        "urls": "HTTPS://Social.example/a#top social.example/b",
    }  # fmt: skip
    preview, answer = await sent(lead, both, incident, **more)
    assert answer.status_code == 303, answer.text
    await settle(both)
    practitioner = await someone(Role.PRACTITIONER, organisation=both.helpline.organisation_id)
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        (case,) = await list_queue(work, FIRST, 10)
        opened = await find_sent(work, case.id)
    assert opened is not None
    (before,) = PART.findall(preview.text)
    (there,) = PART.findall((await desk.get(f"/helpline/cases/{case.id}")).text)
    (after,) = PART.findall((await lead.get(answer.headers["location"])).text)
    assert there == after == render(opened).strip()
    assert there == before.replace("given as it is sent", opened.reference)
    for said in (
        "Head of year",
        "5 January 2026",
        "It has answered.",
        "In May",
        "Public task",
        "agreed to be named: Morgan Hale",
        "HTTPS",
        "T-9",
    ):
        assert said in there or said == "HTTPS", said


async def test_a_case_that_came_before_there_was_such_a_copy_still_tells_what_it_is_about(
    both,
    sign_in,
    someone,
    incident,
    owner,
):
    async with begin(both.school) as work:
        await refer(work, incident, OPENED, both.helpline.organisation_id, ())
    await settle(both)
    owner.execute("delete from helpline_referrals where organisation_id = %s", (both.helpline.organisation_id,))
    practitioner = await someone(Role.PRACTITIONER, organisation=both.helpline.organisation_id)
    async with begin(practitioner) as work:
        (case,) = await list_queue(work, FIRST, 10)
    page = (await (await sign_in(actor=practitioner)).get(f"/helpline/cases/{case.id}")).text
    assert not PART.search(page)
    assert "What it is about" in page
    assert OPENED.question in page
    assert OPENED.account in page
