"""Files that go with an answer: chosen one by one, never a picture nor what is blacked out, gone with the request."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import build
from safeguard.attachments.kinds import PDF, TEXT, WORD
from safeguard.attachments.opening import Locked
from safeguard.errors import Conflict, Invalid
from safeguard.identity import acts, approving
from safeguard.identity import routes as identity_routes
from safeguard.incidents.triaging import Classes, classify
from safeguard.records import routes as record_routes
from safeguard.records.access import gathering, redacting, releasing
from safeguard.records.access.archiving import Archive
from safeguard.records.access.enclosing import enclose, list_enclosable
from safeguard.records.access.queries import Redaction, get_request, list_items
from safeguard.records.access.reading import told_in
from safeguard.records.access.redacting import Marker
from safeguard.records.erasing import erase_stored
from safeguard.records.kinds import acting, asking
from safeguard.records.kinds.registry import get_kind
from safeguard.strongbox import objects
from safeguard.web import assets
from safeguard.work import begin
from tests.attachments import files
from tests.factories.incidents import SCHOOL
from tests.public.conftest import service
from tests.records.asking import answer_of, asked, judged, told_of
from tests.records.making import TODAY, second
from tests.referrals.enclosing import attach_file
from tests.web.conftest import SignIn, add_templates, sign_in, surrounded

__all__ = ["service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
LETTER = b"Dear Ana, thank you for coming."
OF_ANOTHER = b"Dear Ana, quintilla\nFEATHERSTONE said sorry."
BY_ANOTHER = files.package(files.WORD_PARTS | {"docProps/core.xml": b"<c>Quintilla</c>"})
MINUTES = files.PDF + b"% minutes of the meeting"
SENT = (
    ("letter.txt", TEXT, LETTER), ("sorry.txt", TEXT, OF_ANOTHER), ("letter.docx", WORD, BY_ANOTHER),
    ("Statement about Quintilla Featherstone.pdf", PDF, MINUTES), ("screenshot.png", "image/png", files.PNG),
)  # fmt: skip


@pytest.fixture(autouse=True)
def stored(shelf: ObjectStore) -> None:
    acts.bind(*releasing.ACTS, *acting.ACTS)
    objects.use(shelf)


async def refused(lead: Actor, request: UUID, item: UUID, *, looked_at: bool = True) -> str:
    with pytest.raises(Invalid) as refusal:
        async with begin(lead) as work:
            await enclose(work, request, item, looked_at=looked_at)
    return refusal.value.errors[0].message


async def chosen(lead: Actor, request: UUID) -> None:
    """Two of the files go, and two are left out; each as it is decided of, and refused what must not leave."""
    async with begin(lead) as work:
        found = {file.name: file.id for file in await list_enclosable(work, request)}
    letter, sorry, docx, pdf, picture = (found[name] for name, _, _ in SENT)
    with pytest.raises(Conflict, match="Open these first"):
        async with begin(lead) as work:
            await releasing.ask_release(work, request)
    assert "look at all of it" in await refused(lead, request, letter, looked_at=False)
    assert "quintilla\nFEATHERSTONE" in await refused(lead, request, sorry)
    assert "Quintilla" in await refused(lead, request, docx)
    assert "pictures" in await refused(lead, request, picture)
    async with begin(lead) as work:
        for item in (letter, pdf):
            await enclose(work, request, item, looked_at=True)
        for item in (sorry, docx):
            await redacting.withhold(work, request, item, "another")
        before = [(file.name, file.enclosed_by_name, file.withheld) for file in await list_enclosable(work, request)]
        await gathering.gather(work, request)
        after = [(file.name, file.enclosed_by_name, file.withheld) for file in await list_enclosable(work, request)]
    assert before == after, "what was decided outlives gathering anew"


async def test_files_go_whole_or_not_at_all_and_go_with_the_request(
    someone: Someone, shelf: ObjectStore, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    ana, incident = await told_of(lead)
    for name, media_type, whole in SENT:
        await attach_file(lead, incident, name, media_type, whole)
    request = await asked(lead, ana)
    await judged(lead, request)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    await chosen(lead, request)
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
        (act,) = releasing.ACTS
        shown = {each.label: each.value for each in await act.shown(work, proposal)}
        assert shown["What would be released"].startswith(
            "Things found: 9; files that go with it: 2; left out whole: 2 (it is about another person); names"
        )
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    whole = await answer_of(lead, request)
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        assert archive.namelist() == ["answer.pdf", "data.json", "files/1.txt", "files/2.pdf"]
        assert (archive.read("files/1.txt"), archive.read("files/2.pdf")) == (LETTER, MINUTES)
        told = {item["file"]: item for item in json.loads(archive.read("data.json"))["items"]}
    assert told["files/2.pdf"]["sha256"] == sha256(MINUTES).hexdigest()
    assert not [word for word in (b"Quintilla", b"Featherstone", b"sorry.txt") if word in whole]
    async with begin(lead) as work:
        said = await work.driver.fetchval(
            "select fields::text from audit.documents where id = $1 order by version desc limit 1", request
        )
        kept = await get_request(work, request)
        facts = await work.driver.fetchrow("select version from public.incidents where id = $1", incident)
    assert sha256(LETTER).hexdigest() in str(said)
    assert kept.sha256 == sha256(whole).digest()
    assert sha256(whole).hexdigest() in str(said)
    assert kept.size == len(whole)
    async with begin(lead) as work:
        await classify(work, incident, facts["version"] if facts else 0, Classes(issue_types=("nudes",)), SCHOOL)
    with pytest.raises(Locked):
        await answer_of(lead, request)
    lying = tmp_path / "objects" / "access" / str(lead.organisation_id) / str(request)
    assert lying.exists()
    async with begin(lead) as work:
        proposal = await asking.ask(work, get_kind("access_request"), [request], "mistake", TODAY)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        await erase_stored(work, proposal.subject_id, shelf)
        assert await list_items(work, request) == ()
    assert not lying.exists()


@pytest.fixture(scope="module")
def built() -> Litestar:
    """The room of requests."""
    app = build([*record_routes.ROUTES, *identity_routes.ROUTES, *assets.ROUTES], [])
    add_templates(app)
    return app


async def test_the_page_says_which_files_wait_and_what_must_not_leave(sign_in: SignIn) -> None:
    acts.bind(*releasing.ACTS)
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    ana, incident = await told_of(lead.actor)
    for name, media_type, whole in (SENT[0], SENT[1], SENT[4]):
        await attach_file(lead.actor, incident, name, media_type, whole)
    request = await asked(lead.actor, ana)
    await judged(lead.actor, request)
    async with begin(lead.actor) as work:
        await gathering.gather(work, request)
        letter, sorry, _ = (file.id for file in await list_enclosable(work, request))
    place = f"/records/requests/{request}"
    copy = (await lead.get(f"{place}/copy")).text
    assert "2 files are not decided yet" in copy
    assert "pictures are copied into no answer" in copy
    answer = await lead.send(f"{place}/release", {}, page=place)
    assert answer.status_code == 409
    assert "“letter.txt”, “sorry.txt”." in answer.text
    answer = await lead.send(f"{place}/items/{sorry}/file", {"looked": "yes"}, page=f"{place}/copy")
    assert answer.status_code == 422
    assert "which is blacked out in the copy" in answer.text
    assert f'id="looked-{sorry}" name="looked" type="checkbox" value="yes" checked' in answer.text
    answer = await lead.send(f"{place}/items/{letter}/file", {"looked": "yes"}, page=f"{place}/copy")
    assert answer.status_code == 303
    copy = (await lead.get(f"{place}/copy")).text
    assert "1 file is not decided yet" in copy
    assert f"Whole; {lead.actor.name} looked at it." in copy


PIECES = st.lists(st.binary(max_size=300), max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=4))
def test_an_archive_made_in_pieces_is_what_any_program_reads(members: list[list[bytes]]) -> None:
    async def content(pieces: list[bytes]) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    async def made() -> tuple[Archive, bytes]:
        archive = Archive([(f"files/{number}", content(pieces)) for number, pieces in enumerate(members)])
        return archive, b"".join([piece async for piece in archive.pieces()])

    archive, whole = asyncio.run(made())
    with zipfile.ZipFile(BytesIO(whole)) as read:
        assert read.testzip() is None
        assert [read.read(name) for name in read.namelist()] == [b"".join(pieces) for pieces in members]
    assert (archive.size, archive.sha256) == (len(whole), sha256(whole).digest())


@pytest.mark.parametrize(
    ("whole", "media_type", "found"),
    [
        (b"\xef\xbb\xbfSaid by ANA   LEE.", TEXT, True),
        (b"Joana Leeds said it.", TEXT, False),
        (files.package({"word/document.xml": b"<w:t>An</w:t><w:t>a Lee</w:t>"}), WORD, True),
        (files.package({"word/document.xml": b"<p>said</p><p>Ana</p><p>Lee</p>"}), WORD, True),
        (files.package({"word/document.xml": b"<p>Ana</p><p>Leeds</p>"}), WORD, False),
        (files.PDF + b"/Author (ana lee)", PDF, True),
        (files.PDF + "/Author (Ana Lee)".encode("utf-16-be"), PDF, True),
        (files.PDF + b"/Author (Somebody)", PDF, False),
    ],
    ids=["text", "longer name", "cut in two", "over parts", "longer in parts", "author", "author in two bytes", "none"],
)
def test_a_name_is_found_in_what_a_program_can_read(whole: bytes, media_type: str, *, found: bool) -> None:
    marker = Marker([Redaction(clock.new_id(), "Ana Lee", "another", False, "", None)])
    assert bool(told_in(whole, media_type, marker)) is found
