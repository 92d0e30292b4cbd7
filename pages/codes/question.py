"""The switches of the page as its controls and its link say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from pages.shared.link import Link, Pin, query_of, read_values
from pages.shared.link import read_link as read_train
from pages.shared.settings import Choice, Setting, Settings, Value, as_text
from wd_core.book.two_codes import Switches

DEFAULTS: dict[str, Value] = asdict(Switches())

SETTINGS: dict[str, Setting] = {
    key: Choice(key, label, help, str(DEFAULTS[key]), options)
    for key, label, help, options in (
        (
            "loss",
            "The ½ of the loss",
            "Whether each code's loss is r²/2 or r², the residual squared; MSELoss has no ½.",
            {
                "book": "½r² | r² (MSELoss)",
                "half": "½r² in both",
                "whole": "r² in both",
            },
        ),
        (
            "rates",
            "η and wd of the concise code",
            "Whether the concise code has the same η and wd = λ, or η/2 and wd = 2λ.",
            {"same": "η, λ as from scratch", "mapped": "η/2 and 2λ"},
        ),
        (
            "bias_start",
            "Start of the bias",
            "Where b begins: at 0, drawn from N(0, 1), or uniform on ±1/√d as nn.Linear draws it.",
            {
                "book": "0 | N(0, 1)",
                "linear": "0 | nn.Linear's own",
                "zero": "0 in both",
                "normal": "N(0, 1) in both",
            },
        ),
        (
            "bias_decay",
            "Decay of the bias",
            "Whether λ shrinks b as it shrinks w; torch.optim decays all it is given.",
            {
                "neither": "w alone in both",
                "concise": "w | w and b",
                "both": "w and b in both",
            },
        ),
        (
            "divisor",
            "A short last batch",
            "What the sum over m of B rows is divided by: B, so that its step counts m/B, or m.",
            {"book": "by B | by m", "rows": "by m in both", "batch_size": "by B in both"},
        ),
        (
            "penalty",
            "Where the penalty is added",
            "(λ/2)‖w‖² joins every example's loss, or the optimizer adds λw to the gradient.",
            {
                "book": "loss | optimizer",
                "loss": "loss in both",
                "optimizer": "optimizer in both",
            },
        ),
    )
}


def query(switches: Switches, settings: Settings, pins: Sequence[Pin]) -> str:
    """The query of the link to these codes of this run; defaults are left out."""
    own = {k: as_text(v) for k, v in asdict(switches).items() if v != DEFAULTS[k]}
    return "&".join(part for part in (query_of(settings, pins), urlencode(own)) if part)


def read_link(pairs: Iterable[tuple[str, str]]) -> tuple[Link, Switches, list[str]]:
    """The run and the switches in a query, and a sentence for nonsense in the latter."""
    given = list(pairs)
    values, complaints = read_values([p for p in given if p[0] in SETTINGS], SETTINGS, DEFAULTS)
    link = read_train([p for p in given if p[0] not in SETTINGS])
    return link, Switches(**{k: str(v) for k, v in values.items()}), complaints
