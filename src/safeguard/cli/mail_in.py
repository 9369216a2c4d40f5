"""`safeguard mail-in`: the part that receives the helpline's mail."""

from pathlib import Path

import click

from safeguard import settings
from safeguard.cli import options
from safeguard.helpline.mail import receiver


@click.command("mail-in")
@options.data
def mail_in(data: Path | None) -> None:
    """Receive the helpline's mail from the mail server in front of it, until SIGTERM or Ctrl-C.

    Needs SAFEGUARD_MAIL_IN, and SAFEGUARD_APP_DATABASE_URL or the data folder of a deployment that runs.
    """
    place = settings.load(data=data)
    place.address_for("app")
    receiver.run(place)
