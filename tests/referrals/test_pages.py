"""A lead refers an incident: sees what will leave, sends exactly that, and sees what became of it."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.channel.bodies import Closed, Message, Opened, PlatformReport, Pointed, Status, Url, UrlStep
from safeguard.channel.keys import own_keys
from safeguard.clock import new_id
from safeguard.incidents.hiding.circle import exclude
from safeguard.incidents.queries import get_heading
from safeguard.incidents.story import Person
from safeguard.notifications.rules import said
from safeguard.referrals.naming import Named, find, softened
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.referrals.making import OPENED
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

FIELDS = {
    "asked": "mediation", "question": "Please have the account taken down.", "urgency": "soon", "reported": "no",
    "account": "An account pretends to be Adult A.", "lawful_basis": "public_task", "condition": "safeguarding",
    "reason": "The account harms a member of staff.", "contact_name": "Sam Lead",
    "urls": "https://social.example/account\nsocial.example/second",
}  # fmt: skip


async def ready(channel):
    for there in (channel.school, channel.helpline):
        async with begin(system(there.organisation_id)) as work:
            await own_keys(work)


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))


async def sent(lead, channel, incident, **more):
    fields = {**FIELDS, "helpline": str(channel.helpline.organisation_id), **more}
    preview = await lead.send(f"/incidents/{incident}/refer", {**fields, "step": "preview"})
    assert preview.status_code == 200, preview.text
    again = {**fields, "digest": hidden(preview.text)["digest"], "step": "send"}
    return preview, await lead.send(f"/incidents/{incident}/refer", again, token=token_of(preview.text))


async def test_the_form_begins_with_the_report_from_which_names_were_taken(lead, channel, incident):
    form = await lead.get(f"/incidents/{incident}/refer")
    assert form.status_code == 200
    assert "An account that pretends to be a science teacher" in form.text
    assert "Adult A" in form.text
    assert "0344 381 4772" in form.text


async def test_nothing_leaves_before_the_preview_was_confirmed(lead, channel, incident):
    fields = {**FIELDS, "step": "send", "digest": "guessed", "helpline": str(channel.helpline.organisation_id)}
    answer = await lead.send(f"/incidents/{incident}/refer", fields)
    assert "This is what will leave" in answer.text
    assert await channel.outgoing() == []


async def test_what_was_previewed_arrives_and_is_shown_as_delivered(lead, channel, incident):
    await ready(channel)
    preview, answer = await sent(lead, channel, incident)
    assert answer.status_code == 303, answer.text
    assert "https://social.example/second" in preview.text
    place = answer.headers["location"].split("?")[0]
    assert "On its way" in (await lead.get(place)).text
    await channel.all()
    ((sender, body),) = channel.at_helpline.bodies
    assert sender == channel.school.organisation_id
    assert isinstance(body, Opened)
    assert [url.url for url in body.urls] == ["https://social.example/account", "https://social.example/second"]
    shown = await lead.get(place)
    assert "Delivered" in shown.text
    assert "receipt " in shown.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"reported_on": "2999-01-01"}, "reported_on-error"),
        ({"reported_on": "when we heard"}, "reported_on-error"),
        ({"reported_to": ""}, "Say to which platform it was reported."),
        ({"reported_to": "nowhere"}, "One of these is not a choice here."),
        ({"answered": ""}, "Say whether it has answered."),
        ({"answered": "no", "answer": "Nothing yet."}, "You wrote down what it answered."),
    ],
    ids=["to-come", "no-day", "which-platform", "unknown-platform", "answered", "both"],
)
async def test_a_report_to_a_platform_is_told_in_facts_and_nothing_typed_is_lost(lead, channel, incident, said, words):
    told = {"reported": "yes", "reported_to": "tiktok", "answered": "yes", "platform_reference": "T-9", **said}
    fields = {**FIELDS, "helpline": str(channel.helpline.organisation_id), **told}
    answer = await lead.send(f"/incidents/{incident}/refer", {**fields, "step": "preview"})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="T-9"' in answer.text


async def test_enter_in_a_field_shows_what_will_leave_and_puts_nothing_away(lead, incident):
    form = (await lead.get(f"/incidents/{incident}/refer")).text.partition("data-unsaved")[2]
    first = re.findall(r'<button type="submit"[^>]*>', form)[0]
    assert 'name="step" value="preview"' in first and "formaction" not in first


async def test_what_is_missing_and_what_is_no_address_are_said_at_once(lead, channel, incident):
    fields = {**FIELDS, "helpline": str(channel.helpline.organisation_id), "question": "", "urls": "the false profile"}
    answer = await lead.send(f"/incidents/{incident}/refer", {**fields, "reported": "", "step": "preview"})
    assert answer.status_code == 422
    assert all(f'id="{field}-error"' in answer.text for field in ("reported", "urls"))


async def test_addresses_that_are_none_and_a_report_that_is_told_in_halves_are_refused_at_once(lead, channel, incident):
    told = {"reported": "yes", "reported_to": "", "answered": "", "urls": "https://social.example/account javascript:1"}
    fields = {**FIELDS, "helpline": str(channel.helpline.organisation_id), **told}
    answer = await lead.send(f"/incidents/{incident}/refer", {**fields, "step": "preview"})
    assert answer.status_code == 422
    assert all(f'id="{field}-error"' in answer.text for field in ("reported_to", "answered", "urls"))


async def test_a_report_whose_day_nobody_knows_is_sent_as_such_with_each_platform_by_its_code(lead, channel, incident):
    await ready(channel)
    told = {"reported": "yes", "reported_to": "tiktok", "platform": "Kik", "answered": "no"}
    preview, answer = await sent(lead, channel, incident, **told)
    assert answer.status_code == 303, answer.text
    assert "TikTok, Kik, day not known" in preview.text
    assert "It has not answered yet." in preview.text
    await channel.all()
    ((_, body),) = channel.at_helpline.bodies
    assert body.reported == PlatformReport(platform="TikTok, Kik", platforms=("tiktok",), answered=False)


async def test_a_name_in_the_words_is_flagged_and_only_leaves_when_it_is_meant(lead, channel, incident):
    preview, answer = await sent(lead, channel, incident, account="It says that hale is unfair to Ravi.")
    assert "Look at these before it leaves" in preview.text
    assert answer.status_code == 422
    assert await channel.outgoing() == []
    _, answer = await sent(lead, channel, incident, account="It says that hale is unfair to Ravi.", looked="yes")
    assert answer.status_code == 303


async def test_the_reason_leaves_too_so_a_name_in_it_is_flagged(lead, channel, incident):
    preview, answer = await sent(lead, channel, incident, reason="Because Morgan Hale is afraid.")
    assert "Look at these before it leaves" in preview.text
    assert answer.status_code == 422
    assert await channel.outgoing() == []


def test_a_short_name_is_found_with_its_capital_and_never_exchanged_by_itself():
    person = Person(id=UUID(int=1), position=0, role="affected", kind="child", name="Bo Li")
    named = Named(person, "Child A", ("Bo Li",), "unknown")
    assert [each.words for each in find({"account": "An uncle of Li said so, at last."}, [named])] == ["Li"]
    assert softened("Bo Li went. Li came back.", [named]) == "Child A went. Li came back."


async def test_only_pseudonyms_leave_and_a_harmed_adult_may_agree_to_be_named(lead, channel, incident):
    await ready(channel)
    form = hidden((await lead.get(f"/incidents/{incident}/refer")).text)
    people = {name: value for name, value in form.items() if name.startswith("people-")}
    ticks = {f"people-{n}-send": "yes" for n in range(3)} | {f"people-{n}-age_band": "unknown" for n in range(3)}
    preview, _ = await sent(lead, channel, incident, **people, **ticks, **{"people-0-agreed": "yes"})
    await channel.all()
    ((_, body),) = channel.at_helpline.bodies
    assert [(each.pseudonym, each.real_name) for each in body.people] == [
        ("Adult A", "Morgan Hale"), ("Child A", None), ("Child B", None),
    ]  # fmt: skip
    section = preview.text.split("What the helpline sees")[1].split("</section>")[0]
    assert "Ravi" not in section


async def test_a_child_is_never_named(lead, channel, incident):
    form = hidden((await lead.get(f"/incidents/{incident}/refer")).text)
    people = {name: value for name, value in form.items() if name.startswith("people-1-")}
    fields = {**FIELDS, **people, "people-1-send": "yes", "people-1-agreed": "yes", "step": "preview"}
    answer = await lead.send(f"/incidents/{incident}/refer", fields)
    assert answer.status_code == 422
    assert "Only an adult who was harmed" in answer.text


@pytest.mark.parametrize("junk", ["javascript:alert(1)", "see the phone", "data:text/html,x", "https://"])
async def test_what_is_no_address_comes_back_and_nothing_typed_is_lost(lead, channel, incident, junk):
    answer = await lead.send(f"/incidents/{incident}/refer", {**FIELDS, "urls": junk, "step": "preview"})
    assert answer.status_code == 422
    assert FIELDS["question"] in answer.text


async def test_what_the_helpline_says_is_shown_and_closing_on_both_sides_keeps_both(lead, channel, incident):
    await ready(channel)
    _, answer = await sent(lead, channel, incident)
    place = answer.headers["location"].split("?")[0]
    await channel.all()
    ((_, body),) = channel.at_helpline.bodies
    await channel.reply(Status(referral=body.referral, state="escalated", case_reference="H-1234"))
    await channel.reply(
        UrlStep(
            referral=body.referral, url=body.urls[0].url, state="removed", at=channel.now(), platform_reference="T1"
        )
    )
    pointed = (Pointed(title="Report Remove", links=("childline.org.uk/remove",)),)
    await channel.reply(Message(referral=body.referral, id=new_id(), author="Helpline", words="", pointed=pointed))
    await channel.reply_all()
    shown = (await lead.get(place)).text
    assert "Report Remove" in shown and "childline.org.uk/remove" in shown
    assert "H-1234" in shown
    assert "Removed" in shown
    await channel.reply(Closed(referral=body.referral, outcome="resolved", words="All is gone."))
    closed = await lead.send(f"{place}/close", {"outcome": "resolved", "helpful": "5"})
    assert closed.status_code == 303
    await channel.reply_all()
    await channel.all()
    shown = (await lead.get(place)).text
    assert "All is gone." in shown
    assert isinstance(channel.at_helpline.bodies[-1][1], Closed)


async def test_every_step_of_an_address_says_when_it_happened_and_under_which_reference(lead, channel, incident):
    await ready(channel)
    _, answer = await sent(lead, channel, incident)
    await channel.all()
    ((_, body),) = channel.at_helpline.bodies
    told = {"referral": body.referral, "url": body.urls[0].url}
    noon = datetime(2025, 3, 7, 12, tzinfo=UTC)
    await channel.reply(UrlStep(**told, state="self_reported", at=noon, undated=True, day_only=True))
    await channel.reply(UrlStep(**told, state="reported", at=noon, day_only=True, platform_reference="REF-1"))
    later = noon + timedelta(days=3)
    await channel.reply(UrlStep(**told, state="re_reported", at=later, platform_reference="REF-2", words="They look."))
    await channel.reply_all()
    shown = (await lead.get(answer.headers["location"].split("?")[0])).text
    story = shown[shown.index("What was said</h2>") :]
    days = "day not known", "Friday 7 March 2025", "10 March 2025"
    for words in (*days, ", reference REF-1", ", reference REF-2", "They look."):
        assert words in story, words
    assert "REF-1" not in shown[: shown.index("What was said</h2>")], "the table says how it stands now"


async def test_a_referral_is_withdrawn_while_its_envelope_is_on_its_way(lead, channel, incident):
    await ready(channel)
    _, answer = await sent(lead, channel, incident)
    place = answer.headers["location"].split("?")[0]
    assert (await lead.send(f"{place}/withdraw", {"reason": "Sent twice."})).status_code == 303
    await channel.all()
    assert [type(body).__name__ for _, body in channel.at_helpline.bodies] == ["Opened", "Withdrawn"]
    assert (await lead.send(f"{place}/messages", {"words": "More"}, page=f"{place}/reopen")).status_code == 409
    assert (await lead.send(f"{place}/reopen", {"reason": "It is back."})).status_code == 303


async def test_after_ten_minutes_without_a_receipt_the_page_says_telephone(lead, channel, incident, owner):
    _, answer = await sent(lead, channel, incident)
    owner.execute("update channel_outbox set put_at = put_at - interval '11 minutes'")
    shown = await lead.get(answer.headers["location"])
    assert "Not delivered yet" in shown.text


async def test_the_helplines_number_and_hours_stand_on_every_page_of_a_referral_and_in_the_alarm(
    lead, channel, incident
):
    await ready(channel)
    _preview, answer = await sent(lead, channel, incident)
    at = answer.headers["location"].partition("?")[0]
    pages = [(await lead.get(path)).text for path in (
        at, f"{at}/withdraw", f"{at}/close", "/referrals", f"/incidents/{incident}/referrals",
        f"/incidents/{incident}/refer",
    )]  # fmt: skip
    refused = await lead.send(f"{at}/withdraw", {"reason": ""}, page=f"{at}/withdraw")
    assert refused.status_code == 422
    ended = await lead.send(f"{at}/withdraw", {"reason": "It is gone."}, page=f"{at}/withdraw")
    assert ended.status_code == 303, ended.text
    pages += [refused.text, (await lead.get(f"{at}/reopen")).text]
    for shown in pages:
        assert 'href="tel:03443814772"' in shown
        assert "Monday to Friday, 10:00 to 16:00, not on bank holidays." in shown
    alarm = said("referral.undelivered")
    assert "0344 381 4772, Monday to Friday, 10:00 to 16:00, not on bank holidays" in alarm


async def test_an_excluded_lead_finds_no_trace_of_a_referral(lead, channel, incident, sign_in, someone):
    _, answer = await sent(lead, channel, incident)
    place = answer.headers["location"].split("?")[0]
    other = await someone(Role.LEAD, organisation=channel.school.organisation_id)
    browser = await sign_in(actor=other)
    assert (await browser.get(place)).status_code == 200
    async with begin(channel.school) as work:
        await exclude(work, incident, other.user_id)
    assert (await browser.get(place)).status_code == 404
    assert place not in (await browser.get("/referrals")).text


async def test_another_organisation_finds_nothing(lead, channel, incident, sign_in):
    _, answer = await sent(lead, channel, incident)
    stranger = await sign_in(Role.LEAD)
    assert (await stranger.get(answer.headers["location"])).status_code == 404
    assert (await stranger.get(f"/incidents/{incident}/refer")).status_code == 404


async def test_a_program_refers_and_reads_what_became_of_it(program, channel, incident):
    client = await program(Role.LEAD, organisation=channel.school.organisation_id)
    body = {
        "asked": ["advice"], "question": "What now?", "lawful_basis": "public_task", "condition": "none",
        "reason": "Advice.", "contact_name": "Sam", "helpline": str(channel.helpline.organisation_id),
    }  # fmt: skip
    made = await client.client.post(f"/api/v1/incidents/{incident}/referrals", json=body)
    assert made.status_code == 201, made.text
    named = await client.client.post(
        f"/api/v1/incidents/{incident}/referrals", json={**body, "question": "Is Ravi ok?"}
    )
    assert named.status_code == 422
    read = await client.client.get(made.headers["location"])
    assert read.json()["steps"][0]["body"]["question"] == "What now?"
    listed = await client.client.get("/api/v1/referrals")
    assert [each["id"] for each in listed.json()["items"]] == [made.json()["id"]]


async def test_many_addresses_are_counted_first_and_stand_below_what_was_said(lead, channel, incident):
    await ready(channel)
    many = msgspec.structs.replace(OPENED, urls=tuple(Url(url=f"https://social.example/{each}") for each in range(40)))
    async with begin(channel.school) as work:
        referral = await refer(work, incident, many, channel.helpline.organisation_id, ())
    shown = (await lead.get(f"/referrals/{referral.id}")).text
    assert 'href="#addresses">40 addresses' in shown
    assert shown.index("What was said") < shown.index('id="addresses"')


async def test_the_list_says_which_incident_each_referral_is_about(lead, channel, incident):
    await ready(channel)
    await sent(lead, channel, incident)
    async with begin(channel.school) as work:
        reference = (await get_heading(work, incident)).reference
    listed = (await lead.get("/referrals")).text
    assert f'href="/incidents/{incident}">{reference}</a>' in listed
    assert "An account that pretends to be a science teacher" in listed
    assert (
        f'href="/incidents/{incident}">{reference}</a><br>'
        not in (await lead.get(f"/incidents/{incident}/referrals")).text
    )
