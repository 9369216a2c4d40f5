"""How much may be asked, by address, by session, by organisation: in one process and over several."""

import pytest
from httpx import ASGITransport, AsyncClient

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.errors import TooManyRequests
from safeguard.evidence import api as packs
from safeguard.transfers import api as transfers
from safeguard.web import counting, guarding, limits, serving, working
from safeguard.web.counting import Counter, address_of
from safeguard.web.limits import Rate
from tests.web.browsing import BASE

pytestmark = pytest.mark.anyio

FEW = Rate("requests", "tester", 60)


class Moments:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def moments() -> Moments:
    return Moments()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, moments: Moments):
    """A service that lets sixty requests in, whoever asks."""
    for room, name in ((serving, "BY_ADDRESS"), (guarding, "BY_ACCOUNT"), (working, "BY_ORGANISATION")):
        monkeypatch.setattr(room, name, Rate("requests", name, 60))
    counting.use(Counter(alone, moments))
    yield moments
    counting.use(None)


async def alone(_key: bytes, _untold: int, _minute: int) -> int:
    """Nobody else counts anything."""
    return 0


def let_in(counter: Counter, who: bytes, tries: int, weight: int = 1) -> int:
    """How many of so many requests are let in."""
    number = 0
    for _ in range(tries):
        try:
            counter.count(FEW, who, weight)
            number += 1
        except TooManyRequests:
            pass
    return number


async def test_a_bucket_takes_a_minutes_worth_at_once_and_leaks_at_its_rate(moments: Moments) -> None:
    counter = Counter(alone, moments)
    assert let_in(counter, b"one", 100) == 60
    assert let_in(counter, b"another", 100) == 60
    moments.at = 10.0
    assert let_in(counter, b"one", 100) == 10
    with pytest.raises(TooManyRequests) as refusal:
        counter.count(FEW, b"one", weight=10)
    assert refusal.value.retry_after == 10
    moments.at = 1000.0
    assert let_in(counter, b"one", 100, weight=20) == 3


async def test_processes_count_together_and_a_quiet_caller_costs_no_statement(
    database: pool.Database, moments: Moments
) -> None:
    who, asked = clock.random_bytes(16), 0

    async def together(key: bytes, untold: int, minute: int) -> int:
        nonlocal asked
        asked += 1
        return await counting._with_the_others(key, untold, minute)

    processes = [Counter(together, moments) for _ in range(3)]
    assert let_in(processes[0], b"quiet", 7) == 7
    assert asked == 0
    through = 0
    for _ in range(60):  # ten a second, as they come: turn by turn, each telling the others once a second
        for process in processes:
            through += let_in(process, who, 2)
            await process.settled()
        moments.at += 0.2
    assert asked > 0
    each = 60 + 12 * 1  # what one process alone would let in within these twelve seconds
    assert through < 2 * each  # and three that did not count together: three times that


async def test_whoever_asks_steadily_below_the_limit_is_never_refused(
    database: pool.Database, moments: Moments
) -> None:
    counter, who = Counter(counting._with_the_others, moments), clock.random_bytes(16)
    for _ in range(300):
        moments.at += 2
        assert let_in(counter, who, 1) == 1
    assert let_in(counter, who, 50) == 50
    await counter.settled()
    moments.at += 1
    assert let_in(counter, who, 5) == 5


async def test_without_a_database_each_process_goes_on_counting(moments: Moments) -> None:
    async def gone(_key: bytes, _untold: int, _minute: int) -> int:
        raise OSError

    counter = Counter(gone, moments)
    assert let_in(counter, b"one", 100) == 60
    await counter.settled()
    assert let_in(counter, b"one", 100) == 0


async def test_only_so_much_is_remembered(moments: Moments, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST", 100)
    counter = Counter(alone, moments)
    for number in range(1000):
        moments.at += 1
        counter.count(FEW, number.to_bytes(4))
    assert len(counter._buckets) <= 100


async def test_a_flood_from_one_address_is_refused_in_words_and_others_are_served(service, few: Moments) -> None:
    async def ask(address: str, times: int) -> list[int]:
        transport = ASGITransport(app=service, client=(address, 4000))
        async with AsyncClient(transport=transport, base_url=BASE) as client:
            answers = [await client.get("/public") for _ in range(times)]
        if answers[-1].status_code == 429:
            assert int(answers[-1].headers["retry-after"]) >= 1
            assert "Wait a few seconds" in answers[-1].text
            assert answers[-1].headers["cache-control"] == "no-store"
        return [answer.status_code for answer in answers]

    assert await ask("203.0.113.9", 62) == [200] * 60 + [429] * 2
    assert await ask("203.0.113.10", 1) == [200]
    assert await ask("127.0.0.1", 62) == [200] * 62  # this very machine: whoever stands behind it is counted otherwise


async def test_a_session_and_an_organisation_are_counted_wherever_they_come_from(sign_in, few: Moments) -> None:
    lead = await sign_in(Role.LEAD)
    colleague = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    elsewhere = await sign_in(Role.LEAD)
    assert {(await lead.get("/me")).status_code for _ in range(50)} == {200}
    assert [(await colleague.get("/me")).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert (await elsewhere.get("/me")).status_code == 200
    few.at += 30
    assert [(await lead.get("/me")).status_code for _ in range(32)].count(200) == 30


async def test_a_program_is_told_when_to_come_again(program, few: Moments) -> None:
    caller = await program(Role.LEAD)
    answers = [await caller.get("/api/v1/api-notes") for _ in range(61)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["content-type"].startswith("application/problem+json")
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        ("203.0.113.9", b"203.0.113.9"),
        ("::ffff:203.0.113.9", b"203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", b"2001:db8:1:2::"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
    ],
)
def test_an_address_is_counted_as_the_network_that_one_customer_has(client: str, counted: bytes | None) -> None:
    assert address_of(client) == counted


def test_an_export_is_heavy_also_where_it_is_the_second_thing_that_a_route_takes() -> None:
    weights = {
        handler.fn.__name__: guarding.weight_of(handler.opt) for handler in (*packs.API_ROUTES, *transfers.API_ROUTES)
    }
    heavy = {name for name, weight in weights.items() if weight == limits.HEAVY}
    assert heavy == {"create_pack", "download_pack", "create_transfer"}
    assert {weights[name] for name in weights.keys() - heavy} == {1}


def test_the_table_says_every_limit_once() -> None:
    named = [(limit.name, limit.per) for limit in limits.ALL]
    assert len(named) == len(set(named))
    assert {rate.told for rate in limits.RATES} <= set(limits.ALL)
