"""The application: the rooms' routes, put together, checked, and bound to what each needs of another.

    uvicorn --factory safeguard.app:create_app

It refuses to start when a route says nothing of who may use it, or when the database stands open somewhere.
"""

import gc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.htmx import HTMXPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from safeguard import settings as environment
from safeguard.attachments import api as attachment_api
from safeguard.attachments import routes as attachment_routes
from safeguard.attachments import scanner, withholding
from safeguard.concerns import admitting, awaiting
from safeguard.concerns import api as concern_api
from safeguard.concerns import routes as concern_routes
from safeguard.database import checking, passwords, pool
from safeguard.database.context import watch_key
from safeguard.drafts import routes as draft_routes
from safeguard.drafts.lending import KeptDrafts
from safeguard.errors import DomainError
from safeguard.evidence import api as evidence_api
from safeguard.evidence import routes as evidence_routes
from safeguard.evidence.packs import chapters
from safeguard.exports import routes as export_routes
from safeguard.helpline import handing_on as cases
from safeguard.helpline import routes as helpline_routes
from safeguard.helpline.alerts.receiving import present_signals
from safeguard.helpline.waiting import how_the_queue_stands
from safeguard.identity import acts, parting, programs, two_person
from safeguard.identity import routes as identity_routes
from safeguard.identity.factors import sealing
from safeguard.identity.proposals import count_waiting
from safeguard.incidents import (
    apart,
    awaited,
    beside,
    desk,
    handing_on,
    heralding,
    hinting,
    leaving,
    promised,
    referred,
)
from safeguard.incidents import api as incident_api
from safeguard.incidents import routes as incident_routes
from safeguard.incidents.beside import Queue
from safeguard.incidents.chapter import IncidentChapter
from safeguard.incidents.hiding import breaking, ending, looking_back_routes
from safeguard.incidents.hiding import routes as hiding_routes
from safeguard.incidents.involvement import IncidentParts
from safeguard.incidents.teaching import count_lessons, incidents_that_taught
from safeguard.insights import api as insights_api
from safeguard.insights import routes as insights_routes
from safeguard.insights.hinting import what_stands_out
from safeguard.insights.measuring import count_between
from safeguard.insights.touching import what_touched
from safeguard.inspection import routes as inspection_routes
from safeguard.inspection.originating import inspections_that_found
from safeguard.inspection.pack_parts import PARTS
from safeguard.inspection.waiting import INSPECTORS_QUESTIONS
from safeguard.intake import alert_routes
from safeguard.intake import api as intake_api
from safeguard.intake.alerts import count_new, count_pressing
from safeguard.intake.importing.routes import routes_of as imports_of
from safeguard.intake.records import RECORDS
from safeguard.jobs.brokers import open_broker
from safeguard.jobs.ringing import Ringer
from safeguard.notifications import routes as notification_routes
from safeguard.operations import routes as operation_routes
from safeguard.people import api as people_api
from safeguard.people import departing, involving
from safeguard.people import routes as people_routes
from safeguard.post import reaching
from safeguard.provisioning import invitation_routes
from safeguard.provisioning import settings_routes as provisioning_routes
from safeguard.provisioning.directory import routes as directory_routes
from safeguard.public_reports import routes as public_routes
from safeguard.public_reports.holding import count_danger, count_held
from safeguard.records import disposing
from safeguard.records import routes as record_routes
from safeguard.records.access import releasing
from safeguard.records.kinds import acting
from safeguard.records.logs.chapter import WithDisagreements
from safeguard.records.promising import list_promised
from safeguard.referrals import api as referral_api
from safeguard.referrals import in_hand as sent
from safeguard.referrals import routes as referral_routes
from safeguard.referrals.awaited import list_awaited
from safeguard.referrals.chapter import WithReferrals
from safeguard.referrals.unfinished import list_unfinished
from safeguard.referrals.withholding import withhold as withhold_enclosures
from safeguard.registers import api as register_api
from safeguard.registers import routes as register_routes
from safeguard.registers.overview import lines_of
from safeguard.registers.voice import figures
from safeguard.rosters import api as roster_api
from safeguard.rosters import routes as roster_routes
from safeguard.searching import routes as search_routes
from safeguard.settings import Settings
from safeguard.sign_on import connecting, worst_day
from safeguard.sign_on import routes as sign_on_routes
from safeguard.sign_on import settings_routes as sign_on_settings_routes
from safeguard.standards import effects, origins, panels
from safeguard.standards import routes as standards_routes
from safeguard.standards.frameworks import load_frameworks
from safeguard.standards.resources import load_library
from safeguard.strongbox import masters, objects
from safeguard.tenancy import routes as tenancy_routes
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.tenancy.report_forms.history import keep_kind_forms
from safeguard.transfers import api as transfer_api
from safeguard.transfers import routes as transfer_routes
from safeguard.transfers.late import LATE_RECEIPTS
from safeguard.transfers.unsent import find_unsent, list_unsent
from safeguard.transfers.withholding import withhold
from safeguard.web import (
    announcing,
    assets,
    counting,
    disclosing,
    documenting,
    guarding,
    health,
    keys,
    logs,
    marking,
    metrics,
    refusing,
    surroundings,
    templates,
    uploading,
    working,
)
from safeguard.web.bodies import LIMIT, Unreadable
from safeguard.web.serving import Service
from safeguard.web.surroundings import Surroundings
from safeguard.webhooks import in_hand as webhooks
from safeguard.webhooks import routes as webhook_routes

API = "/api/v1"
PAGES: tuple[Any, ...] = (
    *incident_routes.ROUTES,
    *concern_routes.ROUTES,
    *helpline_routes.ROUTES,
    *hiding_routes.ROUTES,
    *looking_back_routes.ROUTES,
    *public_routes.ROUTES,
    *people_routes.ROUTES,
    *alert_routes.ROUTES,
    *imports_of(RECORDS),
    *export_routes.ROUTES,
    *search_routes.ROUTES,
    *attachment_routes.ROUTES,
    *referral_routes.ROUTES,
    *evidence_routes.ROUTES,
    *inspection_routes.ROUTES,
    *record_routes.ROUTES,
    *transfer_routes.ROUTES,
    *standards_routes.ROUTES,
    *register_routes.ROUTES,
    *insights_routes.ROUTES,
    *operation_routes.ROUTES,
    *identity_routes.ROUTES,
    *sign_on_routes.ROUTES,
    *sign_on_settings_routes.ROUTES,
    *directory_routes.ROUTES,
    *provisioning_routes.ROUTES,
    *invitation_routes.ROUTES,
    *roster_routes.ROUTES,
    *webhook_routes.ROUTES,
    *tenancy_routes.ROUTES,
    *notification_routes.ROUTES,
    *draft_routes.ROUTES,
    *health.ROUTES,
    *disclosing.ROUTES,
    *assets.ROUTES,
)
API_PARTS: tuple[Any, ...] = (
    *incident_api.API_ROUTES,
    *people_api.API_ROUTES,
    *roster_api.API_ROUTES,
    *concern_api.API_ROUTES,
    *intake_api.API_ROUTES,
    *attachment_api.API_ROUTES,
    *referral_api.API_ROUTES,
    *transfer_api.API_ROUTES,
    *evidence_api.API_ROUTES,
    *register_api.API_ROUTES,
    *insights_api.API_ROUTES,
)

ALERTS = Queue(
    "/alerts",
    "Alerts",
    count_new,
    danger=count_pressing,
    grave="A filtering or monitoring product calls what it saw grave",
)
HELD_REPORTS = Queue(
    "/incidents/held", "Held reports", count_held, "Reports by the public page wait to be looked at", count_danger
)


def create_app(settings: Settings | None = None) -> Litestar:
    """The whole service, ready to be served; its lifespan opens the database and the bell."""
    chosen = settings or environment.load()
    bind(chosen)
    app = build(PAGES, API_PARTS, lifespan=[_serving(chosen)])
    marking.check_routes(app)
    return app


def bind(chosen: Settings) -> None:
    """Give this process its keys, stores and texts, and each room what it needs of another."""
    logs.configure()
    load_profiles()
    load_frameworks()
    load_library()
    keys.use(keys.load(chosen.keys / "cookie"))
    counting.use(counting.together() if chosen.request_limits else None)
    disclosing.use(chosen.security_contact)
    surroundings.use(_surroundings(chosen))
    objects.use(objects.open_store(chosen.objects_url))
    masters.use(masters.Masters(chosen.keys))
    sealing.use(sealing.Ring(chosen.keys))
    scanner.use(chosen.scanner_url)
    reaching.allow_loopback(allowed=chosen.reaches_loopback)
    panels.bind(what_touched)
    panels.bind_registers(lines_of)
    origins.bind({"incident": incidents_that_taught, "audit": inspections_that_found})
    effects.bind(count_lessons)
    figures.bind(count_between)
    hinting.bind(what_stands_out)
    heralding.bind(present_signals)
    desk.bind(how_the_queue_stands)
    awaited.bind(list_awaited)
    referred.bind(list_unfinished)
    apart.bind(awaiting)
    beside.bind(ALERTS, HELD_REPORTS, LATE_RECEIPTS, INSPECTORS_QUESTIONS)
    withholding.bind(withhold, withhold_enclosures)
    leaving.bind(list_unsent)
    promised.bind(list_promised)
    departing.bind(find_unsent)
    chapters.bind(WithDisagreements(WithReferrals(IncidentChapter())))
    chapters.bind_parts(PARTS)
    involving.bind(IncidentParts())
    parting.bind(
        *handing_on.IN_HAND, cases.IN_HAND, sent.IN_HAND, programs.IN_HAND, webhooks.IN_HAND, worst_day.IN_HAND
    )
    acts.bind(
        *two_person.ACTS,
        *breaking.ACTS,
        *ending.ACTS,
        *admitting.ACTS,
        *connecting.ACTS,
        *disposing.ACTS,
        *acting.ACTS,
        *releasing.ACTS,
    )


def build(
    page_routes: Sequence[Any],
    api_routes: Sequence[Any],
    lifespan: Sequence[Callable[[Litestar], AbstractAsyncContextManager[None]]] = (),
) -> Service:
    """Litestar around these routes, with everything that every route passes through."""
    return Service(
        route_handlers=[
            Router("/", route_handlers=list(page_routes), include_in_schema=False),
            *([Router(API, route_handlers=list(api_routes), include_in_schema=True)] if api_routes else []),
        ],
        dependencies={"work": Provide(working.provide_work)},
        guards=[guarding.guard, uploading.guard],
        after_request=working.note_answer,
        after_exception=[working.recognise],
        exception_handlers={
            DomainError: refusing.refuse,
            Unreadable: refusing.refuse,
            HTTPException: refusing.refuse,
            Exception: refusing.refuse,
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(templates.environment())),
        openapi_config=documenting.description(),
        plugins=[HTMXPlugin()],
        request_max_body_size=LIMIT,
        multipart_form_part_limit=500,
        logging_config=None,
        lifespan=list(lifespan),
        debug=False,
    )


def _surroundings(settings: Settings) -> Surroundings:
    return Surroundings(
        public_url=settings.public_url,
        trusted_proxy=settings.trusted_proxy,
        profile_of=profile_of,
        sign_in_page=identity_routes.sign_in_page,
        proof_page=identity_routes.proof_page,
        drafts=KeptDrafts(),
        undecided=count_waiting,
        mails=settings.smtp_url is not None,
    )


def _serving(settings: Settings) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What is open while requests are served: the database, the bell, the port of the metrics."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        passwords.follow(settings.keys)
        database = pool.Database(settings.app_url, watch_key(settings.keys / "context"))
        try:
            async with database.connection() as connection:
                await checking.refuse(connection)
            await keep_kind_forms(database)
            pool.use(database)
            with _ringing(settings), metrics.serving_on(settings.metrics_port):
                _settle_memory()
                async with announcing.looking():
                    yield
        finally:
            pool.use(None)
            await database.close()

    return lifespan


@contextmanager
def _ringing(settings: Settings) -> Iterator[None]:
    """Ring for what is committed; closing rings what waits."""
    ringer = Ringer(open_broker(settings.broker_url, settings.app_url, consumes=False))
    ringer.open()
    try:
        yield
    finally:
        ringer.close()


def _settle_memory() -> None:
    """What start-up made stays for good: the collector need not look at it at every request (p99 47 -> 26 ms)."""
    gc.collect()
    gc.freeze()
    gc.enable()
