"""The worked vector of the evidence format, byte by byte."""

from base64 import b64encode

from safeguard.audit import documents
from safeguard.evidence.verifying.notes import parse_key
from tests.evidence.synthetic import FIRST, LOG, ORIGIN, SyntheticLog


def test_the_leaves_and_the_root_are_those_of_the_vector(worked: SyntheticLog) -> None:
    assert [leaf.hash.hex() for leaf in worked.leaves] == [
        "55b36c38eb413be87995799e24ac76d53638020ca9cd57d597d94e6a9131ebd8",
        "a1d9f3b835ebc176d1c6cc0b6f8bddf23eb6c05dc8e01e85bbc6fe1c66c564cf",
        "57a3c8a84ffba7626084ff2f6b160d06516e29a5cef311ca4880ed84a15079ab",
    ]
    assert worked.root.hex() == "91afbe088759640b7afca0784e19f14a1cd8640c39594e942ceda7ea84fc9ec8"


def test_the_commitment_binds_both_fields(worked: SyntheticLog) -> None:
    version = worked.versions["incident", FIRST][0]
    digests = {
        name: documents.field_digest(name, (field.value or "").encode(), field.salt or b"")
        for name, field in version.fields.items()
    }
    assert digests["summary"].hex() == "47f308d85c3e99cf917f7e2dac1b92ed32a07f431753689423a0c0c5f959f3d5"
    assert digests["risk"].hex() == "d26cbc22a1b652cdd08bf2b3e19b9f17f5bbd1cf507cf7cd412d3d2c7c1a393c"
    commitment = documents.commitment(sorted(digests.items()), version.salt)
    assert b64encode(commitment).decode() == "3nBFQRCmE5874Mt7yaTUnp+zmplnY3zG0kObeQLe7Xc="


def test_handles_tell_nothing_without_their_salt(worked: SyntheticLog) -> None:
    assert b64encode(worked.leaves[0].handle).decode() == "Y1ICoVK6MmxuNzKAKBlpohaVk4bsjLPslmniCmIrC6Q="
    assert b64encode(worked.leaves[1].handle).decode() == "ScxkR14rCSJ58aosZlcSdpidvpal9Fmdh8d9B1ZaEw4="
    assert str(LOG).encode() not in worked.leaves[0].entry


def test_the_checkpoint_note_is_that_of_the_vector(worked: SyntheticLog) -> None:
    assert worked.key.vkey == ("safeguard.example/t/0123abcd/1+ec5a17e5+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    assert parse_key(worked.key.vkey).name == ORIGIN
    assert worked.checkpoint() == (
        "safeguard.example/t/0123abcd/1\n3\nka++CIdZZAt6/KB4ThnxShzYZAw5WU6ULO2n6oT8nsg=\n\n"
        "— safeguard.example/t/0123abcd/1 "
        "7FoX5V0fi80U+hVETotIuKBsb/2kRL2R/rUD2rFca9aLDCajBW3UC2OTjl6JBljLoua4yX8ajgRPbdTQggSxReNQXgk=\n"
    )
