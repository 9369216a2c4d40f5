"""Which files go with a referral: none unless the lead chooses it, names it anew and says what it holds.

A picture, a recording, a video or an archive never goes, and from an incident of a type that rules files out nothing
does: here, in the foreign key of `referral_files`, and again when a worker seals it. A document with a picture inside
stays too (`looking`). What is drawn without one cannot be decided by a program, so whoever sends a file says that they
have opened it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.attachments.attaching import Blocked
from safeguard.attachments.kinds import BY_TYPE, file_name_for
from safeguard.attachments.queries import File
from safeguard.channel import bodies
from safeguard.channel.enclosures import load_rules
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.story import Story
from safeguard.referrals.record import Referral
from safeguard.tenancy.blocking import blocks
from safeguard.work import LogName, Work

ATTESTED: Final = (
    "I have opened this file. It shows no child and no sexual image, and holds nothing beyond what the helpline needs."
)
"""What whoever sends a file says of it, in these words: they go with it and are kept on both sides."""
LONGEST_NAME: Final = 100
SHOWN: Final = 50

NOT_THERE: Final = "One of these files is not in the incident any more. Open the form again."
UNSAID: Final = "Open the file, look at it, and say so. If you are not sure of it, leave it here."
TYPE: Final = "Only documents go with a referral. Pictures, recordings, video and archives stay here."
ADD: Final = """
insert into public.referral_files (organisation_id, id, referral_id, incident_id, attachment_id, changed_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5)
"""


class FileToSend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of the incident that goes with the referral."""

    id: UUID
    name: str = ""
    """What the helpline sees it as; `Document 1` where nothing is said."""
    attested: bool = False
    """That whoever sends it has opened it, and that it holds nothing that must not travel."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A file of the incident, and why it stays here, if so."""

    file: File
    why_not: str = ""


def offered(story: Story) -> tuple[Offered, ...]:
    """The files of an incident, those that may go first; none at all where its type rules files out."""
    if blocks(story.facts.issue_types):
        return ()
    return tuple(sorted((Offered(file, why_not(file)) for file in story.files), key=lambda each: bool(each.why_not)))


def why_not(file: File) -> str:
    """Why a file cannot go; empty when it can."""
    rules = load_rules()
    if file.media_type not in rules.types:
        return TYPE
    if file.locked_at is not None:
        return "It is locked: nobody may look at it."
    if file.state == "infected":
        return "The virus check found something harmful in it."
    if file.state != "clean":
        return "It was not checked for viruses yet."
    if file.size > rules.most_bytes:
        return f"It is larger than {rules.most_bytes // 1_000_000} MB."
    return ""


def enclosed(chosen: Sequence[FileToSend], issues: Sequence[str], story: Story) -> tuple[bodies.File, ...]:
    """What the referral says of each file, but for the ids that sending gives it; raises `Invalid`, `Blocked`."""
    if chosen and blocks((*issues, *story.facts.issue_types)):
        raise Blocked
    by_id = {file.id: file for file in story.files}
    if errors := (*_wrong_with(chosen, by_id),):
        raise Invalid(*errors)
    return tuple(_file(number, each, by_id[each.id]) for number, each in enumerate(chosen))


async def keep_chosen(work: Work, referral: Referral, chosen: Sequence[tuple[UUID, UUID]], log: LogName) -> None:
    """Keep which files go, as (id that was made for it, attachment), and have each sealed; raises `Blocked`."""
    if chosen:
        work.require(Permission.ATTACHMENT_READ)
    for file_id, attachment_id in chosen:
        try:
            await work.driver.execute(ADD, file_id, referral.id, referral.incident_id, attachment_id, work.now())
        except asyncpg.ForeignKeyViolationError as race:
            raise Blocked from race
        work.record("enclosure.chosen", file_id, log=log)
        work.ask("channel.enclose", file_id, key=str(file_id))


def numbered(files: Sequence[bodies.File]) -> tuple[bodies.File, ...]:
    """The same files with ids of their own."""
    return tuple(msgspec.structs.replace(file, id=clock.new_request_id()) for file in files)


def _wrong_with(chosen: Sequence[FileToSend], files: dict[UUID, File]) -> Iterator[FieldError]:
    rules = load_rules()
    if any(each.id not in files for each in chosen) or len({each.id for each in chosen}) < len(chosen):
        yield FieldError("files", NOT_THERE)
        return
    if len(chosen) > rules.most_files:
        yield FieldError("files", f"Up to {rules.most_files} files go with a referral. Choose the ones that matter.")
    if sum(files[each.id].size for each in chosen) > rules.most_bytes_together:
        most = rules.most_bytes_together // 1_000_000
        yield FieldError("files", f"Together these are more than {most} MB, which is the most.")
    for each in chosen:
        name = shorten(files[each.id].name)
        if why := why_not(files[each.id]):
            yield FieldError("files", f"“{name}” cannot go. {why}")
        elif not each.attested:
            yield FieldError("files", f"“{name}”: {UNSAID}")
        elif len(each.name) > LONGEST_NAME:
            yield FieldError("files", f"Keep the name of each file under {LONGEST_NAME} characters.")


def shorten(name: str) -> str:
    """A file's name as a sentence can bear it."""
    return name if len(name) <= SHOWN else f"{name[:SHOWN].rstrip()}…"


def _file(number: int, chosen: FileToSend, file: File) -> bodies.File:
    neutral = " ".join(chosen.name.split()) or f"Document {number + 1}"
    return bodies.File(
        id=UUID(int=number), name=file_name_for(neutral, file.media_type), media_type=file.media_type, size=file.size,
        sha256=file.sha256, attested=ATTESTED,
    )  # fmt: skip


def neutral_name(number: int, file: File) -> str:
    """What a file is offered to be called: nothing of what it was called here."""
    return f"Document {number}.{BY_TYPE[file.media_type].extension}"
