"""`tenants`: many organisations against few, and one busy organisation against the same work spread over all.

Two servers with a database each, asked in turn, so that the machine's drift touches both: one with a thousand
organisations and one with as many as `--organisations` says. Each has a lead with a session, a program with a token,
and a few incidents. Made by SQL; the session of the n-th is a number and nothing more.
"""

import json
import random
from collections.abc import Callable
from hashlib import sha256
from itertools import count

import psycopg

from safeguard import clock
from safeguard.cli.bench import load
from safeguard.cli.bench.measuring import Figure, Goal, in_pairs
from safeguard.cli.bench.scratch import Scratch, scratch_service

FEW = 1_000
INCIDENTS = 4
"""In each organisation."""
MAKE = (
    """create temporary table crowd as
       select n, gen_random_uuid() as organisation, gen_random_uuid() as lead, gen_random_uuid() as program
       from generate_series(1, %(count)s) n""",
    """insert into organisations (id, slug, name, kind, nation, time_zone, state)
       select organisation, 'crowd-' || n, 'Sample School ' || n, 'school', 'england', 'Europe/London', 'active'
       from crowd""",
    """insert into users (id, email, name)
       select lead, 'lead@crowd-' || n || '.example', 'Sample Lead' from crowd
       union all select program, 'program@crowd-' || n || '.example', 'Sample service' from crowd""",
    """insert into memberships (organisation_id, user_id, name, email, roles, kind)
       select organisation, lead, 'Sample Lead', 'lead@crowd-' || n || '.example', array['lead'], 'person' from crowd
       union all
       select organisation, program, 'Sample service', 'program@crowd-' || n || '.example', array['lead'], 'service'
       from crowd""",
    """insert into audit.logs (organisation_id, log, id, origin_id)
       select organisation, log, gen_random_uuid(), replace(gen_random_uuid()::text, '-', '')
       from crowd, unnest(array['general', 'restricted']) log""",
    """insert into sessions (token_hash, id, user_id, organisation_id, created_at, authenticated_at, factors,
           last_seen_at, browser)
       select sha256(convert_to('session-' || n, 'UTF8')), gen_random_uuid(), lead, organisation, now(), now(),
           array['password', 'totp'], now(), 'bench' from crowd""",
    """insert into tokens (organisation_id, id, user_id, name, token_hash, sponsor_name, created_at, expires_at)
       select organisation, gen_random_uuid(), program, 'bench', sha256(convert_to('token-' || n, 'UTF8')), 'bench',
           now(), now() + interval '1 day' from crowd""",
    """insert into incidents (organisation_id, id, reference, state, risk, recorded_at, recorded_by, recorded_by_name,
           happened_precision, narrative, acknowledged_at, last_activity_at, tsv)
       select organisation, gen_random_uuid(), (array['C2C-2C2', 'F3F-3F3', 'G4G-4G4', 'H5H-5H5'])[i], 'open', 'low',
           now() - i * interval '1 day', lead, 'Sample Lead', 'unknown', story, now(), now() - i * interval '1 day',
           to_tsvector('english', story)
       from crowd, generate_series(1, %(incidents)s) i,
           lateral (select 'A group chat was shown to a member of staff. Sample ' || md5(n || ' ' || i)) s(story)""",
)
Ask = Callable[[], bytes]


def tenants(pairs: int, seconds: int, organisations: int) -> list[Figure]:
    """The list of some organisation, at both sizes; and recording, in one organisation and in all."""
    with scratch_service() as few, scratch_service() as many:
        for service, number in ((few, FEW), (many, organisations)):
            populate_crowd(service, number)

        def lists(service: Scratch, number: int) -> float:
            return _rate(service, lambda: _list(service, random.randint(1, number)), 200, seconds)  # noqa: S311  load

        spread = count(1)

        def records(hot: bool) -> float:
            return _rate(many, lambda: _record(1 if hot else next(spread) % organisations + 1), 201, seconds)

        listed = in_pairs(pairs, lambda: lists(many, organisations), lambda: lists(few, FEW))
        recorded = in_pairs(pairs, lambda: records(True), lambda: records(False))
    return [
        Figure("tenants", f"lists a second, {organisations:,} organisations against {FEW:,}", "per second", *listed,
               Goal(0.9, "higher")),
        Figure("tenants-hot", "reports in one organisation, against all of them", "per second", *recorded,
               Goal(0.3, "higher")),
    ]  # fmt: skip


def populate_crowd(service: Scratch, number: int) -> None:
    """So many organisations, numbered from one."""
    with service.as_owner() as owner:
        make_crowd(owner, number)
    with psycopg.connect(service.addresses.owner, autocommit=True) as owner:
        owner.execute("vacuum analyze")


def make_crowd(owner: psycopg.Connection, number: int) -> None:
    """The same, in a transaction of the owner's."""
    for statement in MAKE:
        owner.execute(statement, {"count": number, "incidents": INCIDENTS})
    owner.execute("drop table crowd")


def session_of(number: int) -> bytes:
    """The hash by which the database finds the session of the n-th."""
    return sha256(f"session-{number}".encode()).digest()


def _rate(service: Scratch, ask: Ask, expect: int, seconds: int) -> float:
    return load.drive(service.port, ask, expect=expect, connections=16, seconds=seconds).per_second


def _list(service: Scratch, number: int) -> bytes:
    return load.request("GET", "/incidents", {"Cookie": f"__Host-session=session-{number}"})


def _record(number: int) -> bytes:
    report = {"narrative": f"A group chat was shown to a member of staff. Sample {clock.new_token()}"}
    headers = {"Authorization": f"Bearer token-{number}", "Content-Type": "application/json",
               "Idempotency-Key": clock.new_token()}  # fmt: skip
    return load.request("POST", "/api/v1/incidents", headers, json.dumps(report).encode())
