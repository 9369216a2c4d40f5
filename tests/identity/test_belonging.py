"""What hangs on a membership ends with it, whichever way somebody leaves, and coming back does not bring it back."""

from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.errors import SignInRequired
from safeguard.identity import approving, belonging, inviting, issuing, joining, managing, removing
from safeguard.identity.secret import hash_of
from safeguard.work import begin, enter_session, enter_token
from tests.identity.conftest import PASSWORD, Account, AsOwner, MakeAccount, sign_in, some_browser

pytestmark = pytest.mark.anyio

SOURCE: Final = Path(belonging.__file__).parents[1]
POINTING: Final = """
select k.conrelid::regclass::text || '.' || a.attname
from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
where k.contype = 'f' and k.confrelid in ('public.memberships'::regclass, 'public.users'::regclass)
    and a.attname <> 'organisation_id'
"""

ENDS: Final[dict[str, tuple[str, str]]] = {
    "sessions.user_id": (
        """insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors,
               last_seen_at, browser) values (sha256(%(id)s::text::bytea), %(id)s, %(who)s, %(here)s, now(), now(),
               '{password}', now(), 'Test')""",
        "select count(*) from sessions where user_id = %(who)s",
    ),
    "tokens.sponsor_id": (
        """insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_id, sponsor_name, created_at,
               expires_at) values (%(here)s, %(id)s, %(program)s, 'Test', sha256(%(id)s::text::bytea), %(who)s, '',
               now(), now() + interval '1 day')""",
        "select count(*) from tokens t where t.sponsor_id = %(who)s and revoked_at is null",
    ),
    "tokens.user_id": (
        "select 1",
        """select count(*) from tokens t join memberships m using (organisation_id, user_id)
           where t.sponsor_id = %(who)s and m.state = 'active'""",
    ),
    "webhooks.made_by": (
        """insert into webhooks (organisation_id, id, label, url, events, sealed_secret, made_at, made_by)
           values (%(here)s, %(id)s, 'Test', 'https://example.org/', '{incident.recorded}', '\\x00', now(), %(who)s)""",
        "select count(*) from webhooks where made_by = %(who)s and ended_at is null",
    ),
    "calendar_feeds.user_id": (
        """insert into calendar_feeds (organisation_id, id, user_id, token_hash, made_at)
           values (%(here)s, %(id)s, %(who)s, sha256(%(id)s::text::bytea), now())""",
        "select count(*) from calendar_feeds where user_id = %(who)s and revoked_at is null",
    ),
    "vault_people.user_id": (
        """insert into vault_people (organisation_id, id, user_id, since, reason)
           values (%(here)s, %(id)s, %(who)s, now(), 'A deputy of the head.')""",
        "select count(*) from vault_people where user_id = %(who)s and ended_at is null",
    ),
    "confidants.user_id": (
        """with told as (
               insert into incidents (organisation_id, id, reference, recorded_at, recorded_by_name, happened_precision,
                                      narrative, last_activity_at)
               values (%(here)s, %(id)s, 'C2C-2C2', now(), 'Somebody', 'unknown', 'Sample.',
                       now()) returning organisation_id, id)
           insert into confidants (organisation_id, id, incident_id, user_id, since)
           select organisation_id, id, id, %(who)s, now() from told""",
        "select count(*) from confidants where user_id = %(who)s and ended_at is null",
    ),
    "broken_glass.user_id": (
        """insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until)
           values (%(here)s, %(id)s, %(who)s, 'An emergency.', now(), now() + interval '1 hour')""",
        "select count(*) from broken_glass where user_id = %(who)s and ended_at is null",
    ),
    "pastoral_scopes.user_id": (
        """insert into pastoral_scopes (organisation_id, user_id, kind, value, set_at)
           values (%(here)s, %(who)s, 'group', 'Year 9', now())""",
        "select count(*) from pastoral_scopes where user_id = %(who)s",
    ),
    "sign_on_exemptions.user_id": (
        """insert into sign_on_exemptions (organisation_id, user_id, reason, made_at)
           values (%(here)s, %(who)s, 'When the provider is down.', now())""",
        "select count(*) from sign_on_exemptions where user_id = %(who)s",
    ),
    "sign_on_attempts.user_id": (
        """with provider as (
               insert into sign_on_connections (organisation_id, id, label, issuer, client_id, client_secret, made_at)
               values (%(here)s, %(id)s, 'Test', 'https://id.example.org', 'test', '\\x00', now())
               returning organisation_id, id)
           insert into sign_on_attempts (organisation_id, id, connection_id, kind, user_id, state_hash, browser_hash,
                                         nonce, verifier, next, begun_at)
           select organisation_id, id, id, 'link', %(who)s, sha256(%(id)s::text::bytea), sha256('b'), 'n', 'v', '/',
                  now() from provider""",
        "select count(*) from sign_on_attempts where user_id = %(who)s",
    ),
    "password_resets.made_by": (
        """insert into password_resets (user_id, token_hash, organisation_id, made_by, created_at, expires_at)
           values (%(other)s, sha256(%(id)s::text::bytea), %(here)s, %(who)s, now(), now() + interval '1 day')""",
        "select count(*) from password_resets where made_by = %(who)s",
    ),
}
"""What ends: how one comes to be, and how many are left. Each opens something to whoever it names."""

OF_THE_ACCOUNT: Final = frozenset({
    "devices.user_id", "memberships.user_id", "password_resets.user_id", "recovery_codes.user_id",
    "second_factors.user_id",
})  # fmt: skip
"""Of the person, in every organisation: their own password, second steps and browsers. It opens nothing by itself."""

KNOWN_BY: Final = frozenset({
    "provisioned_people.user_id", "provisioning_connections.user_id", "sign_on_accounts.user_id",
})  # fmt: skip
"""How a directory or provider knows them: whoever is switched on again is the same person, with what they get then."""

KEPT_OUT: Final = frozenset({"concerns.subject_user_id", "exclusions.user_id", "people.user_id"})
"""Whom a record is about, and from whom it is kept: that outlasts a membership, for the sake of a child."""

OWN: Final = frozenset({"drafts.user_id", "notice_choices.user_id", "notices.recipient_id", "outbox.recipient_id"})
"""What they began to write, and what they were told: nobody else's, and read again by what they may then. Mail that is
not sent yet is not sent to whoever has left."""

ASKED: Final = frozenset({"invitations.created_by", "proposals.proposed_by"})
"""What they asked for: whether they still may is looked at when it is decided, and an invitation is the
organisation's."""

DONE_BY: Final = frozenset({
    "access_requests.written_by", "agreement_links.recorded_by", "agreement_signatures.recorded_by",
    "agreement_signatures.user_id", "alert_sources.made_by", "alerts.received_by", "alerts.settled_by",
    "alerts.user_id", "attachments.attached_by", "committee_meetings.recorded_by", "committee_members.recorded_by",
    "committees.recorded_by", "concern_entries.author_id", "concerns.raised_by", "concerns.received_by",
    "confidants.added_by", "confinements.confined_by", "confinements.ended_by", "disposals.agreed_by",
    "disposals.asked_by", "duty_actions.recorded_by", "duty_sendings.recorded_by", "entries.author_id",
    "evidence_files.attached_by", "evidence_items.added_by", "exclusions.lifted_by", "filtering_blocks.recorded_by",
    "filtering_checks.recorded_by", "filtering_people.recorded_by", "filtering_reviews.recorded_by",
    "filtering_systems.recorded_by", "form_versions.made_by", "helpline_cases.received_by",
    "helpline_debriefs.held_by", "helpline_debriefs.practitioner_id", "helpline_entries.written_by",
    "helpline_imports.uploaded_by", "helpline_reports.begun_by", "helpline_reports.published_by",
    "helpline_signals.published_by", "helpline_stories.agreed_by", "helpline_stories.written_by",
    "helpline_themes.opened_by", "helpline_url_steps.written_by", "helpline_waves.opened_by",
    "impact_assessments.recorded_by", "imports.uploaded_by", "improvements.planned_by", "incidents.acknowledged_by",
    "incidents.closed_by", "incidents.recorded_by", "incoming_transfers.arrived_by", "incoming_transfers.opened_by",
    "insight_statements.written_by", "inspection_notes.written_by", "inspection_openings.user_id",
    "inspections.created_by", "inspections.ended_by", "learning_events.recorded_by", "learning_records.recorded_by",
    "learning_records.user_id", "meeting_actions.recorded_by", "organisation_settings.changed_by",
    "own_controls.added_by", "own_frameworks.imported_by", "own_resources.added_by", "packs.requested_by",
    "pastoral_scopes.set_by", "people.recorded_by", "people_apart.said_by", "person_merges.merged_by",
    "person_merges.undone_by", "policies.recorded_by", "policy_editions.recorded_by", "policy_files.recorded_by",
    "policy_readings.user_id", "proposals.decided_by", "provisioning_connections.made_by", "public_doors.made_by",
    "public_reports.looked_by", "ratings.judged_by", "received_signals.dismissed_by", "record_dates.said_by",
    "record_holds.lifted_by", "record_holds.placed_by", "recurring_duties.recorded_by", "referral_steps.author_id",
    "referrals.sent_by", "reports.asked_by", "reviews.signed_by", "reviews.started_by", "rosters.uploaded_by",
    "sign_on_connections.made_by", "sign_on_exemptions.made_by", "transfers.sent_by", "vault_people.ended_by",
    "vault_people.named_by", "voice_sessions.recorded_by",
})  # fmt: skip
"""Who did something, as the record says for good. It opens nothing: what they may is asked of their roles each time.
A directory stays connected when whoever connected it leaves, or it could never take that person out."""

IN_THE_HANDS_OF: Final = frozenset({
    "entries.owner_id", "helpline_cases.assigned_to", "improvements.owner_id", "incidents.assigned_to",
})  # fmt: skip
"""Whose work it was: it waits for somebody else, and gives whoever it names no right to read."""

STAYS: Final = OF_THE_ACCOUNT | KNOWN_BY | KEPT_OUT | OWN | ASKED | DONE_BY | IN_THE_HANDS_OF


async def test_every_column_that_names_a_member_says_what_becomes_of_it_when_they_leave(as_owner: AsOwner) -> None:
    found = {name for (name,) in await as_owner(POINTING)}
    assert found == ENDS.keys() | STAYS
    assert ENDS.keys() & STAYS == set()


def filled(statement: str, names: dict[str, UUID]) -> str:
    return statement % {name: f"'{value}'::uuid" for name, value in names.items()}


async def count(as_owner: AsOwner, names: dict[str, UUID]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for column, (_, counting) in ENDS.items():
        [(left,)] = await as_owner(filled(counting, names))
        counted[column] = left
    return counted


async def with_everything(as_owner: AsOwner, lead: Account, person: Account) -> dict[str, UUID]:
    """Somebody of whom every table that ends has one row; names for `ENDS`."""
    async with begin(lead.actor) as work:
        program = clock.new_id()
        await work.driver.execute("select identity.add_service($1, 'Test', '{reporter}')", program)
    names = {"here": lead.organisation_id, "who": person.user_id, "other": lead.user_id, "program": program}
    for making, _ in ENDS.values():
        await as_owner(filled(making, {**names, "id": clock.new_id()}))
    assert set((await count(as_owner, names)).values()) == {1}
    return names


async def test_whoever_leaves_loses_all_that_hung_on_the_membership_and_coming_back_does_not_bring_it_back(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    person = await account(Role.REPORTER, Role.DEPUTY, organisation=lead.organisation_id)
    names = await with_everything(as_owner, lead, person)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    await take_out(lead, person, head)
    assert set((await count(as_owner, names)).values()) == {0}
    async with begin(lead.actor) as work:
        assert await belonging.resume(work, person.user_id)
        assert not await belonging.resume(work, person.user_id)
        held = await managing.get_held(work, person.user_id)
    assert (held.roles, held.period) == ({Role.REPORTER}, managing.ALWAYS)
    assert set((await count(as_owner, names)).values()) == {0}


async def test_whoever_left_before_there_was_this_comes_back_with_nothing_of_before_too(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    person = await account(Role.REPORTER, organisation=lead.organisation_id)
    await as_owner("update memberships set state = 'ended' where user_id = %s", person.user_id)
    names = await with_everything(as_owner, lead, person)
    async with begin(lead.actor) as work:
        await belonging.resume(work, person.user_id)
    assert set((await count(as_owner, names)).values()) == {0}


async def test_a_leads_token_reads_nothing_after_they_were_taken_out_and_invited_again_as_lead(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.LEAD, organisation=lead.organisation_id)
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    async with begin(other.actor) as work:
        token, _ = await issuing.issue(work, "Records", Role.LEAD, frozenset({Scope.INCIDENTS_READ}), days=366)
    await take_out(lead, other, head)
    async with begin(lead.actor) as work:
        invited = await inviting.invite(work, other.email, [Role.LEAD], reason="They are back.")
    assert invited.waits_for
    async with begin(head.actor) as work:
        await approving.approve(work, invited.waits_for.id)
    await rejoin(invited)
    with pytest.raises(SignInRequired):
        async with enter_token(hash_of(token)):
            pass


async def test_a_deputy_whose_days_were_over_and_who_is_invited_again_without_days_is_one(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    deputy = await account(Role.DEPUTY, organisation=lead.organisation_id)
    over = "update memberships set deputy_from = now() - interval '9 days', deputy_until = now() - interval '2 days'"
    await as_owner(over + " where user_id = %s", deputy.user_id)
    async with begin(lead.actor) as work:
        await removing.remove(work, deputy.user_id, "left")
    head = await account(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        invited = await inviting.invite(work, deputy.email, [Role.DEPUTY], reason="They stand in again.")
    assert invited.waits_for
    async with begin(head.actor) as work:
        await approving.approve(work, invited.waits_for.id)
    await rejoin(invited)
    signed_in = await sign_in(deputy)
    async with enter_session(signed_in.session.hash) as (work, _):
        assert work.actor.roles == {Role.DEPUTY}


async def take_out(asking: Account, leaving: Account, agreeing: Account) -> None:
    """As it is done for somebody who decides with others: one asks, another agrees."""
    async with begin(asking.actor) as work:
        proposal = await removing.remove(work, leaving.user_id, "left", "They left.")
    assert proposal
    async with begin(agreeing.actor) as work:
        await approving.approve(work, proposal.id)


async def rejoin(invited: inviting.Invited) -> None:
    """By the link, with the account that they have."""
    link = invited.token
    await joining.join(await joining.find_invitation(link), link, "", PASSWORD, some_browser())


def test_nothing_else_ends_or_begins_a_membership_by_a_statement_of_its_own() -> None:
    saying = "update memberships set state"
    where = {path.name for path in SOURCE.rglob("*.py") if saying in path.read_text()}
    assert where == {"belonging.py"}
