"""Whom a policy or an agreement asks, what of theirs stands, and until when they have time: SQL that statements share.

In each `p` is the policy, `e` its present edition, `m` somebody's membership, and `$1` the day that it is where the
organisation is.
"""

from typing import Final

from safeguard.tenancy.whereabouts import day_of

NEWCOMERS: Final = 14
"""Days that somebody has who is asked by themselves: who joined after everybody was asked, or must do it again."""

HELD: Final = "sec.roles_held(m.roles, m.deputy_from, m.deputy_until)"
PERSON: Final = "m.state = 'active' and m.kind = 'person'"
EDITION: Final = """join public.policy_editions e
    on e.organisation_id = p.organisation_id and e.policy_id = p.id and e.number = p.edition"""
ASKED: Final = f"""(p.kind = 'policy' and p.readers && {HELD}
    or p.kind = 'agreement' and 'staff' = any (p.parties) and not {HELD} <@ '{{inspector}}'::text[])"""
_ODD: Final = "\u2019\u2018\u02bc\u00b4`\u2010\u2011\u2012\u2013\u2014"
_PLAIN: Final = "translate({0}, '" + _ODD + "', '" + "''" * 5 + "-" * 5 + "')"
NAME: Final = rf"lower(regexp_replace(btrim(normalize({_PLAIN}, NFKC)), '\s+', ' ', 'g'))"
"""A name as it is compared: small letters, one blank between words, whatever apostrophe or dash a telephone writes."""

SEALED: Final = """exists (select from public.policy_files f
    where f.organisation_id = p.organisation_id and f.policy_id = p.id and f.edition = p.edition
        and f.state <> 'clean')"""
"""Whether the edition has a file that nobody can open: not checked for viruses yet, or with something harmful in it.

Then nobody can say that they have read it, and nobody is asked to."""
READ: Final = f"""(select {day_of("r.read_at")} from public.policy_readings r
    where r.organisation_id = p.organisation_id and r.policy_id = p.id and r.user_id = m.user_id
        and r.edition = p.edition and (r.expires_on is null or r.expires_on >= $1))"""  # noqa: S608  our own constants
"""On which day they read what holds: the day that it was where the organisation is."""
_STANDS: Final = """from public.agreement_signatures s
    where s.organisation_id = p.organisation_id and s.policy_id = p.id and s.edition = p.edition
        and s.ended_at is null and (s.expires_on is null or s.expires_on >= $1)"""
SIGNED: Final = f"""coalesce(
    (select max(s.signed_on) {_STANDS} and s.user_id = m.user_id),
    (select max(s.signed_on) {_STANDS} and s.user_id is null and s.party = 'staff'
        and {NAME.format("s.name")} = {NAME.format("m.name")}
        and not exists (select from public.memberships o where o.organisation_id = m.organisation_id
            and o.user_id <> m.user_id and o.state = 'active' and o.kind = 'person'
            and {NAME.format("o.name")} = {NAME.format("m.name")})))"""  # noqa: S608  our own constants
"""On which day they signed what holds: with their account, or without it under a name that is theirs alone."""
DONE: Final = f"(case p.kind when 'policy' then {READ} else {SIGNED} end)"
RAN_OUT: Final = """(select max(d.expires_on) from (
    select r.expires_on from public.policy_readings r
    where r.organisation_id = p.organisation_id and r.policy_id = p.id and r.user_id = m.user_id
        and r.edition = p.edition
    union all
    select s.expires_on from public.agreement_signatures s
    where s.organisation_id = p.organisation_id and s.policy_id = p.id and s.user_id = m.user_id
        and s.edition = p.edition and s.ended_at is null) d where d.expires_on < $1)"""
"""The day with which their last reading or signature of this edition ran out: the next round begins after it."""
WIDENED: Final = f"""(select case when bool_and(p.asked_since ? one) then min((p.asked_since ->> one)::date) end
    from unnest(case p.kind when 'policy' then array(select unnest(p.readers) intersect select unnest({HELD}))
        else array['staff'] end) one)"""  # noqa: S608  our own constants
"""Since when it asks them, where it asked none of their roles when its edition was published."""
DUE: Final = f"""greatest(e.read_by, {day_of("coalesce(m.roles_since, m.created_at)")} + {NEWCOMERS},
    {WIDENED} + {NEWCOMERS}, {RAN_OUT} + {NEWCOMERS})"""
"""By when they should: the day that everybody has, or so many days after they joined, took on a role, were among those
whom it asks since, or it ran out."""
