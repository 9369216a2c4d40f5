"""What came as about an adult here, and is about none of them, is given to the lead with its code and messages."""

import re

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.concerns import identifying, naming
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.incidents.recording import record_incident
from safeguard.public_reports import adding, telling
from safeguard.public_reports.codes import hash_of, tidied_code
from safeguard.public_reports.doors import PURPOSE
from safeguard.public_reports.doors import visitor as writing
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.notifications.telling import told
from tests.post.working import work_off
from tests.public.writing import code_from

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]

WORDS, WHY = "Jack keeps pushing me on the bus.", "Jack is a pupil in year 8, the form tutor says."
FOUND = "select id, recorded_at, recorded_by_name, risk, restricted_at from incidents order by id desc limit 1"
CAME = "select raised_at, raised_by_name from concerns"
KEPT = "select user_id from exclusions where incident_id = $1 and lifted_at is null"
TOGETHER = """
select (select count(*) from public_reports where concern_id is not null),
    (select state || ' ' || outcome from concerns),
    (select incident_id from concerns)
"""
HEARD = """
select l.log || ' ' || o.kind from audit.leaves l
join audit.objects o on o.organisation_id = l.organisation_id and o.handle = l.object
where o.id = $1
"""


async def rows(organisation, statement, *values):
    async with begin(system(organisation)) as work:
        return await work.driver.fetch(statement, *values)


async def give(browser, concern, version=1, reason=WHY):
    at = f"{concern}/give"
    return await browser.send(at, {"version": str(version), "reason": reason}, page=at)


@pytest.fixture
def reported(sign_in, visitor, slug_of):
    """A child writes by the page about an adult here: the lead, the head, the address, the concern and the code."""

    async def report(**fields):
        lead = await sign_in(Role.LEAD)
        head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
        at = f"/r/{slug_of(lead.actor.organisation_id)}"
        code = await code_from(visitor, f"{at}/a", words=WORDS, **fields)
        found = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)
        assert found
        return lead, head, at, found[1], code

    return report


async def test_a_report_about_nobody_here_becomes_the_leads_with_its_words_messages_and_code(reported, visitor):
    lead, head, at, concern, code = await reported(
        subject_name="Jack", subject_work="in year 8", danger="yes", name="Ella", when="Last Friday"
    )
    here = lead.actor.organisation_id
    await head.send(f"{concern}/messages", {"words": "Is Jack a pupil?"})
    await visitor.send(f"{at}/back/message", {"code": code, "words": "Yes, in my school."}, page=f"{at}/back")
    note = {"kind": "note", "words": "Asked the form tutor."}
    assert (await head.send(f"{concern}/entries", note, page=concern)).status_code == 303
    assert f'href="{concern}/give"' in (await head.get(concern)).text
    for version, reason, status, said in ((3, "", 422, "Say how you know"), (1, WHY, 409, "Somebody else changed")):
        answer = await give(head, concern, version, reason)
        assert (answer.status_code, said in answer.text) == (status, True), answer.text
    assert (await give(head, concern, 3)).status_code == 303

    incident, when, by, risk, restricted = (await rows(here, FOUND))[0]
    assert [(when, by)] == [tuple(row) for row in await rows(here, CAME)], "it came when it was sent, of whoever wrote"
    assert (risk, restricted) == ("emergency", None)
    assert tuple((await rows(here, TOGETHER))[0]) == (0, "closed given_to_lead", incident)
    page = (await lead.get(f"/incidents/{incident}")).text
    assert all(said in page for said in (WORDS, "Last Friday", "Jack, in year 8", "Ella", WHY))
    assert "Asked the form tutor." not in page, "notes stay in the vault"
    talk = (await lead.get(f"/incidents/{incident}/messages")).text
    assert talk.index("Is Jack a pupil?") < talk.index("Yes, in my school.")
    story = (await head.get(concern)).text
    assert WHY in story
    assert "Given to the safeguarding lead: it is not about somebody who works here" in story
    assert (await head.get(f"{concern}/messages")).status_code == 404, "and nothing leads there"
    assert f"{concern}/messages" not in story
    assert (await give(head, concern, 4)).status_code == 404, "it is given once"

    await work_off(here, None)
    assert any(event.startswith("incident.") for event in await told(lead.actor))
    assert "general incident" in [row[0] for row in await rows(here, HEARD, incident)]
    back = (await visitor.send(f"{at}/back", {"code": code})).text
    assert all(said in back for said in ("Is Jack a pupil?", "Yes, in my school."))
    await visitor.send(f"{at}/back/message", {"code": code, "words": "He did it again."}, page=f"{at}/back")
    assert "He did it again." in (await lead.get(f"/incidents/{incident}/messages")).text
    assert "He did it again." not in (await head.get(concern)).text
    await lead.send(f"/incidents/{incident}/messages", {"words": "We talk with Jack today."})
    assert "We talk with Jack today." in (await visitor.send(f"{at}/back", {"code": code})).text


async def test_whoever_is_kept_from_the_concern_is_kept_from_the_incident_and_from_its_notice(reported, sign_in):
    lead, head, _, concern, _ = await reported(in_charge="no")
    here = lead.actor.organisation_id
    other, late = [await sign_in(Role.LEAD, organisation=here) for _ in range(2)]
    concern_id = concern.rsplit("/", 1)[1]
    async with begin(head.actor, purpose="session") as work:
        await identifying.keep_from(work, concern_id, other.actor.user_id, "They are Jack's father.")
    assert (await give(head, concern, 2)).status_code == 303
    await work_off(here, None)
    incident = (await rows(here, FOUND))[0]["id"]
    assert [row["user_id"] for row in await rows(here, KEPT, incident)] == [other.actor.user_id]
    assert [(await each.get(f"/incidents/{incident}")).status_code for each in (lead, other)] == [200, 404]
    assert WORDS not in (await other.get("/incidents?state=all")).text
    assert (bool(await told(lead.actor)), bool(await told(other.actor))) == (True, False)
    assert not [row for row in await rows(here, HEARD, incident) if row[0].startswith("general")]
    async with begin(head.actor, purpose="session") as work:
        await identifying.keep_from(work, concern_id, late.actor.user_id, "They are his mother.")
    assert (await late.get(f"/incidents/{incident}")).status_code == 404, "also whoever is kept from it later"


async def test_it_stays_in_the_vault_where_no_lead_may_know_or_it_was_decided_or_an_account_is_tied_to_it(
    reported, sign_in
):
    lead, head, _, concern, _ = await reported(in_charge="no")
    here = lead.actor.organisation_id
    concern_id = concern.rsplit("/", 1)[1]
    chair = await sign_in(Role.GOVERNOR, organisation=here)
    async with begin(head.actor, purpose="session") as work:
        await identifying.keep_from(work, concern_id, lead.actor.user_id, "Their friend.")
    answer = await give(head, concern, 2)
    assert (answer.status_code, "so it stays here" in answer.text, WHY in answer.text) == (409, True, True)
    await sign_in(Role.DEPUTY, organisation=here)
    async with begin(head.actor, purpose="session") as work:
        await identifying.identify(
            work, concern_id, 2, "Zebedee Z", "", chair.actor.user_id, "A slip."
        )  # fmt: skip
    assert "An account here is tied to this" in (await give(head, concern, 3)).text
    async with begin(head.actor, purpose="session") as work:
        await identifying.identify(work, concern_id, 3, "Jack", "", None, "A pupil.", no_account=True)
    decided = {"version": "4", "level": "low_level", "reason": "By the code of conduct."}
    assert (await head.send(f"{concern}/decide", decided, page=f"{concern}/decide")).status_code == 303
    assert "It was decided that this is about somebody" in (await give(head, concern, 5)).text
    assert await rows(here, FOUND) == []


async def test_nobody_gives_it_away_but_who_takes_care_of_it_and_only_what_came_by_the_page(reported, sign_in):
    lead, head, _, concern, _ = await reported(in_charge="no")
    here = lead.actor.organisation_id
    chair = await sign_in(Role.GOVERNOR, organisation=here)
    assert (await lead.get(f"{concern}/give")).status_code == 404
    async with begin(head.actor, purpose="session") as work:
        await naming.name(work, chair.actor.user_id, "If it were about me.")
    assert (await chair.get(f"{concern}/give")).status_code == 200
    for each, version in ((lead, 1), (chair, 1)):
        if each is chair:
            async with begin(head.actor, purpose="session") as work:
                await identifying.keep_from(work, concern.rsplit("/", 1)[1], chair.actor.user_id, "It is about them.")
        sent = {"version": str(version), "reason": WHY}
        assert (await each.send(f"{concern}/give", sent, page="/concerns/new")).status_code == 404
    assert await rows(here, FOUND) == []


async def test_what_a_colleague_raised_about_nobody_here_becomes_their_report_and_the_head_hears_of_it(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head, coach, other = [await sign_in(each, organisation=here) for each in (Role.HEAD, Role.REPORTER, Role.REPORTER)]
    raised = {
        "subject_name": "Zebedee Z", "subject_work": "A pupil's uncle", "narrative": "Filmed pupils at the gate.",
        "immediate_action": "Sent him away.", "child_at_risk": "yes",
    }  # fmt: skip
    assert (await coach.send("/concerns/new", raised, page="/concerns/new")).status_code == 303
    concern = re.findall(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)[0]
    assert f"{concern}/give" in (await head.get(concern)).text
    assert "who finds it among what they reported" in (await head.get(f"{concern}/give")).text
    note = {"kind": "note", "words": "Asked the office."}
    assert (await head.send(f"{concern}/entries", note, page=concern)).status_code == 303
    assert (await give(head, concern, 2, "He is a pupil's uncle.")).status_code == 303
    [incident] = await rows(here, "select id, reference, recorded_at, recorded_by, risk, restricted_at from incidents")
    assert [(incident["recorded_at"],)] == [tuple(row) for row in await rows(here, "select raised_at from concerns")]
    assert (incident["recorded_by"], incident["restricted_at"]) == (coach.actor.user_id, None)
    assert incident["risk"] == "emergency"
    story = (await lead.get(f"/incidents/{incident['id']}")).text
    said = ("Filmed pupils at the gate.", "Sent him away.", "Zebedee Z, A pupil", "He is a pupil&#39;s uncle.")
    assert [words for words in said if words not in story] == []
    assert "Asked the office." not in story, "notes stay in the vault"
    theirs = [(await each.get(f"/incidents/{incident['id']}")).status_code for each in (coach, other, head)]
    assert theirs == [200, 404, 404], "it is the report of whoever raised it"
    await work_off(here, None)
    assert (bool(await told(lead.actor)), await told(other.actor)) == (True, [])

    page = (await head.get(concern)).text
    assert incident["reference"] in page
    assert f'href="/incidents/{incident["id"]}"' not in page, "a head reads no incident"
    assert "What became of it" in page
    assert page.count("Not yet") == 2
    await lead.send(f"/incidents/{incident['id']}/acknowledge", {"version": "1"}, page=f"/incidents/{incident['id']}")
    assert (await head.get(concern)).text.count("Not yet") == 1, "and sees that it was received"
    assert (await give(head, concern, 4)).status_code == 404, "it is given once"


async def test_what_a_colleague_raised_about_somebody_who_is_kept_from_it_is_kept_from_them_as_an_incident(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head, other, coach = [await sign_in(each, organisation=here) for each in (Role.HEAD, Role.LEAD, Role.REPORTER)]
    raised = {"subject_name": "A visitor", "narrative": "Filmed pupils at the gate.", "child_at_risk": "no"}
    await coach.send("/concerns/new", raised, page="/concerns/new")
    concern = re.findall(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)[0]
    async with begin(head.actor, purpose="session") as work:
        await identifying.keep_from(work, concern.rsplit("/", 1)[1], other.actor.user_id, "His brother.")
    assert (await give(head, concern, 2)).status_code == 303
    incident = (await rows(here, FOUND))[0]["id"]
    assert [(await each.get(f"/incidents/{incident}")).status_code for each in (lead, other)] == [200, 404]
    assert f'href="/concerns/incidents/{incident}"' in (await head.get(concern)).text, "the head reads that one there"


async def test_a_concern_that_came_from_an_incident_is_not_given_again(sign_in):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    async with begin(lead.actor, purpose="session") as work:
        source = (await record_incident(work, SHORT, SCHOOL)).facts
        new = NewConcern(subject_name="Zebedee Z", narrative=SHORT.narrative, incident_id=source.id)
        concern = f"/concerns/{(await raise_concern(work, new)).id}"
    page = (await head.get(concern)).text
    assert (f"{concern}/give" in page, "The incident it came from" in page) == (False, True)
    assert (await head.get(f"{concern}/give")).status_code == 404
    assert (await head.send(f"{concern}/give", {"version": "1", "reason": WHY}, page=concern)).status_code == 404


async def test_a_message_that_was_on_its_way_while_it_was_given_reaches_the_lead(reported, visitor):
    lead, head, _, concern, code = await reported(in_charge="no")
    here = lead.actor.organisation_id
    code_hash = hash_of(tidied_code(code), here)
    async with begin(writing(here), purpose=PURPOSE) as work:
        before = await telling.get_report(work, code_hash)
    assert (await give(head, concern)).status_code == 303
    async with begin(writing(here, telling.AGAIN), purpose=PURPOSE) as work:
        await adding.add(work, before, code_hash, "One more thing.", urgent=False)
    incident = (await rows(here, FOUND))[0]["id"]
    assert "One more thing." in (await lead.get(f"/incidents/{incident}/messages")).text
    async with begin(writing(here), purpose=PURPOSE) as work:
        assert (await telling.get_report(work, code_hash)).received, "somebody had received it, and has"
