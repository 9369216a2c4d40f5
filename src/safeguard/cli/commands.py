"""Every command: its name, where it lives, and its line in `safeguard --help`.

The line stands here, and not only in the command, so that `--help` and `verify` load neither the web nor the database.
"""

from typing import NamedTuple


class Entry(NamedTuple):
    """One command, named but not imported."""

    name: str
    target: str
    """`module:function`"""
    line: str


SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Everyday": (
        Entry("up", "safeguard.cli.up:up", "Run everything on this machine, until Ctrl-C."),
        Entry("organisation", "safeguard.cli.organisation:organisation", "Set up an organisation and invite its lead."),
        Entry("account", "safeguard.cli.account:account", "Let somebody back in who lost their password."),
        Entry("token", "safeguard.cli.token:token", "Make a token for the JSON API."),
        Entry("demo", "safeguard.cli.demo:demo", "Fill in believable, synthetic organisations and incidents."),
        Entry(
            "verify",
            "safeguard.evidence.verifying.command:verify",
            "Check an evidence pack. Needs no database and no network.",
        ),
    ),
    "The parts, for more machines": (
        Entry("migrate", "safeguard.cli.migrate:migrate", "Bring the database to this version."),
        Entry("recount", "safeguard.cli.recount:recount", "Count every incident again for the dashboards."),
        Entry("keys", "safeguard.cli.keys:keys", "Replace the keys that protect files, packs and drafts."),
        Entry("rewrite", "safeguard.cli.rewrite:rewrite", "After disposals: leave nothing of them in the files."),
        Entry("serve", "safeguard.cli.serve:serve", "Serve pages and the JSON API."),
        Entry("worker", "safeguard.cli.worker:worker", "Do the jobs: packs, messages."),
        Entry("signer", "safeguard.cli.signer:signer", "Sign the audit logs; replace its key; go on after a restore."),
        Entry("certificate", "safeguard.cli.certificate:certificate", "Sign an organisation's reports (PAdES)."),
        Entry("check", "safeguard.cli.check:check", "Compare checkpoints kept outside with the logs as they stand."),
        Entry("relay", "safeguard.cli.relay:relay", "Ring again for jobs left lying; start what is due."),
        Entry("console", "safeguard.cli.console:console", "Serve the operator's console, on this machine."),
        Entry("operator", "safeguard.cli.console:operator", "Say who may use the operator's console."),
        Entry("mail-in", "safeguard.cli.mail_in:mail_in", "Receive the helpline's mail from a mail server."),
        Entry("schedule", "safeguard.cli.relay:schedule", "The same: one process keeps the calendar too."),
    ),
    "For those who change Safeguard": (
        Entry("test", "safeguard.cli.testing:test", "Run the tests; arguments go to pytest."),
        Entry("bench", "safeguard.cli.bench.command:bench", "Measure, each figure as a ratio to its limit."),
    ),
}
