"""The description of the API, where what makes it says less than is true."""

from typing import Any

from safeguard.web.documenting import complete


def test_a_list_is_described_by_what_it_holds_alone() -> None:
    held = {"$ref": "#/components/schemas/Url"}
    given: dict[str, Any] = {
        "Opened": {"properties": {"urls": {"type": "array", "maxItems": 5, "items": {"oneOf": [held, {}]}}}},
        "Step": {"oneOf": [{"type": "string"}, {"type": "null"}], "maxLength": 3},
        "Alone": {"oneOf": [held]},
    }
    made = complete({"components": {"schemas": given}})["components"]["schemas"]
    assert made["Opened"]["properties"]["urls"] == {"type": "array", "maxItems": 5, "items": held}
    assert (made["Step"], made["Alone"]) == (given["Step"], given["Alone"])
    assert given["Opened"]["properties"]["urls"]["items"] == {"oneOf": [held, {}]}, "the one given stays as it is"
