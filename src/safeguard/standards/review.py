"""What a review, a rating, an item of evidence and an improvement are, as they are read and committed."""

from datetime import date, datetime
from typing import Literal, NamedTuple
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
    framework_version: str | None = None
    """The edition whose sentence was read; None: the review's, of a judgement that was never moved."""
    framework_digest: str | None = None
    scale: int | None = None
    """How many levels that edition has: level 2 of 3 says something else than level 2 of 5."""
    version: int = 1
    judged_at: datetime
    judged_by_name: str


class MadeWith(NamedTuple):
    """One text of a framework: what a review is made with."""

    version: str
    digest: str | None
    """Of the text, where it is a standard of the service."""
    scale: int | None
    """How many levels it has."""


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One review with what has been judged so far."""

    id: UUID
    framework: str
    framework_version: str
    framework_digest: str | None = None
    """Of the text that was read, where it is a standard of the service (`made_with`)."""
    scale: int | None = None
    """How many levels its edition has; None where it was begun before that was written down."""
    editions_left: tuple["MadeWith", ...] = ()
    """Those that it went on from, the last one last."""
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
        """The level of each control that has one on the scale of this review's edition."""
        return self.levels_of(self.scale)

    def levels_of(self, scale: int | None) -> dict[str, int]:
        """The level of each control that was judged on a scale of so many levels; None: whatever the scale."""
        return {
            rating.control: rating.level for rating in self.ratings
            if rating.level and (scale is None or (rating.level <= scale and self._scale_of(rating) in {None, scale}))
        }  # fmt: skip

    @property
    def edition(self) -> MadeWith:
        """The edition that it is made with now."""
        return MadeWith(self.framework_version, self.framework_digest, self.scale)

    def edition_of(self, rating: Rating) -> MadeWith:
        """The edition whose sentence was read when this was judged."""
        if rating.framework_version is None:
            return self.edition
        return MadeWith(rating.framework_version, rating.framework_digest, rating.scale)

    def _scale_of(self, rating: Rating) -> int | None:
        return rating.scale or (self.scale if rating.framework_version is None else None)

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


_NOT_COMMITTED = {"id", "version", "ratings", "owner_id", "origin_id", "editions_left"}


def review_document(review: Review) -> Document:
    """The committed document of this version of a review."""
    fields = _fields(review)
    fields.pop("scale", None)  # its edition says it
    return Document("review", review.id, review.version, fields)


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
