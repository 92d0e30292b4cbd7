"""What holds on every page in every case: each check names what it found, or nothing."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pages.shared.numbers import Digits
from tests.matrix import formulas, traces
from wd_core import DATASETS, OPTIMIZERS

if TYPE_CHECKING:
    from tests.matrix.driver import Visit

Check = Callable[["Visit"], Iterator[str]]

# Things that are counted in sentences.
COUNTED = (
    "examples|rows|steps|epochs|features|directions|weights|batches|runs|seeds|dimensions|columns"
    "|numbers|cells|points|curves|patients|sets|folds|values|decades|times"
)
PLURAL = re.compile(rf"(?<![\d.,·×/=−-] )(?<![\d.,])\b1 (?:[a-z]+ )?(?:{COUNTED})\b(?! of)")
ASCII_MINUS = re.compile(r"(?:^|(?<=[\s(=≈<>≤≥,·×/]))-\d")
# "None" begins a sentence, and is no word elsewhere.
NO_NUMBER = re.compile(r"(?<![\w.])(?:nan|NaN|inf|Infinity|(?<![.:;] )(?<!^)None)(?!\w)")
UNFILLED = re.compile(r"(?<![\\_^}%])\{[a-z_]+\}|<[\w.]+ object|<function")
# What SI prefixes, Plotly's own choice, make of small and large numbers.
PREFIXED = re.compile(r"\d\s?[µμ](?![\w(])|^\d+(?:\.\d+)?[pnmkMG]$")
# Below and above these Plotly's own ticks get such a prefix.
SMALLEST, LARGEST = 1e-3, 1e6
# Where sentences stand, and a number in one: digits that are no part of a formula such as 2/h, and
# no bare 0, which is a limit and not a measurement.
SPOKEN = ("markdown", "caption", "box", "sentence", "note")
LOOSE = re.compile(
    r"(?<![\w/^_.(·−+×-])(?<![−+×·] )(?!0(?![.\d]))[−-]?\d+(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
    r"(?![\w/(^²³])(?! [−+·×])"
)
# A text with three digits is at most half of its last one from its number.
HALF_A_DIGIT = 0.5000001
# A number that was made a text before it came into its sentence.
NUMBER = re.compile(r"[−-]?\d+(?:\.\d+)?")


def no_error(seen: Visit) -> Iterator[str]:
    """The page shows no error."""
    yield from (str(node.value) for node in seen.page.error)


def legends_are_drawn(seen: Visit) -> Iterator[str]:
    """Every entry of a legend has a point within its panel, or a note in that panel says why."""
    for payload in seen.payloads:
        if payload.get("stream"):
            continue  # the points are still to come
        notes = traces.panels_of_notes(payload)
        noted = {panel for panel, text in notes if re.search(r"[^\W\d_]{2}", text)}
        for trace in traces.drawn(payload):
            if trace.in_legend and not trace.inside.any():
                axis = str(trace.trace.get("xaxis", "x"))
                if axis not in noted:
                    yield f"“{trace.name}” stands in the legend and has no point in its panel"


def pictures_tell_what_they_show(seen: Visit) -> Iterator[str]:
    """Behind what is drawn stands for every picture what it shows: who cannot see it hears that."""
    for payload in seen.payloads:
        said = [
            payload.get("finding") or payload.get("sentence"),
            *(payload.get("sentences") or ()),
        ]
        if not all(said[1:] or said):
            yield f"{payload.get('run')} has no finding"


def formulas_balance(seen: Visit) -> Iterator[str]:
    """What a formula opens it closes."""
    for latex in _formulas(seen):
        yield from (f"{fault} in {latex}" for fault in formulas.unbalanced(latex))


def formulas_agree(seen: Visit) -> Iterator[str]:
    """In a = b, where both sides are numbers, they are the same."""
    for latex in _formulas(seen):
        yield from (f"{fault} in {latex}" for fault in formulas.disagreements(latex))
    for _, text in seen.shown():
        yield from (f"{fault} in {text}" for fault in formulas.sentence_disagreements(text))


def words_are_clean(seen: Visit) -> Iterator[str]:
    """No "1 examples", no hyphen for a minus, no "nan", in anything that is shown."""
    for place, text in seen.shown():
        prose = _prose(text) if place != "hover" else ""
        for pattern in (PLURAL, ASCII_MINUS, NO_NUMBER):
            match = pattern.search(prose)
            if match:
                yield f"“{match[0]}” in {place}: {text}"


def places_are_filled(seen: Visit) -> Iterator[str]:
    """No text shows a place {name} that was to be filled, nor a Python object."""
    for place, text in seen.shown():
        if place != "hover" and re.search(
            r"(?<![\\_^}%])\{[a-z_]+\}|<[\w.]+ object|<function", text
        ):
            yield f"{place}: {text}"


def digits_show_their_value(seen: Visit) -> Iterator[str]:
    """The digits of every number in a sentence are those of its value."""
    for said in seen.said:
        for name, value in said.values.items():
            if isinstance(value, Digits) and not shows(value):
                yield f"{name} = {value.value!r} is shown as {value} in: {said}"
            if type(value) is str and NUMBER.fullmatch(value):
                yield f"{name} is a text, “{value}”, and no number in: {said}"


def numbers_are_said(seen: Visit) -> Iterator[str]:
    """No sentence holds a number that is no named value, except in what the entries say."""
    known = sorted({*map(str, seen.said), *_facts()}, key=len, reverse=True)
    for place, text in seen.shown():
        if place not in SPOKEN:
            continue
        rest = _prose(text)
        for said in known:
            rest = rest.replace(said, " ").replace(_prose(said), " ")
        match = LOOSE.search(rest)
        if match:
            yield f"{match[0].strip()} is no named value in {place}: {text}"


def _facts() -> Iterator[str]:
    """Texts of the registries and of presets, which are literals and have no numbers of a run."""
    for name, module in list(sys.modules.items()):
        if name.startswith("pages.") and name.endswith("presets"):
            for thing in vars(module).values():
                presets = thing if isinstance(thing, tuple | list) else ()
                for preset in presets:
                    if hasattr(preset, "look_for"):
                        yield from (preset.name, preset.look_for)
    for entry in (*OPTIMIZERS.values(), *DATASETS.values()):
        for value in vars(entry).values():
            if isinstance(value, str) and value:
                yield value


def shows(digits: Digits) -> bool:
    """Whether a text shows its value, to three digits at least."""
    text = formulas._powers(str(digits)).replace("−", "-").replace("+", "")
    text = re.sub(r"[ \u202f]", "", text).replace("∞", "inf")
    value = digits.value * (100 if text.endswith("%") else 1)
    try:
        shown = float(text.removesuffix("%"))
    except ValueError:
        return False
    if value == 0 or not math.isfinite(value):
        return shown == value
    last = 10.0 ** (math.floor(math.log10(abs(value))) - formulas.DIGITS + 1)
    return abs(shown - value) <= HALF_A_DIGIT * last


def ticks_are_plain(seen: Visit) -> Iterator[str]:
    """No tick reads "10µ": small and large numbers have powers."""
    for place, text in seen.shown():
        if place == "tick" and PREFIXED.search(text):
            yield f"tick {text}"
    for payload in seen.payloads:
        layout = (payload.get("figure") or {}).get("layout", {})
        for name, axis in layout.items():
            if re.fullmatch(r"[xy]axis\d*", name) and _prefixes(axis):
                yield f"{name} of {payload.get('run')} from {axis.get('range')} has SI prefixes"


def _prefixes(axis: Mapping[str, Any]) -> bool:
    """Whether Plotly writes this axis's numbers with prefixes of its own."""
    limits = axis.get("range")
    if axis.get("ticktext") or axis.get("showticklabels") is False or not limits or None in limits:
        return False
    shape = str(axis.get("tickformat") or "")
    if shape:
        return shape.endswith("s")
    if axis.get("exponentformat", "B") not in ("B", "SI"):
        return False
    low, high = (float(end) for end in sorted(limits))
    if axis.get("type") == "log":
        return 10**low < SMALLEST or 10**high > LARGEST
    return 0 < max(abs(low), abs(high)) < 10 * SMALLEST or max(abs(low), abs(high)) > LARGEST


def _formulas(seen: Visit) -> Iterator[str]:
    yield from seen.latex
    for text in (*seen.markdown, *seen.captions):
        yield from (match[1] for match in re.finditer(r"(?<!\\)\$([^$]+)\$", text))


def _prose(text: str) -> str:
    """A text without code, formulas and addresses."""
    text = re.sub(r"`[^`]*`|(?<!\\)\$[^$]+\$|\]\([^)]*\)|https?://\S+|\?[\w.=&%+-]+", " ", text)
    return re.sub(r"<[^>]*>", "", text)


CHECKS: tuple[Check, ...] = (
    no_error,
    legends_are_drawn,
    pictures_tell_what_they_show,
    formulas_balance,
    formulas_agree,
    words_are_clean,
    places_are_filled,
    digits_show_their_value,
    ticks_are_plain,
)
