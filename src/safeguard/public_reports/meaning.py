"""Whom a child may mean who knows an adult by what they do here: "the headteacher", "our welfare officer".

A name is looked for by the database (`public.shut_out_meant`), which alone knows who works here. A title is looked for
in what was asked, never in the story: there a child may well tell whom they have told. It errs to the safe side: who is
kept from it by mistake is let in by two, and what the person meant has read stays read.
"""

import re
from typing import Final

from safeguard.access.roles import Role

_HEAD: Final = re.compile(
    r"\b(head ?(teacher|master|mistress|coach)|principal|(registered |home |care |service |club |general )manager"
    r"|chair(man|woman|person)?|boss|owner|proprietor|director|chief executive|in charge|runs (it|this|the)"
    r"|pennaeth|prifathro|prifathrawes|cadeirydd)\b"
    r"|(?<!deputy )(?<!assistant )(?<!vice )\b(head|manager|rheolwr)\b(?! of (?!(the )?(school|club|home|centre)))"
)
_LEAD: Final = re.compile(
    r"\b(safeguarding|safeguard|dsl|dsp|welfare (officer|lead)|child protection|designated (teacher|person|lead)"
    r"|diogelu)\b"
)


def titled(*said: str) -> tuple[Role, ...]:
    """The roles that these words name; nothing for "teacher" or "coach"."""
    plain = " ".join(" ".join(said).lower().replace("-", " ").split())
    head = (Role.HEAD,) if _HEAD.search(plain) else ()
    return (*head, *((Role.LEAD, Role.DEPUTY) if _LEAD.search(plain) else ()))
