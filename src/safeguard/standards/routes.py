"""Pages: where we stand, a review and its controls, the action plan, the evidence, what helps."""

from safeguard.standards.evidence_routes import ROUTES as EVIDENCE_ROUTES
from safeguard.standards.files.routes import ROUTES as FILE_ROUTES
from safeguard.standards.framework_routes import ROUTES as FRAMEWORK_ROUTES
from safeguard.standards.given_routes import ROUTES as GIVEN_ROUTES
from safeguard.standards.plan_routes import ROUTES as PLAN_ROUTES
from safeguard.standards.resource_routes import ROUTES as RESOURCE_ROUTES
from safeguard.standards.review_routes import ROUTES as REVIEW_ROUTES
from safeguard.standards.table_routes import ROUTES as TABLE_ROUTES

ROUTES = [
    *REVIEW_ROUTES, *FRAMEWORK_ROUTES, *PLAN_ROUTES, *GIVEN_ROUTES, *EVIDENCE_ROUTES, *FILE_ROUTES, *RESOURCE_ROUTES,
    *TABLE_ROUTES,
]  # fmt: skip
