"""The web room's fixtures, for what people and programs should not send."""

from tests.web.conftest import notes, program, service, sign_in, stranger, surrounded

__all__ = ["notes", "program", "service", "sign_in", "stranger", "surrounded"]
