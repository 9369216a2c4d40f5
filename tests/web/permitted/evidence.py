"""Packs, the audit log and inspections: the routes and who may use them."""

from typing import Final

from safeguard.access.policy import Marker, Permission

P = Permission

ROUTES: Final[dict[str, Permission | Marker]] = {
    "GET /inspections": P.INSPECTION_MANAGE,
    "POST /inspections": P.INSPECTION_MANAGE,
    "GET /inspections/new": P.INSPECTION_MANAGE,
    "GET /inspections/here": P.INSPECTION_MANAGE,
    "GET /inspections/here/cases": P.INSPECTION_MANAGE,
    "GET /inspections/here/{incident_id}": P.INSPECTION_MANAGE,
    "GET /inspections/{inspection_id}": P.INSPECTION_MANAGE,
    "POST /inspections/{inspection_id}/packs": P.INSPECTION_MANAGE,
    "POST /inspections/{inspection_id}/packs/{pack_id}/back": P.INSPECTION_MANAGE,
    "POST /inspections/{inspection_id}/questions/{question_id}/answer": P.INSPECTION_MANAGE,
    "POST /inspections/{inspection_id}/end": P.INSPECTION_MANAGE,
    "GET /inspect": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}": P.INSPECTION_READ,
    "POST /inspect/{inspection_id}/notes": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/packs/{pack_id}": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/packs/{pack_id}/records/{kind}/{record_id}": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/packs/{pack_id}/report.pdf": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/packs/{pack_id}/download": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/live": P.INSPECTION_READ,
    "GET /inspect/{inspection_id}/live/{incident_id}": P.INSPECTION_READ,
    "GET /take-along": P.RECORDS_TAKE,
    "POST /take-along": P.EVIDENCE_EXPORT,
    "GET /take-along/concerns.csv": P.CONCERN_RAISE,
    "GET /take-along/concerns.xlsx": P.CONCERN_RAISE,
    "GET /evidence": P.EVIDENCE_READ,
    "POST /evidence": P.EVIDENCE_EXPORT,
    "GET /evidence/new": P.EVIDENCE_EXPORT,
    "GET /evidence/{pack_id}": P.EVIDENCE_READ,
    "GET /evidence/{pack_id}/download": P.EVIDENCE_EXPORT,
    "GET /audit": P.AUDIT_READ,
    "GET /audit/weeks": P.AUDIT_READ,
    "GET /audit/weeks/{week_id}": P.AUDIT_READ,
    "GET /audit/weeks/{week_id}/checkpoint": P.AUDIT_READ,
    "GET /audit/check": P.AUDIT_READ,
    "POST /audit/check": P.AUDIT_READ,
}
