"""Figures and what is known: the routes and who may use them."""

from typing import Final

from safeguard.access.policy import Marker, Permission

P = Permission

ROUTES: Final[dict[str, Permission | Marker]] = {
    "GET /insights": P.INSIGHTS_OPEN,
    "GET /insights/tables/{name}": P.INSIGHTS_READ,
    "GET /insights/group": P.GROUP_READ,
    "GET /insights/group/table.csv": P.GROUP_READ,
    "GET /insights/group/tables/{name}": P.GROUP_READ,
    "GET /insights/reports": P.INSIGHTS_READ,
    "POST /insights/reports": P.STANDARDS_REVIEW,
    "GET /insights/reports/{paper_id}": P.INSIGHTS_READ,
    "GET /insights/reports/{paper_id}/report.pdf": P.INSIGHTS_READ,
    "GET /insights/involvement": P.INSIGHTS_READ,
    "GET /insights/lessons": P.INSIGHTS_EXACT,
    "GET /insights/statement": P.INSIGHTS_EXACT,
    "POST /insights/statement": P.INSIGHTS_EXACT,
    "GET /resources": P.RESOURCES_READ,
    "GET /resources/new": P.RESOURCES_KEEP,
    "POST /resources/new": P.RESOURCES_KEEP,
    "GET /resources/{resource_id}": P.RESOURCES_KEEP,
    "POST /resources/{resource_id}": P.RESOURCES_KEEP,
    "POST /resources/{resource_id}/withdraw": P.RESOURCES_KEEP,
}
