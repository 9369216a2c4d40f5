"""Answers that people read: a template in its surroundings, or only the part of it that HTMX swaps.

A handler says `return page(request, "incidents/list.html", fragment="incidents/_rows.html", rows=rows)`. The page
includes its own fragment, so both are the same file and both work.
"""

from collections.abc import Hashable, Mapping
from typing import Any, cast

from jinja2 import Environment
from litestar import Request
from litestar.datastructures import Cookie
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Redirect, Response, Template

from safeguard import clock
from safeguard.access.policy import permissions_of
from safeguard.web import announcing, cookies, csrf, drafting, exchange, patterns, surroundings
from safeguard.web.exchange import Exchange
from safeguard.web.viewing import Viewer

HTML = "text/html"


def page(
    request: Request[Any, Any, Any], template: str, fragment: str | None = None, status: int = 200, **context: Any
) -> Template:
    """The template with what every page is given; its fragment when HTMX asks for less than a page."""
    served = exchange.current()
    name = fragment if fragment and wants_fragment(request) else template
    surrounded = given(served) | context
    return Template(
        name,
        context=surrounded,
        status_code=status,
        media_type=HTML,
        headers={"Vary": "HX-Request"} if fragment else None,
        cookies=new_cookies(served),
    )


def framed(
    request: Request[Any, Any, Any],
    template: str,
    fragment: str | None = None,
    *,
    own: Mapping[str, Any],
    key: Hashable,
    holes: Mapping[str, object],
) -> Response[str]:
    """As `page`, where all but the holes stays the same for this viewer: rendered once, then only filled in.

    It is given what every page is, except `now`: what depends on the time goes into a hole. `key` stands for what it
    has of its `own`; None says that this page is not to be kept.
    """
    served = exchange.current()
    name = fragment if fragment and wants_fragment(request) else template
    surrounded = given(served)
    del surrounded["now"]
    values = {**holes, "csrf_token": surrounded.pop("csrf_token")}
    frame = patterns.frame_of(environment_of(request), name, surrounded, own, tuple(values), key)
    return Response(
        frame.filled(values),
        media_type=HTML,
        headers={"Vary": "HX-Request"} if fragment else None,
        cookies=new_cookies(served),
    )


def environment_of(request: Request[Any, Any, Any]) -> Environment:
    """The environment in which this request's templates are rendered."""
    engine = cast("JinjaTemplateEngine", request.app.template_engine)
    return engine.engine


def after(path: str) -> Redirect:
    """Where to go once a form was taken: a reload shows the page and sends nothing again."""
    return Redirect(path, status_code=303)


def wants_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether HTMX wants a part to swap, and not a whole page to restore or to show."""
    headers = request.headers
    whole = headers.get("hx-history-restore-request") == "true" or headers.get("hx-boosted") == "true"
    return headers.get("hx-request") == "true" and not whole


def given(served: Exchange) -> dict[str, Any]:
    """What every template is given."""
    viewer = served.viewer
    return {
        "request_path": served.path,
        "organisation": viewer and viewer.organisation,
        "profile": viewer and profile_of(viewer),
        "user": viewer,
        "organisations": viewer.elsewhere if viewer else (),
        "may": permissions_of(viewer.actor.roles, assured=viewer.actor.assured) if viewer else frozenset[str](),
        "csrf_token": csrf_token(served),
        "draft": served.draft or drafting.mark_of(served.fields),
        "now": clock.now(),
        "announcement": announcing.current(),
    }


def profile_of(viewer: Viewer) -> Any:
    """The words and lists of the viewer's kind of organisation."""
    return surroundings.current().profile_of(viewer.organisation.kind, viewer.organisation.nation)


def csrf_token(served: Exchange) -> str:
    """A fresh token for this rendering, bound to the session, or to the visitor before there is one."""
    if served.viewer and served.session_hash and served.viewer.actor.user_id:
        return csrf.issue(served.session_hash, served.viewer.actor.user_id, served.viewer.organisation.id)
    if served.visitor is None:
        served.visitor = cookies.new_visitor()
        served.new_visitor = True
    return csrf.issue(served.visitor.encode())


def new_cookies(served: Exchange) -> list[Cookie]:
    """The visitor's cookie, when the token of this page was the first to need one."""
    return [cookies.visitor_cookie(served.visitor)] if served.new_visitor and served.visitor else []
