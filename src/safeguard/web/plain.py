"""A page without layout, style or script: what people get when even the layout fails."""

from typing import Any

from markupsafe import Markup, escape

from safeguard.web.directions import neutral_page

_FRAME = Markup("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} · Safeguard</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main id="main"><h1>{title}</h1><p id="refusal">{detail}</p>
{errors}{kept}{reference}<p><a href="/">Go to the start page</a></p>
<p>If somebody may be in danger, do not wait: call 999 and tell your safeguarding lead in person.</p>
</main></body></html>
""")


def page(*, title: str, detail: str, errors: Any = (), kept: Any = None, reference: str | None = None, **_: Any) -> str:
    """What happened and what was typed, escaped."""
    said = _FRAME.format(
        title=title,
        detail=detail,
        errors=Markup("").join(Markup("<p>{}</p>").format(error.message) for error in errors),
        kept=_kept(kept) if kept else "",
        reference=Markup("<p>Reference: <strong>{}</strong></p>").format(reference) if reference else "",
    )
    return neutral_page(said)


def _kept(kept: Any) -> Markup:
    fields = (
        Markup("<p><label>{0}<br><textarea readonly rows=6 cols=60>\n{1}</textarea></label></p>").format(name, value)
        for name, value in kept.typed
    )
    return Markup("<h2>What you typed</h2>") + Markup("").join(fields) + escape("")
