"""A report's data as its template takes it: every date said, every picture drawn, every character visible."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from safeguard.evidence.report.model import (
    Action,
    Asked,
    Case,
    Decision,
    Document,
    Look,
    Moment,
    Passage,
    Person,
    Section,
)
from safeguard.evidence.report.picture import month_columns, story_line
from safeguard.evidence.report.saying import count, day, minute, second, short_day
from safeguard.evidence.report.visible import visible_all

DISCLOSED = {
    "complete": (
        "Complete",
        "The pack holds every entry of the organisation's log up to the time above. A verifier shows that nothing was"
        " altered and that no entry about the records in this pack is missing.",
    ),
    "minimal": (
        "Minimal",
        "The pack holds the entries about its own records, and only the hashes of the others. A verifier shows that"
        " nothing was altered. It does not show that nothing else was written about these records.",
    ),
}
GONE = "disposals"
"""The section that says what was disposed of."""


def as_data(document: Document) -> dict[str, Any]:
    """The document as plain data, with the pictures left out of the making visible: they are ours."""
    zone = ZoneInfo(document.time_zone)
    said = visible_all(_front(document, zone) | {"listed": [_listed(case, zone) for case in document.cases]})
    said["cases"] = [] if _is_front(document) else [case_data(case, zone) for case in document.cases]
    if document.period:
        said["picture"] = month_columns(_months(document, zone), _months_in_part(*document.period))
    return said


def _is_front(document: Document) -> bool:
    """Whether the stories stand in volumes, and not here."""
    return document.volumes > 0 and document.volume == 0


def case_data(case: Case, zone: ZoneInfo) -> dict[str, Any]:
    """A case with its picture, which is ours and needs no making visible."""
    picture = story_line(case.moments, zone) if case.moments else ""
    return visible_all(_case(case, zone)) | {"picture": picture}


def _front(document: Document, zone: ZoneInfo) -> dict[str, Any]:
    name, sentence = DISCLOSED[document.proof.disclosure]
    proof = document.proof
    return {
        "title": document.title,
        "organisation": document.organisation,
        "as_of": minute(document.as_of, zone),
        "zone": f"{document.time_zone} ({document.as_of.astimezone(zone):%Z})",
        "period": [day(each) for each in document.period] if document.period else [],
        "pack": document.pack,
        "release": document.release,
        "disclosure": {"name": name, "sentence": sentence},
        "proof": {
            "log": proof.log, "size": f"{proof.size:,}", "shown": f"{proof.shown:,}",
            "fingerprint": proof.fingerprint, "key": proof.key,
        },
        "volume": document.volume,
        "volumes": document.volumes,
        "caption": document.caption,
        "notes": list(document.notes),
        "names_kept": document.names_kept,
        "asked": [_asked(each) for each in document.asked],
        "sections": [_section(each) for each in document.sections],
        "tallies": [{"number": f"{number:,}", "name": name} for name, number in _tallies(document.cases)],
        "figures": [{"label": label, "value": value} for label, value in _figures(document)],
        "says": _says(document, zone),
    }  # fmt: skip


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "title": asked.title,
        "asks": asked.asks,
        "shows": [*asked.shows],
        "before": [*asked.before],
        "note": asked.note,
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "code": section.code,
        "title": section.title,
        "says": section.says,
        "facts": [{"label": fact.label, "value": fact.value} for fact in section.facts],
        "passages": _passages(section.passages),
        "sheets": [
            {
                "caption": sheet.caption, "head": [*sheet.head], "rows": [[*row] for row in sheet.rows],
                "empty": sheet.empty, "wide": [*sheet.wide],
            }
            for sheet in section.sheets
        ],
    }  # fmt: skip


def _tallies(cases: Sequence[Case]) -> list[tuple[str, int]]:
    """The numbers on the cover of a period."""
    return [
        ("incidents", len(cases)),
        ("people named", sum(len(case.people) for case in cases)),
        ("steps", sum(len(case.moments) for case in cases)),
        ("decisions", sum(len(case.decisions) for case in cases)),
        ("acts in the log", sum(len(case.looks) for case in cases)),
    ]


def _figures(document: Document) -> list[tuple[str, str]]:
    cases = document.cases
    risks = Counter(case.risk_label for case in cases)
    figures = [("Incidents", f"{len(cases):,}")]
    figures += [(label, f"{number:,}") for label, number in sorted(Counter(case.state for case in cases).items())]
    figures += [(f"Risk: {label.lower()}", f"{number:,}") for label, number in sorted(risks.items())]
    return figures


def _says(document: Document, zone: ZoneInfo) -> str:
    """The sentences that say what the picture of the months means, and what of these days is gone."""
    if not document.period:
        return ""
    return f"{_said_of_months(document, zone)}{_said_of_gone(document)}"


def _said_of_months(document: Document, zone: ZoneInfo) -> str:
    """How many a month only of whole months, and which had most only where one had."""
    if not document.cases or not document.period:
        return "No incident was recorded in this period."
    months = _months(document, zone)
    sentence = f"{count(len(document.cases), 'incident was', 'incidents were').capitalize()} recorded"
    if len(months) == 1:
        return f"{sentence} in this period."
    first, last = document.period
    if parts := [f"{month:%B %Y}" for month in _months_in_part(first, last)]:
        were = "is" if len(parts) == 1 else "are"
        sentence += f" in {(last - first).days + 1:,} days. {' and '.join(parts)} {were} counted in part."
    else:
        sentence += f" in {count(len(months), 'month', 'months')}, {len(document.cases) / len(months):.1f} a month."
    most = max(number for _, number in months)
    those = [month for month, number in months if number == most]
    return f"{sentence} The most were in {those[0]:%B %Y}: {most:,}." if len(those) == 1 else sentence


def _months_in_part(first: date, last: date) -> list[date]:
    """The months of which some days only lie between these."""
    parts = [first] if first.day > 1 else []
    parts += [last] if (last + timedelta(days=1)).day > 1 else []
    return list(dict.fromkeys(each.replace(day=1) for each in parts))


def _said_of_gone(document: Document) -> str:
    """That of what was recorded in these days something may be here no more."""
    gone = sum(len(sheet.rows) for section in document.sections if section.code == GONE for sheet in section.sheets)
    if not gone or not document.period:
        return ""
    were, said = count(gone, "record was", "records were").capitalize(), "it" if gone == 1 else "they"
    return f" {were} disposed of since {day(document.period[0])}, and what {said} said is in this pack no more."


def _months(document: Document, zone: ZoneInfo) -> list[tuple[date, int]]:
    """Each month of the period with the number of cases that began in it."""
    if not document.period:
        return []
    first, last = document.period
    found = Counter(case.began.astimezone(zone).date().replace(day=1) for case in document.cases)
    months: list[tuple[date, int]] = []
    month = first.replace(day=1)
    while month <= last:
        months.append((month, found[month]))
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
    return months


def _listed(case: Case, zone: ZoneInfo) -> dict[str, str]:
    """A case as a line of the list."""
    return {
        "reference": case.reference,
        "title": case.title,
        "began": short_day(case.began.astimezone(zone)),
        "risk": case.risk,
        "risk_label": case.risk_label,
        "state": case.state,
    }


def _case(case: Case, zone: ZoneInfo) -> dict[str, Any]:
    return _listed(case, zone) | {
        "lead": case.lead,
        "facts": [{"label": fact.label, "value": fact.value} for fact in case.facts],
        "account": _passages(case.account),
        "people": [_person(person) for person in case.people],
        "picture_says": picture_says(case, zone),
        "moments": [_moment(moment, zone) for moment in case.moments],
        "decisions": [_decision(decision, zone) for decision in case.decisions],
        "actions": [_action(action, zone) for action in case.actions],
        "outcome": _passages(case.outcome),
        "looks": [_look(look, zone) for look in case.looks],
    }


def picture_says(case: Case, zone: ZoneInfo) -> str:
    """What the line of the story shows, in one sentence."""
    if not case.moments:
        return ""
    times = sorted(moment.at.astimezone(zone) for moment in case.moments)
    days = (times[-1].date() - times[0].date()).days
    steps = count(len(times), "step", "steps").capitalize()
    if not days:
        return f"{steps} on {day(times[0])}."
    return f"{steps} over {days + 1:,} days, from {day(times[0])} to {day(times[-1])}."


def _passages(passages: tuple[Passage, ...]) -> list[dict[str, str]]:
    return [{"label": passage.label, "words": passage.words} for passage in passages]


def _person(person: Person) -> dict[str, Any]:
    return {"name": person.name, "role": person.role, "detail": person.detail, "taken_out": person.taken_out}


def _moment(moment: Moment, zone: ZoneInfo) -> dict[str, Any]:
    changes = [{"label": each.label, "before": each.before, "after": each.after} for each in moment.changes]
    return {
        "day": _weekday(moment.at.astimezone(zone)),
        "time": f"{moment.at.astimezone(zone):%H:%M}" if moment.is_timed else "",
        "mark": moment.mark.value,
        "what": moment.what,
        "author": moment.author,
        "passages": _passages(moment.passages),
        "changes": changes,
        "corrects": moment.corrects,
        "corrected": moment.corrected,
    }


def _weekday(moment: datetime) -> str:
    return f"{moment:%A} {day(moment)}"


def _decision(decision: Decision, zone: ZoneInfo) -> dict[str, str]:
    when = minute(decision.at, zone)
    return {"at": when, "what": decision.what, "reason": decision.reason, "author": decision.author}


def _action(action: Action, zone: ZoneInfo) -> dict[str, str]:
    return {
        "what": action.what,
        "owner": action.owner,
        "due": short_day(action.due) if action.due else "no date",
        "done": f"Done {short_day(action.done_at.astimezone(zone))}" if action.done_at else "Open",
        "done_words": action.done_words,
    }


def _look(look: Look, zone: ZoneInfo) -> dict[str, str]:
    at = second(look.at, zone)
    return {"index": f"{look.index:,}", "at": at, "who": look.who, "role": look.role, "what": look.what}
