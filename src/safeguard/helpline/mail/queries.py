"""Reading mail of a case: how far each that left has got, and what is known of each that came."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.helpline.mail.parsing import File
from safeguard.work import Work

_HERE: Final = "organisation_id = (select sec.current_organisation())"
SENT: Final = f"""
select json_build_object('id', o.id, 'entry_id', o.entry_id, 'what', o.what, 'address', o.address, 'state', o.state,
    'created_at', o.created_at, 'sent_at', o.sent_at)::text
from public.helpline_mail_out o where o.{_HERE} and o.case_id = $1 order by o.created_at, o.id
"""  # noqa: S608  our own constants
CAME: Final = f"""
select json_build_object('id', m.id, 'entry_id', m.entry_id, 'became', m.became, 'sender', m.sender,
    'subject', m.subject, 'files', m.files::json, 'proof', m.proof, 'received_at', m.received_at)::text
from public.helpline_mail_in m where m.{_HERE} and m.case_id = $1 order by m.received_at, m.id
"""  # noqa: S608  our own constants


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to a caller."""

    id: UUID
    entry_id: UUID | None
    what: str
    address: str
    state: str
    created_at: datetime
    sent_at: datetime | None


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """A mail of a caller."""

    id: UUID
    entry_id: UUID | None
    became: str
    sender: str
    subject: str
    files: tuple[File, ...]
    proof: str
    received_at: datetime


class Mails(msgspec.Struct, frozen=True):
    """The mail of one case."""

    sent: tuple[Sent, ...] = ()
    came: tuple[Came, ...] = ()

    def of(self, entry_id: UUID) -> Sent | None:
        """How far the mail of an answer has got."""
        return next((each for each in reversed(self.sent) if each.entry_id == entry_id), None)

    @property
    def asked(self) -> bool:
        """Whether the caller was asked by mail whether it helped."""
        return any(each.what == "feedback" for each in self.sent)

    @property
    def unproven(self) -> bool:
        """Whether a mail server said that a sender is not who it says."""
        return any(each.proof == "failed" for each in self.came)


_sent = msgspec.json.Decoder(Sent).decode
_came = msgspec.json.Decoder(Came).decode


async def list_mails(work: Work, case_id: UUID) -> Mails:
    """What left and what came, in its order."""
    work.require(Permission.HELPLINE_WORK)
    sent = tuple(_sent(row[0]) for row in await work.driver.fetch(SENT, case_id))
    return Mails(sent, tuple(_came(row[0]) for row in await work.driver.fetch(CAME, case_id)))
