"""What a new organisation has still to do before it can rely on the service: each a line of the home page, until done.

Each is a fact that is looked up and not a list to be ticked: an invitation that was sent is enough, and one that ran
out unused is none. What takes two people stands apart, in `tenancy.queries.missing_second_person`.
"""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.identity.managing import GRANT
from safeguard.incidents.needs import Need
from safeguard.tenancy.effective import effective_values
from safeguard.tenancy.limits import Unit
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.registry import TERMS
from safeguard.web.languages import gettext
from safeguard.work import Work

PEOPLE: Final = "/settings/people"
HERE: Final = """
with known (user_id, roles) as (
    select m.user_id, m.roles from public.memberships m
    where m.organisation_id = (select sec.current_organisation()) and m.state = 'active' and m.kind = 'person'
    union all
    select null, i.roles from public.invitations i
    where i.organisation_id = (select sec.current_organisation())
        and i.used_at is null and i.withdrawn_at is null and i.expires_at > $1)
select exists (select from known where user_id is distinct from $2) as others,
       exists (select from known where $3 = any (roles)) as headed,
       exists (select from public.proposals p
               where p.organisation_id = (select sec.current_organisation()) and p.state = 'open' and p.expires_at > $1
                   and p.act = $4 and p.details->'grant' ? $3) as asked
"""


async def list_first_steps(work: Work, profile: Profile) -> tuple[Need, ...]:
    """What is still to be done, what matters most first; nothing for those who cannot do it."""
    if not work.may(Permission.USERS_MANAGE):
        return ()
    row = await work.driver.fetchrow(HERE, work.now(), work.actor.user_id, Role.HEAD, GRANT)
    others, headed, asked = row or (False, False, False)
    headless = Role.HEAD in profile.roles and not headed
    found = [
        _head(profile, asked=asked) if headless else None,
        None if others else _staff(profile),
        await _terms(work, profile),
    ]
    return tuple(each for each in found if each)


def _head(profile: Profile, *, asked: bool) -> Need:
    head = profile.word("head")
    if asked:
        why = gettext("The role takes two people. Whoever is asked agrees in their message or under Approvals.")
        return Need(gettext("Wait for agreement to the %(head)s") % {"head": head}, why, "/approvals", gettext("Look"))
    why = gettext("Concerns about staff go to the %(head)s. Until somebody has that role, nobody here can receive one.")
    return Need(gettext("Invite the %(head)s") % {"head": head}, why % {"head": head}, PEOPLE, gettext("Invite"))


def _staff(profile: Profile) -> Need:
    why = gettext("Nobody but you has an account. With one, they report in a minute and see that you received it.")
    return Need(gettext("Invite the %(staff)s") % {"staff": profile.word("staff")}, why, PEOPLE, gettext("Invite"))


async def _terms(work: Work, profile: Profile) -> Need | None:
    """Only where a time limit is counted in school days."""
    if not any(clock.unit is Unit.SCHOOL_DAYS for clock in profile.clocks.values()):
        return None
    if (await effective_values(work, (TERMS,), profile)).get(TERMS):
        return None
    why = gettext("Until they are known, no time limit in school days can be counted.")
    return Need(gettext("Enter the term dates"), why, f"/settings/{TERMS}", gettext("Enter"))
