"""What a document of Office or OpenDocument holds: its parts, and every word that stands in them.

Names stand beside the text too: of sheets, in text boxes and headers, in comments and threads, in tracked changes, in
what a picture was said to show and in where a link leads. So every part is read, and one that cannot be is no part of a
letter. Words within a line follow each other, as a name that is half bold does; whatever else a mark is, it parts them.
"""

import html
import re
import zipfile
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

INSIDE: Final = re.compile(
    r"(^|/)(media|Pictures|embeddings|ink|Object [^/]*|ObjectReplacements)/"
    r"|\.(png|jpe?g|jpe|jfif|jp2|jxl|jxr|wdp|hdp|gif|bmp|dib|tiff?|webp|hei[cf]|avif|ico|pcx|pict?|eps|cgm"
    r"|[ew]m[fz]|svgz?|mp[34]|m4[av]|mov|avi|wm[av]|wav|ogg)$",
    re.IGNORECASE,
)
"""Pictures, recordings and what lies inside as a document of its own."""
THUMBNAIL: Final = re.compile(r"^(Thumbnails/.|docProps/thumbnail\.)", re.IGNORECASE)
"""A small picture of page one, that a program put in when it saved."""
READ: Final = re.compile(r"\.(xml|rels|vml|rdf)$|(^|/)printerSettings\d*\.bin$", re.IGNORECASE)
WORDLESS: Final = re.compile(r"/$|^mimetype$|(^|/)layout-cache$|\.(odttf|ttf|otf|fntdata)$", re.IGNORECASE)
"""Folders, letters to print with, and where lines were broken."""
PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DRAWN: Final = re.compile(rb"binary-?data|binData|data:image/", re.IGNORECASE)
"""A picture that stands amid the words."""

MARKS: Final = re.compile(r"<[^<>]*>")
NAME: Final = re.compile(r"</?(?:\w+:)?([\w-]+)")
_JOINING: Final = (
    "r t rPr rStyle rFonts rFont b bCs i iCs u caps smallCaps strike dstrike outline shadow emboss imprint noProof"
    " vanish webHidden color spacing w kern position sz szCs highlight effect bdr shd vertAlign rtl cs em lang family"
    " scheme charset condense extend proofErr bookmarkStart bookmarkEnd ins del delText moveFrom moveTo hyperlink"
    " smartTag smartTagPr sdt sdtPr sdtContent lastRenderedPageBreak softHyphen rPrChange commentRangeStart"
    " commentRangeEnd commentReference footnoteReference endnoteReference annotationRef permStart permEnd latin ea sym"
    " solidFill srgbClr schemeClr ln noFill effectLst hlinkClick span a soft-page-break bookmark bookmark-start"
    " bookmark-end bookmark-ref change change-start change-end annotation-end toc-mark"
)
JOINS: Final = frozenset(_JOINING.split())
"""Marks within a line, that part no word."""
BLANKS: Final = frozenset({"s", "tab", "noBreakHyphen"})
_VALUE: Final = r"""\s*=\s*(?:"([^"<]*)"|'([^'<]*)')"""
SAID: Final = re.compile(
    r"(?<![\w.-])(?<!:font w:)(?<!lsdException w:)(?:author|initials|name|title|descr|description|Target|href|tooltip"
    r"|lastModifiedBy|user|userName|userId|displayName|display-name|displayText|display|caption|label|alt|v|comment"
    r"|string-value|string|prompt|promptTitle|error|errorTitle|connection|connectionString|command|sourceFile"
    r"|totalsRowLabel|location|anchor)" + _VALUE
)
"""What people wrote, or are called, within a mark."""
CALLED: Final = re.compile(
    r"<(?:\w+:)?(?:alias|tag|docVar|listItem|listEntry|statusText|helpText|default|query|name|filter|customFilter)\s"
    r"[^<>]*?\b(?:val|value)" + _VALUE
)
ANY: Final = re.compile(_VALUE.removeprefix(r"\s*"))
PRINTABLE: Final = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\0){3,}")
ENCODING: Final = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-?(?:8|16)|us-ascii)""", re.IGNORECASE)


def why_not(parts: Sequence[zipfile.ZipInfo]) -> str:
    """Why a document with these parts stays, as a code; empty for one that may be read."""
    shows = [part.filename for part in parts if INSIDE.search(part.filename)]
    if any(not THUMBNAIL.match(name) for name in shows):
        return "pictures"
    if any(THUMBNAIL.match(part.filename) for part in parts):
        return "preview"
    if any(not READ.search(part.filename) and not WORDLESS.search(part.filename) for part in parts):
        return "files"
    return "" if all(part.compress_type in PACKED for part in parts) else "damaged"


def holds_words(part: zipfile.ZipInfo) -> bool:
    """Whether there is anything to read in it."""
    return READ.search(part.filename) is not None


def words_of(name: str, part: bytes) -> str:
    """Every word of a part, in its text and in its marks; raises `ValueError` for letters that nobody uses."""
    if name.lower().endswith(".bin"):
        return "\n".join(run.decode("utf-16-le") for run in PRINTABLE.findall(part))
    text = _decoded(part)
    said = [found.group(1) or found.group(2) or "" for found in _said(name).finditer(text)]
    called = [found.group(1) or found.group(2) or "" for found in CALLED.finditer(text)]
    shown = MARKS.sub(_instead, text.replace("<![CDATA[", "").replace("]]>", ""))
    whole = "\n".join((shown, *dict.fromkeys(unquote(each) for each in (*said, *called))))
    return re.sub(r"\n\s*\n", "\n", html.unescape(whole))


def _said(name: str) -> re.Pattern[str]:
    return ANY if name.lower().startswith("customxml/") else SAID


def _instead(mark: re.Match[str]) -> str:
    """What stands in the place of a mark; a remark is words too."""
    whole = mark.group()
    if whole.startswith(("<!", "<?")):
        return f"\n{whole[2:-1]}\n" if not whole.startswith("<?xml ") else "\n"
    kind = NAME.match(whole)
    local = kind.group(1) if kind else ""
    return "" if local in JOINS else " " if local in BLANKS else "\n"


def _decoded(part: bytes) -> str:
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        return part.decode("utf-16", errors="replace")
    if b"\0" in part[:4]:
        return part.decode("utf-16-be" if part.startswith(b"\0") else "utf-16-le", errors="replace")
    if ENCODING.match(part):
        raise ValueError("letters of another kind")
    return part.decode("utf-8-sig", errors="replace")
