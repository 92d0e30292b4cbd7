"""The switches of the page as its controls and its link say them."""

from __future__ import annotations

from pages.shared.fields import Choice, Setting
from pages.shared.run import RunForm
from wd_core.book.two_codes import Switches

DEFAULT = Switches()

SETTINGS: dict[str, Setting] = {
    key: Choice(key, label, help, getattr(DEFAULT, key), options)
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


FORM = RunForm("codes", SETTINGS, Switches)
