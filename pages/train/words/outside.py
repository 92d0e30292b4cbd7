"""Which runs beside the present one are not in the picture, whose axes are made for that one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pages.shared.words import Said, listed, say, say_n


def sentences(above: Sequence[str], below: Sequence[str]) -> Iterator[Said]:
    """A sentence on those that climb above it, and one on those whose losses lie below it."""
    if above:
        yield say_n(
            "{runs} leaves the picture at the top.",
            "{runs} leave the picture at the top.",
            len(above),
            runs=listed(above),
        )
    if below:
        yield say("The losses of {runs} lie below the picture.", runs=listed(below))
