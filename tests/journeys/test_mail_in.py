"""Mail under `up`: a mail server hands a mail over, the desk has a case, and the word that it was received leaves."""

import smtplib
import time
from pathlib import Path

import psycopg

from safeguard import settings
from tests.faults.running import Up, free_port, run
from tests.helpline.mail.writing import CALLER, mail, raw
from tests.post.conftest import Mailbox, mailbox
from tests.ready import ready

__all__ = ["mailbox"]

PATIENCE = 60


def test_a_mail_to_a_running_service_becomes_a_case_and_is_answered(mailbox: Mailbox, tmp_path: Path) -> None:
    port = free_port()
    mailing = {
        "SAFEGUARD_MAIL_IN": f"smtp://127.0.0.1:{port}", "SAFEGUARD_MAIL_IN_DOMAIN": "help.example",
        "SAFEGUARD_SMTP_URL": mailbox.url,
    }  # fmt: skip
    with Up(ready(tmp_path / "data"), **mailing) as up:
        up.wait_until_ready()
        words = [
            "--kind",
            "helpline",
            "--name",
            "Sample Helpline",
            "--slug",
            "posh",
            "--lead-email",
            "lead@posh.example",
        ]
        run("organisation", "create", *words, "--data", str(up.data))
        hand_over(port)
        place = settings.load({}, up.data)
        with psycopg.connect(place.owner_url) as owner:
            (case,) = owner.execute("select channel, caller_contact, state from helpline_cases").fetchall()
        assert case == ("email", CALLER, "submitted")
        up.wait_for(lambda: any("posh+" in str(each["From"]) for each in mailbox.mails))
    received = next(each for each in mailbox.mails if "posh+" in str(each["From"]))
    assert received["To"] == CALLER
    assert "@help.example" in received["From"]


def hand_over(port: int) -> None:
    """As the mail server in front does: again, until it is taken."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port) as server:
                server.sendmail(CALLER, ["posh@help.example"], raw(mail()))
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
