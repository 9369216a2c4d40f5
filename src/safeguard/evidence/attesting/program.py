"""The process that asks others to attest: one question as JSON on standard input, the answer as JSON on the other side.

A process of its own for the same reasons as the typesetter: whoever started it ends it when its time is up, however
slowly somebody outside drips bytes, and what it loads for a minute, no worker carries for good.
"""

import sys
from base64 import b64decode
from pathlib import Path

import msgspec

from safeguard import clock
from safeguard.evidence.attesting.authority import Authority, Stamping, stamp_now
from safeguard.evidence.attesting.certificates import Unusable, read
from safeguard.evidence.attesting.faults import Fault, Unattested
from safeguard.evidence.attesting.reports import sign_report
from safeguard.evidence.attesting.talking import Answer, Sign, Stamp


def answer(question: Stamp | Sign) -> Answer:
    """What came of it; a fault is an answer too."""
    try:
        return _stamp(question) if isinstance(question, Stamp) else _sign(question)
    except Unattested as refusal:
        return Answer(fault=refusal.fault)
    except Unusable:
        return Answer(fault=Fault.UNUSABLE)


def _stamp(question: Stamp) -> Answer:
    token = stamp_now(Authority(question.url, Path(question.roots)), b64decode(question.digest))
    return Answer(token.response, f"{token.authority}, {token.time}")


def _sign(question: Sign) -> Answer:
    certificate = read(Path(question.certificate))
    if not certificate.holds_at(clock.now()):
        return Answer(fault=Fault.EXPIRED)
    stamping = Stamping(Authority(question.url, Path(question.roots))) if question.url else None
    seal = sign_report(Path(question.report).read_bytes(), certificate, stamping)
    return Answer(seal, f"{certificate.holder}, by {certificate.issuer}")


def main() -> None:
    """One question, one answer."""
    question = msgspec.json.decode(sys.stdin.buffer.read(), type=Stamp | Sign)
    sys.stdout.buffer.write(msgspec.json.encode(answer(question)))


if __name__ == "__main__":
    main()
