"""Bytes as text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases
from typing import Final

from wd_core.checks import Phrase, refuse_if_any, require

# How files begin that are no text, and what they are.
BEGINNINGS: Final = {
    b"PK\x03\x04": "Excel (XLSX) or ZIP",
    b"\xd0\xcf\x11\xe0": "Excel (XLS)",
    b"\x1f\x8b": "gzip",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}
MARKS: Final = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What is guessed between where it is no UTF-8: the first stands for those that read alike.
GUESSED: Final = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r"),
    *("gb18030", "big5", "cp949", "cp932", "euc_jp"),
)
# So many bytes tell the encoding: of lines that hold more than ASCII.
SAMPLE: Final = 20_000
# Without a mark at its beginning a text is UTF-16 where so many of every second byte are zero.
ZEROS: Final = 0.4
CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")


def decoded(raw: bytes, encoding: str | None) -> tuple[str, str]:
    """The text of these bytes and its encoding, the one that is given or the one it seems to be."""
    if encoding is not None:
        _require_known(encoding)
    kind = next((kind for start, kind in BEGINNINGS.items() if raw.startswith(start)), None)
    if kind:
        _refuse(
            Phrase(
                "the table must be text, such as CSV, or Parquet, got a file of the kind {kind}; a "
                "spreadsheet can be saved as CSV",
                kind=kind,
            )
        )
    name = encoding or _marked(raw) or _wide(raw) or _guess(raw)
    try:
        text = raw.decode(name)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        _refuse(
            Phrase(
                "the table must be text in the encoding {encoding}, got the byte {byte} at place "
                "{at}",
                encoding=repr(name),
                byte=f"0x{raw[at]:02x}" if at < len(raw) else "0x00",
                at=f"{at + 1:,}",
            )
        )
    return text.removeprefix("\ufeff"), name


def require_text(text: str) -> None:
    """Refuse what no table of text holds: control characters, and halves of characters."""
    found = CONTROL.search(text) or re.search(r"[\ud800-\udfff]", text)
    if found:
        _refuse(
            Phrase(
                "the table must be text, got the sign {sign} at place {at}, as in binary data",
                sign=ascii(found.group()),
                at=f"{found.start() + 1:,}",
            )
        )


def _refuse(fault: Phrase) -> None:
    refuse_if_any([fault])


def _require_known(encoding: object) -> None:
    known = isinstance(encoding, str) and len(encoding) < 50
    if known:
        try:
            info = codecs.lookup(str(encoding))
            names = {*aliases.values(), "utf_8_sig", "iso8859_1"}
            known = info._is_text_encoding and info.name.replace("-", "_") in names
        except (LookupError, ValueError):
            known = False
    require(known, "encoding", "the name of an encoding that Python knows", encoding)


def _marked(raw: bytes) -> str | None:
    return next((name for mark, name in MARKS.items() if raw.startswith(mark)), None)


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: of characters of ASCII every second byte is zero."""
    head = raw[:SAMPLE]
    if len(head) < 4 or len(raw) % 2:
        return None
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[first::2], head[1 - first :: 2]
        if zeros.count(0) > ZEROS * len(zeros) and not others.count(0):
            return name
    return None


def _guess(raw: bytes) -> str:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return _likeliest(raw)
    return "utf-8"


def _likeliest(raw: bytes) -> str:
    from charset_normalizer import from_bytes  # slow to import, and only such a text needs it

    telling = b""
    for line in raw.splitlines(keepends=True):
        if not line.isascii():
            telling += line[:SAMPLE]
        if len(telling) >= SAMPLE:
            break
    best = from_bytes(telling, cp_isolation=list(GUESSED)).best()
    if best is None:
        return GUESSED[0]
    alike = {best.encoding, *best.could_be_from_charset}
    name = next(name for name in (*GUESSED, best.encoding) if name in alike)
    if name == "cp949" and not _mostly_hangul(telling.decode(name, "replace")):
        return "gb18030"  # a Korean table has hardly a Chinese character
    return name


def _mostly_hangul(text: str) -> bool:
    letters = [sign for sign in text if not sign.isascii()]
    return sum("가" <= sign <= "힣" for sign in letters) > len(letters) / 2
