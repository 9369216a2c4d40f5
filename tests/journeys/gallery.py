"""The gallery: templates with kind and unkind content, shown to a browser under the real content policy."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from playwright.async_api import BrowserContext, Route

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import permissions_of
from safeguard.access.roles import Role
from safeguard.errors import FieldError
from safeguard.incidents.hinting import Hint
from safeguard.insights.pictures import HeatRow
from safeguard.standards.radar import draw
from safeguard.standards.review import Improvement
from safeguard.web import assets, headers
from safeguard.web.paging import Leaf
from safeguard.web.templates import environment

ADDRESS = "http://gallery.test"
POLICY = headers.POLICY
NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
LONG = "Wolfeschlegelsteinhausenbergerdorff-Oluwaseunfunmilayo " * 4 + "🦊"
ARABIC = "فاطمة الزهراء بنت محمد"
WORDS = f"She showed me the account on her phone. {ARABIC} <script>alert(1)</script> {{{{7*7}}}} =HYPERLINK()\n\n" + (
    "It uses our crest and my photograph, and the comments are abusive. " * 6
)


@dataclass(frozen=True, slots=True)
class Organisation:
    name: str = "Alder Green Primary School"
    slug: str = "alder-green"
    kind: str = "school"
    time_zone: str = "Europe/London"
    state: str = "active"


NOBODY = UUID(int=0)
MARIAM = Actor(ActorKind.PERSON, NOBODY, NOBODY, frozenset({Role.LEAD}), "Mariam Okafor")


@dataclass(frozen=True, slots=True)
class User:
    name: str = "Mariam Okafor"
    email: str = "m.okafor@alder-green.example"
    roles: tuple[str, ...] = ("lead",)
    glass_until: datetime | None = None
    actor: Actor = MARIAM


@dataclass(frozen=True, slots=True)
class Listed:
    reference: str
    title: str
    risk: str | None
    state: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Names:
    long: str = LONG
    arabic: str = ARABIC
    words: str = WORDS


@dataclass(frozen=True, slots=True)
class Times:
    minutes: timedelta = timedelta(minutes=12)
    hours: timedelta = timedelta(hours=20)
    days: timedelta = timedelta(days=4)
    year: timedelta = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Need:
    title: str
    why: str
    href: str
    verb: str
    risk: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Count:
    figure: int
    words: str
    href: str
    now: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    reference: str
    title: str
    href: str
    recorded_at: datetime
    received: bool
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Today:
    counts: tuple[Count, ...] = ()
    needs: tuple[Need, ...] = ()
    sent: tuple[Sent, ...] = ()
    more: int = 0
    watches: bool = False
    leaves_out: bool = False


TITLES = (
    "TikTok account impersonating a teacher, with abusive comments",
    "Nude image of a pupil shared on in a group chat",
    "Parents abusing staff in a chat group",
    "Stranger asking for pictures in a game",
    "Hacked class account",
    f"The school's crest misused · {ARABIC} 🦊",
    LONG,
)


def rows(number: int) -> list[Listed]:
    """So many incidents, one of each kind of trouble for a layout."""
    risks = ("emergency", "high", "medium", "low", None)
    return [
        Listed(
            f"K{n % 8 + 2}Q-{n % 7 + 2}M{n % 6 + 3}",
            TITLES[n % len(TITLES)],
            risks[n % 5],
            ("new", "open", "closed", "reopened")[n % 4],
            NOW - timedelta(hours=n * 5),
        )
        for n in range(number)
    ]


def context(role: Role | None = Role.LEAD, **given: Any) -> dict[str, Any]:
    """What web gives to every template, for somebody with this role, or for nobody."""
    common: dict[str, Any] = {"request_path": "/incidents", "now": NOW, "csrf_token": "a-token", "profile": None}
    if role is None:
        return common | {"organisation": None, "user": None, "organisations": (), "may": frozenset()} | given
    may = frozenset(permissions_of(frozenset({role})))
    return common | {"organisation": Organisation(), "user": User(), "organisations": (), "may": may} | given


HINT = Hint("Three incidents this month touched filtering, and its review is old.", "/insights")

FORM_ERRORS = (
    FieldError("words", "Say what happened, even in one sentence."),
    FieldError("danger", "Say whether anyone is in danger now."),
    FieldError("people-0-role", "Choose the part that this person has in it."),
    FieldError("occurred_on", "The date is after today. When did it happen?"),
    FieldError("areas", "Choose from the answers on the page."),
    FieldError("told", "Say whether you told the lead."),
    FieldError("password", "This password is one of the most common. Choose another."),
)

NEEDS = (
    Need(TITLES[0], "Nobody has looked at it yet", "/incidents/1", "Open", "high", NOW - timedelta(minutes=12)),
    Need(TITLES[1], "Marked as an emergency", "/incidents/2", "Open", "emergency", NOW - timedelta(hours=2)),
    Need(TITLES[2], "No entry for 9 days", "/incidents/3", "Follow up", "medium", NOW - timedelta(days=9)),
    Need("Child-protection file to Birch Academy", "No receipt, day 4 of 5", "/x", "Chase", None, None),
    Need(LONG, "Nobody has looked at it yet", "/incidents/4", "Open", None, NOW - timedelta(days=1)),
)
COUNTS = (
    Count(3, "need you now", "/incidents", now=True),
    Count(28, "open", "/incidents"),
    Count(1204, "closed", "/incidents?state=closed"),
)
SENT = (
    Sent("K7Q-3MX", TITLES[3], "/incidents/5", NOW - timedelta(hours=1), received=False),
    Sent("P4R-9GH", LONG, "/incidents/6", NOW - timedelta(days=3), received=True),
)
NOTHING = tuple(replace(count, figure=0) for count in COUNTS)
ERRORS = {
    400: "There is a problem with this request",
    403: "You cannot do this",
    404: "Page not found",
    409: "This has changed since you opened it",
    410: "This is no longer available",
    413: "That is too much at once",
    422: "There is a problem",
    429: "Too many tries",
    500: "Sorry, something went wrong",
    503: "The service is not available",
}


@dataclass(frozen=True, slots=True)
class Kept:
    action: str
    typed: tuple[tuple[str, str], ...]
    again: tuple[tuple[str, str], ...]


def problem(status: int, title: str) -> dict[str, Any]:
    """What an error page is given, with a form that was refused."""
    kept = Kept("/incidents/new", (("words", WORDS), ("people-0-name", LONG)), (("words", WORDS),))
    detail = "Somebody else changed this while you were working."
    told: dict[str, Any] = {"status": status, "code": "", "title": title, "detail": detail, "errors": FORM_ERRORS[:2]}
    return context(None if status < 409 else Role.LEAD, **told, reference="1F3A-99C0", retry_after=130, kept=kept)


@dataclass(frozen=True, slots=True)
class Signed:
    signed_at: datetime
    level: int


POINTS = tuple(Signed(datetime(2019 + place, 7, 1, tzinfo=UTC), level) for place, level in enumerate(
    (4, 4, 5, 3, 3, 4, 2, 2)))  # fmt: skip
OBJECTIVES = {"a": "Safer Management", "b": "Safer Access", "c": LONG[:60], "d": "Safer Standards"}
RADAR = draw(OBJECTIVES, {"a": 1, "b": 5, "c": 2.4, "d": 3}, {"a": 3, "b": 5, "c": 5, "d": 4}, 5, 2)
CELLS = (
    HeatRow(LONG, (0, 1, 2, 3, 5, 8, 13, 20, 27, 34, 41, 0), 5, ("/insights/lessons?control=M5",) * 12),
    HeatRow("Ways to report", (1,) * 12, None, ("",) * 12),
)
PLANNED = Improvement(
    id=NOBODY, framework="pies", control="M1", source="other", words="W" * 110, owner_name="W" * 200,
    due_on=NOW.date(), planned_at=NOW, planned_by_name="Mariam Okafor",
)  # fmt: skip
PLAN = context(
    rows=Leaf((PLANNED,), None, first=True), finished=False,
    named={("pies", "M1"): "Policies, practices and procedures"},
    gone={}, origins={}, today=NOW.date(), overdue=0, unknown="",
)  # fmt: skip
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "components": ("gallery/components.html", context(names=Names(), times=Times(), rows=rows(12))),
    "table-200": ("gallery/components.html", context(names=Names(), times=Times(), rows=rows(200))),
    "table-of-long-words": ("standards/plan.html", PLAN),
    "charts": ("gallery/charts.html", context(names=Names(), points=POINTS, radar=RADAR, cells=CELLS)),
    "form": ("gallery/form.html", context(names=Names(), errors=(), request_path="/incidents/new")),
    "form-errors": ("gallery/form.html", context(names=Names(), errors=FORM_ERRORS)),
    "today": (
        "home/today.html",
        context(request_path="/", today=Today(COUNTS, NEEDS, more=3, watches=True), hint=HINT),
    ),
    "today-empty": ("home/today.html", context(request_path="/", today=Today(NOTHING, watches=True), hint=None)),
    "today-reporter": ("home/today.html", context(Role.REPORTER, request_path="/", today=Today(sent=SENT), hint=None)),
    "today-reporter-empty": ("home/today.html", context(Role.REPORTER, request_path="/", today=Today(), hint=None)),
    "signed-out": ("errors/signed_out.html", context(None)),
    **{f"error-{status}": (f"errors/{status}.html", problem(status, title)) for status, title in ERRORS.items()},
}


def render(name: str) -> str:
    """One page of the gallery."""
    template, given = PAGES[name]
    return environment().get_template(template).render(given)


async def serve(window: BrowserContext) -> None:
    """Answer this window's requests to the gallery: pages under our content policy, and the built assets."""

    async def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        if path.startswith("/assets/"):
            asset = assets.current().files[path.rsplit("/", 1)[1]]
            await route.fulfill(body=asset.body, content_type=asset.media_type)
        else:
            policy = {"Content-Security-Policy": POLICY}
            await route.fulfill(body=render(path.strip("/")), content_type="text/html; charset=utf-8", headers=policy)

    await window.route(f"{ADDRESS}/**", answer)
