"""The worker knows an actor for every kind of job, in its kind's queue."""

import json
import subprocess
import sys

from safeguard.jobs.kinds import KINDS

SCRIPT = """
import json
from safeguard.jobs.brokers import open_broker
broker = open_broker(None, "postgresql://nobody@127.0.0.1:1/nowhere", consumes=False)
from workers import actors
print(json.dumps({name: broker.get_actor(name).queue_name for name in actors.NAMES}))
"""


def test_every_kind_of_job_has_its_actor_in_its_queue() -> None:
    # In a process of its own, as the worker is: declaring actors changes the broker of the whole process.
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {name: kind.queue for name, kind in KINDS.items()}
