"""The page of a case: everything that was said in it, what is known, and the forms by which it goes on."""

from typing import Any, Final, cast

from litestar import Request
from litestar.response import Template

from safeguard.attachments import scanner
from safeguard.errors import Conflict, DomainError, Invalid
from safeguard.helpline.as_sent import find_sent
from safeguard.helpline.case import Case, Entry
from safeguard.helpline.desk import load_desk
from safeguard.helpline.endings import STOOD
from safeguard.helpline.files.queries import list_files
from safeguard.helpline.forms import EntryForm, GiveForm, MoveForm, NotedForm, PasteForm, ToldOnForm
from safeguard.helpline.here import Here, here
from safeguard.helpline.mail.posting import mail_of
from safeguard.helpline.mail.queries import list_mails
from safeguard.helpline.offering import offered
from safeguard.helpline.pointing import helping
from safeguard.helpline.prompts import prompt_of
from safeguard.helpline.queries import (
    FIRST,
    find_same_caller,
    get_case,
    list_entries,
    list_queue,
    list_team,
    list_urls_of,
    list_waves,
)
from safeguard.helpline.report.theming import list_themes
from safeguard.helpline.states import FOLLOWS, State
from safeguard.helpline.watching import Mark, mark_case, mark_from
from safeguard.helpline.web_form.rating import find_feedback
from safeguard.referrals.shown import shown
from safeguard.web.forms import Form, begun, today_here
from safeguard.web.pages import page
from safeguard.web.polling import SEEN, seen
from safeguard.work import Work

BESIDE: Final = 12
"""Cases of the queue that stand beside an open one."""
MOST_SIGNPOSTS: Final = 5
"""Of what helps with a case's issues; the search finds the rest."""
BY_MAIL: Final = frozenset({"email", "web"})


async def case_page(
    request: Request[Any, Any, Any],
    work: Work,
    case: Case,
    *,
    refusal: DomainError | None = None,
    status: int | None = None,
    listed: object = None,
    stands: Mark | None = None,
    beside: tuple[Case, ...] = (),
    **forms: Form[Any],
) -> Template:
    """The page of a case; with what was typed, where something was refused."""
    if stands is None:
        beside = await list_queue(work, FIRST, BESIDE)
        stands, case = await mark_case(work, case.id, beside), await get_case(work, case.id)
    where, urls = await here(work), await list_urls_of(work, case.id)
    errors = refusal.errors if isinstance(refusal, Invalid) else ()
    wrong = next((form.errors for form in forms.values() if form.errors), ()) or errors
    version = str(case.version)
    mails, address = await list_mails(work, case.id), mail_of(case)
    entries, had = await list_entries(work, case.id), mark_from(request.query_params.get(SEEN, ""))
    sent = await find_sent(work, case.id)
    starts: dict[str, Any] = {
        "entry_form": begun(EntryForm, _beginning(request, where, case, address)), "rating": begun(NotedForm, {}),
        "move": begun(MoveForm, {"seen": version}),
        "give": begun(GiveForm, {"seen": version, "to": str(case.assigned_to or "")}),
        "paste": begun(PasteForm, {}),
        "told": begun(ToldOnForm, {"told_on": today_here().isoformat()}),
    }  # fmt: skip
    return page(
        request, "helpline/case.html", fragment="helpline/_live.html",
        status=status or (refusal.status if refusal else 200), case=case, here=where, mark=stands, had=had,
        live=seen(request) is not None, was=request.query_params.get("was", "ended" if case.ended else "open"),
        other_state=request.query_params.get("state", case.state) != case.state,
        sent=shown(sent) if sent else None,
        entries=entries, urls=urls, offers=offered(case, entries, urls),
        mails=mails, address=address, feedback=await find_feedback(work, case.id),
        handed=_handed(work, case, entries), take=work.actor.user_id, themes=await list_themes(work),
        beside=beside, team=await list_team(work),
        errors=wrong, files=await list_files(work, case.id), has_scanner=scanner.is_set(),
        prompts={url.id: prompt_of(url, case, where.now, where.limits) for url in urls},
        stood=STOOD.get(case.state, ""), follows=[state for state in State if state in FOLLOWS[case.state]],
        waves=await list_waves(work),
        found=helping(where.pointers, case.issues)[:MOST_SIGNPOSTS], asked="",
        earlier=await find_same_caller(work, case), conflict=refusal.detail if isinstance(refusal, Conflict) else None,
        listed=listed, **cast("dict[str, Any]", starts | forms),
    )  # fmt: skip


def _beginning(request: Request[Any, Any, Any], where: Here, case: Case, address: str) -> dict[str, str]:
    """What the form begins with: what the caller says, or an answer that was begun with one of the desk's, or with
    what they are pointed to."""
    answer = load_desk().answers.get(request.query_params.get("begin", ""))
    point = where.signposts.get(request.query_params.get("point", ""))
    starts = {"kind": "contact", "channel": case.channel, "mails": "yes" if address and case.channel in BY_MAIL else ""}
    words = {"kind": "answer", "words": answer.text.replace("{reference}", case.reference)} if answer else {}
    return starts | words | ({"kind": "answer", "words": point.paragraph, "guidance": point.code} if point else {})


def _handed(work: Work, case: Case, entries: tuple[Entry, ...]) -> Entry | None:
    """What whoever has the case was told when it was given to them, until they have written to it themselves."""
    if case.assigned_to is None or case.assigned_to != work.actor.user_id:
        return None
    own = [at for at, entry in enumerate(entries) if entry.written_by_name == work.actor.name]
    later = entries[own[-1] + 1 :] if own else entries
    return next((entry for entry in reversed(later) if entry.kind == "handover"), None)
