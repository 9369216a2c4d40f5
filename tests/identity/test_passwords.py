import pytest
from argon2 import PasswordHasher

from safeguard.errors import Invalid
from safeguard.identity import passwords
from safeguard.identity.denying import is_guessable

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "ручка дождь кресло",
        "🦊🐢🌧🎻🧵🪐🌵🧊🎲🪁🦜🧭",
        "x" * 20 + "never the same twice",
        "  spaces at both ends  ",
        "orange tiger guitar winter",
        "83920174658291",
    ],
)
def test_any_script_and_any_kind_of_character_is_taken(password: str) -> None:
    passwords.check(password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Passw0rd!2026",
        "qwertyuiop123",
        "123456789012",
        "aaaaaaaaaaaa",
        "summersummer12",
        "safeguarding2026",
        "dcba4321zyxw",
        "iloveyouiloveyou",
        "fuckyou12345",
        "zaq12wsxcde3",
        "unbelievable1",
        "mynameisjohn",
        "Juventus1234",
        "Wolverhampton",
    ],
)
def test_what_stands_in_every_list_of_breaches_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check(password)
    assert "try this password first" in refusal.value.errors[0].message


@pytest.mark.parametrize("password", ["Alder School 2026!", "jane.smith1987", "alder-jane-smith"])
def test_words_of_the_organisation_and_the_person_are_refused(password: str) -> None:
    own = ("Alder School", "Jane Smith", "jane.smith@alder.example")
    assert is_guessable(password, own)
    assert not is_guessable("alder and seven herons", own)


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (128, True), (129, False)])
def test_twelve_to_a_hundred_and_twenty_eight_characters(length: int, taken: bool) -> None:
    password = ("zebra quilt moss " * 8)[:length]
    if taken:
        passwords.check(password)
    else:
        with pytest.raises(Invalid):
            passwords.check(password)


async def test_a_password_is_taken_as_typed_and_kept_as_argon2id() -> None:
    stored = await passwords.hashed("  Seven Herons over the weir ")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "  Seven Herons over the weir ")
    assert not await passwords.verify(stored, "Seven Herons over the weir")
    assert not await passwords.verify(stored, "  seven herons over the weir ")


async def test_two_keyboards_type_the_same_accent() -> None:
    stored = await passwords.hashed("café on the corner")
    assert await passwords.verify(stored, "café on the corner")


async def test_the_same_password_never_gives_the_same_hash() -> None:
    assert await passwords.hashed("seven herons over") != await passwords.hashed("seven herons over")


async def test_weaker_settings_are_noticed() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("x"))
    assert not passwords.is_outdated(await passwords.hashed("seven herons over"))


async def test_nobody_has_no_password() -> None:
    assert not await passwords.verify(None, "nobody's password")
