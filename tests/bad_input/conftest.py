"""The web room's fixtures, for what people and programs should not send."""

from tests.web.conftest import notes, program, sample_room, service, sign_in, stranger, surrounded

__all__ = ["notes", "program", "sample_room", "service", "sign_in", "stranger", "surrounded"]
