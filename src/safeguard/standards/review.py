"""What a review, a rating, an item of evidence and an improvement are, as they are read and committed."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue

Scope = Literal["first", "full"]
Source = Literal["review", "incident", "audit", "other"]
Progress = Literal["planned", "doing", "done", "dropped"]


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """Where one control stands, and why."""

    id: UUID
    control: str
    level: int | None = None
    commentary: str = ""
    version: int = 1
    judged_at: datetime
    judged_by_name: str


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One review with what has been judged so far."""

    id: UUID
    framework: str
    framework_version: str
    framework_digest: str | None = None
    """Of the text that was read, where it is a standard of the service (`made_with`)."""
    scope: Scope
    state: Literal["open", "signed"] = "open"
    statement: str = ""
    version: int = 1
    started_at: datetime
    started_by_name: str
    signed_at: datetime | None = None
    signed_by_name: str | None = None
    ratings: tuple[Rating, ...] = ()

    @property
    def levels(self) -> dict[str, int]:
        """The level of each control that has one."""
        return {rating.control: rating.level for rating in self.ratings if rating.level}

    @property
    def stamp(self) -> int:
        """Greater after every change of the review or of a judgement in it: what a signer has seen."""
        return self.version + sum(rating.version for rating in self.ratings)

    def rating(self, control: str) -> Rating | None:
        """What was said of a control."""
        return next((rating for rating in self.ratings if rating.control == control), None)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """Something that shows where an organisation stands."""

    id: UUID
    kind: str
    title: str
    description: str = ""
    kept_at: str = ""
    dated_on: date
    renew_on: date | None = None
    version: int = 1
    added_at: datetime
    added_by_name: str
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""
    supports: tuple[tuple[str, str], ...] = ()
    """(framework, control), in their order."""


class Improvement(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done so that a control stands better."""

    id: UUID
    framework: str
    control: str
    source: Source
    origin_id: UUID | None = None
    """The incident or the inspection: what it is called is for those who may know of it (`origins`)."""
    level_then: int | None = None
    """Where its control stood when it was planned."""
    words: str
    owner_id: UUID | None = None
    owner_name: str
    due_on: date
    state: Progress = "planned"
    progress: str = ""
    effect: str = ""
    version: int = 1
    planned_at: datetime
    planned_by_name: str
    finished_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether somebody still works on it."""
        return self.state in {"planned", "doing"}


_NOT_COMMITTED = {"id", "version", "ratings", "owner_id", "origin_id"}


def review_document(review: Review) -> Document:
    """The committed document of this version of a review."""
    return Document("review", review.id, review.version, _fields(review))


def rating_document(rating: Rating, review_id: UUID) -> Document:
    """The committed document of this version of a rating."""
    return Document("rating", rating.id, rating.version, _fields(rating) | {"review_id": str(review_id)})


def item_document(item: Item) -> Document:
    """The committed document of this version of an item of evidence."""
    return Document("proof", item.id, item.version, _fields(item))


def improvement_document(improvement: Improvement) -> Document:
    """The committed document of this version of an improvement."""
    return Document("improvement", improvement.id, improvement.version, _fields(improvement))


def _fields(struct: msgspec.Struct) -> dict[str, JSONValue]:
    """What is not empty, as JSON holds it; times in UTC as msgspec writes them."""
    built = msgspec.to_builtins(struct)
    return {name: value for name, value in built.items() if name not in _NOT_COMMITTED and value not in (None, "", [])}
