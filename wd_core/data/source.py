"""What an entry of the registry of data has to say, and what is refused when it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import NamedTuple

from wd_core.checks import Phrase, require
from wd_core.data.settings import DataSettings
from wd_core.records import Dataset


class Sizes(NamedTuple):
    """How many examples train, and how many features they have."""

    n_train: int
    n_features: int


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """One entry of the registry: all there is to know about a source of data.

    `label`, `description` (one sentence) and `formula` (LaTeX) are for the page; `reads` names the
    fields of DatasetSpec that `make` uses. `most_train` and `most_features` are the largest
    n_train and n_features, None for no limit; a source that does not read one of them has exactly
    so many. `drawn`: drawn from a known truth, not real. `script` writes the part of an exported
    script that makes X_train, y_train, X_test, y_test, n_train and n_features, in the script's
    default dtype, and `script_imports` are the lines it needs beside `import torch`.
    ValueError, with the fact's name, for a fact that is blank or of a wrong kind.
    """

    label: str
    description: str
    formula: str
    reads: tuple[str, ...]
    make: Callable[[DataSettings], Dataset]
    most_train: int | None
    most_features: int | None
    drawn: bool
    script: Callable[[DataSettings], str]
    script_imports: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("label", "description", "formula"):
            _require_text(name, getattr(self, name))
        for name in ("make", "script"):
            fact = getattr(self, name)
            require(callable(fact), name, "a function of a DatasetSpec", fact)
        known = tuple(field.name for field in fields(DataSettings) if field.name != "source")
        _require_texts("reads", self.reads)
        rule = Phrase("fields of DatasetSpec: {choices}", choices=", ".join(known))
        require(set(self.reads) <= {*known}, "reads", rule, self.reads)
        _require_texts("script_imports", self.script_imports)
        require(isinstance(self.drawn, bool), "drawn", "True or False", self.drawn)
        self._require_size("n_train", "most_train")
        self._require_size("n_features", "most_features")

    def _require_size(self, field: str, name: str) -> None:
        most: object = getattr(self, name)
        whole = isinstance(most, int) and not isinstance(most, bool) and most >= 1
        if field in self.reads:
            require(whole or most is None, name, "a whole number >= 1, or None for no limit", most)
        else:
            require(
                whole,
                name,
                Phrase("the size of a source that does not read {field}", field=field),
                most,
            )

    @property
    def noise_known(self) -> bool:
        """Whether σ is that of the spec, beside true weights that are known."""
        return self.drawn and "noise" in self.reads

    @property
    def seeded(self) -> bool:
        """Whether another seed gives other data."""
        return "seed" in self.reads

    def sizes(self, spec: DataSettings) -> Sizes:
        """The sizes that `make` gives for a spec; ValueError where it asks for more than there is.

        A size that the source does not read is its own, whatever the spec says.
        """
        self._require_at_most("n_train", spec, self.most_train)
        self._require_at_most("n_features", spec, self.most_features)
        return self.within(spec.n_train, spec.n_features)

    def _require_at_most(self, name: str, spec: DataSettings, most: int | None) -> None:
        value = getattr(spec, name)
        fits = most is None or name not in self.reads or value <= most
        require(
            fits,
            name,
            Phrase("at most {most} for the source {source}", most=most, source=spec.source),
            value,
        )

    def most(self, name: str) -> int | None:
        """The largest value that a field of the spec may have here, None for no limit."""
        return {"n_train": self.most_train, "n_features": self.most_features}.get(name)

    def within(self, n_train: int, n_features: int) -> Sizes:
        """These sizes as far as the source has them; its own where it does not read them."""
        return Sizes(
            self._within("n_train", n_train, self.most_train),
            self._within("n_features", n_features, self.most_features),
        )

    def _within(self, name: str, value: int, most: int | None) -> int:
        if most is None:
            return value
        return min(value, most) if name in self.reads else most


def _require_text(name: str, value: object) -> None:
    require(isinstance(value, str) and value.strip() != "", name, "a text", value)


def _require_texts(name: str, value: object) -> None:
    texts = isinstance(value, tuple) and all(isinstance(x, str) and x.strip() for x in value)
    require(texts, name, "a tuple of texts", value)
