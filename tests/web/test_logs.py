"""Logs and measurements tell what happened, and nothing of anybody (canary words, OWASP ASVS 5.0 §16.2)."""

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from safeguard.access.roles import Role
from safeguard.web import metrics
from safeguard.web.cookies import SESSION

pytestmark = pytest.mark.anyio

CANARY = "canary7731"


async def test_nothing_of_what_is_sent_reaches_the_log(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    token = await lead.token("/notes")
    with capture_logs() as lines:
        await lead.get(f"/notes?q={CANARY}")
        await lead.get(f"/{CANARY}")
        await lead.get(f"/assets/{CANARY}/{CANARY}")
        await lead.get(f"/fault?{CANARY}")
        await lead.send("/notes", {"words": CANARY}, token=token)
        await lead.send("/broken-template", {"words": CANARY}, token=token)
        await lead.send("/broken-commit", {"words": CANARY}, token=token)
    told = repr(lines)
    assert len([line for line in lines if line["event"] == "request"]) == 6  # assets are quiet
    secrets = (CANARY, token, lead.client.cookies[SESSION], lead.actor.name, str(lead.actor.user_id))
    assert [secret for secret in secrets if secret in told] == []


async def test_measurements_name_routes_and_never_paths(sign_in: Any) -> None:
    lead = await sign_in(Role.LEAD)
    await lead.get(f"/notes/{lead.actor.organisation_id}")
    await lead.get(f"/{CANARY}")
    with metrics.serving_on(0) as port:
        async with httpx.AsyncClient() as prometheus:
            shown = (await prometheus.get(f"http://127.0.0.1:{port}/metrics")).text
    assert 'safeguard_requests_total{method="GET",route="/notes/{note_id}",status="200"}' in shown
    assert CANARY not in shown
    assert str(lead.actor.organisation_id) not in shown


def test_lines_are_json_on_standard_output() -> None:
    script = (
        "from safeguard.web import logs; from safeguard.web.exchange import Exchange; logs.configure();"
        "logs.request_served(Exchange(method='GET', route='/x'), 200, 1.26)"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    line = json.loads(shown)
    assert (line["event"], line["route"], line["status"], line["ms"]) == ("request", "/x", 200, 1.3)
    assert {"level", "timestamp", "request_id"} <= line.keys()
