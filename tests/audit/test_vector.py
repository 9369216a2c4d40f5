"""The worked vector of the evidence format: every hash is given there, so two programs can be held against it."""

import base64
import hashlib
import json
from uuid import UUID

import psycopg
import rfc8785

from safeguard.audit import documents
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey

FIELDS = {"summary": "A pupil was sent abusive messages.", "risk": "medium"}
LOG = UUID("6f0c1c1e-0000-4000-8000-00000000000a")
INCIDENT = UUID("6f0c1c1e-0000-4000-8000-000000000001")
LEAVES = [
    "55b36c38eb413be87995799e24ac76d53638020ca9cd57d597d94e6a9131ebd8",
    "a1d9f3b835ebc176d1c6cc0b6f8bddf23eb6c05dc8e01e85bbc6fe1c66c564cf",
    "57a3c8a84ffba7626084ff2f6b160d06516e29a5cef311ca4880ed84a15079ab",
]
ROOT = "91afbe088759640b7afca0784e19f14a1cd8640c39594e942ceda7ea84fc9ec8"
COMMITMENT = "3nBFQRCmE5874Mt7yaTUnp+zmplnY3zG0kObeQLe7Xc="


def _salt(first: int) -> bytes:
    return bytes(range(first, first + 32))


def test_field_digests_and_the_commitment_are_those_of_the_vector():
    salts = {"summary": _salt(0x00), "risk": _salt(0x20)}
    digests = [
        (name, documents.field_digest(name, rfc8785.dumps(FIELDS[name]), salts[name])) for name in sorted(FIELDS)
    ]
    assert dict(digests)["summary"].hex() == "47f308d85c3e99cf917f7e2dac1b92ed32a07f431753689423a0c0c5f959f3d5"
    assert dict(digests)["risk"].hex() == "d26cbc22a1b652cdd08bf2b3e19b9f17f5bbd1cf507cf7cd412d3d2c7c1a393c"
    assert base64.b64encode(documents.commitment(digests, _salt(0x40))).decode() == COMMITMENT


def test_the_database_appends_the_entries_of_the_vector(addresses: Addresses, key: ContextKey):
    with psycopg.connect(addresses.owner) as owner:
        organisation = UUID("6f0c1c1e-0000-4000-8000-00000000ffff")
        owner.execute("select set_config('safeguard.context', %s, true)", (key.sign(organisation, None, "test"),))
        owner.execute(
            "insert into organisations (id, slug, name, kind, nation, time_zone) "
            "values (%s, 'v', 'V', 'school', 'e', 'UTC')",
            (organisation,),
        )
        _append(owner, organisation)
        rows = owner.execute(
            "select hash from audit.leaves where organisation_id = %s order by index", (organisation,)
        ).fetchall()
        assert [row[0].hex() for row in rows] == LEAVES
        find = "select frontier from audit.logs where organisation_id = %s"
        frontier = owner.execute(find, (organisation,)).fetchone()
        assert frontier is not None
        left, right = frontier[0]
        assert hashlib.sha256(b"\x01" + left + right).hexdigest() == ROOT
        owner.rollback()


def _append(owner: psycopg.Connection, organisation: UUID) -> None:
    """Three entries, with the vector's salts for what the log would have drawn at random."""
    actor = base64.b64encode(b"\x01" * 16).decode()
    log_salt, incident_salt = (base64.b64encode(_salt(first)).decode() for first in (0x60, 0x80))
    request = "6f0c1c1e-0000-4000-8000-000000000{}"
    owner.execute(
        "select audit.create_log('general', %s, %s, %s, %s, %s, '2026-11-22T10:00:00Z')",
        (LOG, "0123abcd" * 4, request.format(100), actor, log_salt),
    )
    recorded = {"event": "incident.recorded", "kind": "incident", "object": str(INCIDENT), "version": 1,
                "commitment": COMMITMENT, "fresh_actor": actor, "fresh_object": incident_salt}  # fmt: skip
    viewed = recorded | {"event": "incident.viewed"}
    del viewed["commitment"]
    for second, (act, tail) in enumerate([(recorded, 101), (viewed, 102)], start=1):
        unit = {"request": request.format(tail), "role": "lead", "acts": {"general": [act]}}
        owner.execute("select audit.append_at(%s, %s)", (f"2026-11-22T10:00:0{second}Z", json.dumps(unit)))
