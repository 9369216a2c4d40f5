"""What a redaction takes for a name, and what it leaves in its sentence."""

from uuid import UUID

from safeguard.evidence.packs.contents import FieldValue, RecordContent, VersionContent
from safeguard.evidence.packs.redacting import redaction_of


def known_as(*names: str) -> RecordContent:
    fields = {f"people.{at}.name": FieldValue(f'"{name}"', bytes(32)) for at, name in enumerate(names, start=1)}
    return RecordContent("incident", UUID(int=1), bytes(32), (VersionContent(1, bytes(32), fields),))


def test_what_people_write_for_a_name_that_they_do_not_know_is_no_name_by_itself() -> None:
    told = redaction_of([known_as("Not known", "Unknown pupil", "Robin Not", "Will Child")]).told
    words = "Not phones. The Unknown. NOT KNOWN came with robin not and Robin; Child and Will saw it."
    assert told("entry", {"words": words}) == {
        "words": "Not phones. The Unknown. Person 1 came with Person 3 and Person 3; Person 4 and Person 4 saw it."
    }
