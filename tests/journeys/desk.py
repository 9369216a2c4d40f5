"""A helpline's desk for the visits: a case with addresses and a long name in it, and a wave."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.channel.bodies import Person, PlatformReport, Url
from safeguard.helpline.as_sent import keep_sent
from safeguard.helpline.importing.cases import CASES
from safeguard.helpline.mail.parsing import read_mail
from safeguard.helpline.mail.taking import take_mail
from safeguard.helpline.mail.threads import token_of
from safeguard.helpline.moving import give_case
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses, list_sent
from safeguard.helpline.taking import Facts, Taken, take_case
from safeguard.helpline.waving import join_wave, open_wave
from safeguard.helpline.writing import add_to_case
from safeguard.intake.importing.files import begin_import
from safeguard.intake.sheets import read_sheet
from safeguard.keys.wrapping import Key
from safeguard.strongbox import objects
from safeguard.tenancy.profiles import profile_of
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.helpline.mail.writing import CALLER, mail, raw
from tests.referrals.making import OPENED
from tests.web.objects import a_file

ADDRESSES = "https://www.tiktok.com/@mr.hale.fanpage/video/7 https://xn--pple-43d.com/" + "a" * 300


@dataclass(frozen=True, slots=True)
class Desk:
    """Who supervises it, and what there is to visit."""

    supervisor: Actor
    case: UUID
    url: UUID
    wave: UUID
    mailed: UUID
    """A case that came by mail, from somebody who is not proven, and was handed over."""
    token: str
    case_import: UUID
    """Earlier cases whose columns are asked for."""
    filed: UUID
    """A case that was referred with files."""
    case_file: UUID
    """The one of them that may be opened."""


async def work_at(supervisor: Actor) -> Desk:
    """Take a call, list its addresses, open a wave."""
    facts = Facts(
        summary="An account pretends to be a science teacher.\nIt has 2,000 followers.", at_risk=True,
        caller="teacher", sector="secondary", caller_name="Alexandria Featherstonehaugh-Cholmondeley",
        caller_organisation="The Saint Bartholomew and All Angels Academy of the Upper Valley",
        caller_contact="01632 960123", issues=("impersonation",), platforms=("tiktok",),
    )  # fmt: skip
    taken = Taken(state=State.SIGNPOSTED, answer="Report it first.", guidance=("report_remove",), distressing=True)
    async with begin(supervisor) as work:
        case = await take_case(work, profile_of("helpline"), facts, taken)
        await list_addresses(work, case, ADDRESSES, "tiktok")
        urls = await list_urls_of(work, case.id)
        wave = await open_wave(work, "False accounts of teachers", "Pupils make accounts in the names of teachers.")
        await join_wave(work, case, wave.id, case.version)
    mailed, token = await take_mails(supervisor)
    earlier, (filed, file) = await send_earlier(supervisor), await take_files(supervisor)
    return Desk(supervisor, case.id, urls[0].id, wave.id, mailed, token, earlier, filed, file)


FILED = {
    "expected": "", "clean": "scanned_at = now(), scanner = 'ClamAV'", "waiting": "", "refused": "fault = 'altered'",
    "infected": "scanned_at = now(), finding = 'Eicar-Test-Signature'",
    "dropped": "fault = 'dropped'", "locked": "locked_at = now(), locked_why = 'found'",
}  # fmt: skip
"""Every way in which a file of a case may stand, and what its row says then."""


SENT = msgspec.structs.replace(
    OPENED, reference="QRS-234", happened="Last week", steps_taken="Talked with both.\n" * 4, issues=("impersonation",),
    platforms=("tiktok", "website"), child_at_risk=True, handles=("@mr.hale.fanpage_" + "a" * 120,),
    urls=tuple(Url(url=f"https://www.tiktok.com/@mr.hale.fanpage/video/{number}") for number in range(24)),
    people=(
        Person(pseudonym="Adult A", kind="adult", role="affected", age_band="adult", real_name="Alexandria Hale"),
        Person(pseudonym="Child A", kind="child", role="alleged", age_band="14_to_15"),
    ),
    reported=PlatformReport(
        platform="TikTok", platforms=("tiktok",), reported_on="2026-02-27", reference="77-4410", answered=True,
        answer="Nothing. " * 30,
    ),
)  # fmt: skip
"""A referral with everything that one can have."""


async def take_files(supervisor: Actor) -> tuple[UUID, UUID]:
    """A case that was referred, with a file in each state; and the one that may be opened."""
    origin = f"{UUID(int=7)}/{clock.new_request_id()}"
    facts = Facts(summary="An account pretends to be Adult A.\n\nReference QRS-234", caller="school_staff")
    opens = UUID(int=0)
    async with begin(supervisor) as work:
        case = await take_case(work, profile_of("helpline"), facts, Taken(channel="shared", mine=False, origin=origin))
        await keep_sent(work, case.id, SENT)
        await list_sent(work, case, SENT.urls)
        for number, (state, more) in enumerate(FILED.items(), start=1):
            name = "Letter about the account, with what the platform answered, " * 2
            file = await a_file(work, case.id, f"{name if state == 'clean' else 'Document'} {number}.pdf")
            stands = "expected" if state == "locked" else state
            said = ", ".join(filter(None, ("state = $2", "object_name = $3", "wrapped_key = '\\x00'", more)))
            await work.driver.execute(
                f"update helpline_files set {said} where id = $1", file, stands, f"case-files/{file}"
            )
            opens = file if state == "clean" else opens
    return case.id, opens


EARLIER = b"Number,Received,What was said,Profession\r\n1,13/02/2024,An account in a name.,Teacher\r\n2,,,\r\n"


async def send_earlier(supervisor: Actor) -> UUID:
    """A file of earlier cases, as it lies in the store while its columns are asked for."""
    key, name = Key(bytes(range(32))), f"files/earlier-{supervisor.organisation_id}"
    await objects.put(objects.current(), name, key, _pieces(EARLIER))
    upload = Upload("earlier cases " * 12 + ".csv", "", "text/csv", len(EARLIER), bytes(32), name, key)
    async with begin(supervisor) as work:
        return await begin_import(work, CASES, "Older Cases", upload, read_sheet(EARLIER))


async def _pieces(whole: bytes) -> AsyncIterator[bytes]:
    yield whole


async def take_mails(supervisor: Actor) -> tuple[UUID, str]:
    """A mail with a file, an answer to it that came back, and a second mail from elsewhere; its case and token."""
    profile = profile_of("helpline")
    first = mail("Somebody writes to parents in our head's name.\n\nWhat can we do?", Subject="A false account " * 20,
                 Authentication_Results="mx.help.example; dmarc=fail")  # fmt: skip
    first.add_attachment(b"x" * 5_000, maintype="image", subtype="png", filename="screenshot of " + "a" * 80 + ".png")
    async with begin(system(supervisor.organisation_id)) as work:
        case_id = await take_mail(work, profile, read_mail(raw(first), CALLER, "mx.help.example"), "")
        assert case_id
        token = await token_of(work, case_id)
    async with begin(supervisor) as work:
        case = await get_case(work, case_id)
        await add_to_case(work, case, "answer", "email", "Report it first.", (), distressing=False, mails=True)
        await give_case(work, case, supervisor.user_id, "They can be rung from ten to twelve.", case.version)
    again = mail("It posts again, and parents answer it.", From="office@alder.example")
    async with begin(system(supervisor.organisation_id)) as work:
        await take_mail(work, profile, read_mail(raw(again), CALLER), token)
    return case_id, token
