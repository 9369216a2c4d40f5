"""All actors, by importing the modules that declare them. Import after a broker was opened."""

import dramatiq

from workers import (
    carrying,
    chasing,
    checking,
    counting,
    delivering,
    enclosing,
    enrolling,
    erasing,
    heralding,
    hooking,
    importing,
    looking,
    packing,
    placing,
    relieving,
    reporting,
    retelling,
    sealing,
    telling,
)

NAMES = frozenset(dramatiq.get_broker().get_declared_actors())
MODULES = (
    carrying, chasing, checking, counting, delivering, enclosing, enrolling, erasing, heralding, hooking, importing,
    looking, packing, placing, relieving, reporting, retelling, sealing, telling,
)  # fmt: skip
