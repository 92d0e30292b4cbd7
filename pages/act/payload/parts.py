"""The payload of the picture of w in two parts."""

from __future__ import annotations

from pages.act.answer.parts import Split, split
from pages.act.figure import parts as parts_figure
from pages.act.words import parts as words
from pages.shared.encoding import as_series
from pages.shared.payload import Payload, Tile
from pages.shared.run import RUN
from pages.shared.settings import Settings
from pages.shared.words import tell


def parts_of_w(settings: Settings, link: str) -> Payload:
    """The two parts of w over the epochs of the run; `link`: the query of the page's link."""
    found = split(settings)
    series = _series(found)
    end = found.does.end.weight_decay
    inside, outside = any(series["reached"]), any(series["left"])
    figure = parts_figure.split(
        _drawn(series),
        settings.run.epochs,
        "weight-decay-row-and-null-space",
        to_end="" if end is None else words.end_name(end),
        norm=words.norm_name(inside=inside, outside=outside),
    )
    return {
        "run": f"{RUN.query(settings)} parts of w",
        "figure": figure,
        "query": link,
        "series": series,
        "tiles": _tiles(found),
        "sentence": words.outcome(found),
        "total": settings.run.epochs,
        "stream": None,
    }


def _drawn(series: dict[str, list[float | None]]) -> dict[str, list[float | None]]:
    """The series that are more than zeros; a part that is all of w is the curve of ‖w‖."""
    drawn = {name: values for name, values in series.items() if any(values)}
    parts = [name for name in ("reached", "left") if name in drawn]
    if len(parts) == 1:
        del drawn[parts[0]]
    return drawn


def _tiles(found: Split) -> list[Tile]:
    """The numbers of the shown epoch; of what is not there, or compared with nothing, none."""
    tiles: list[Tile] = [
        {"label": "‖w‖", "series": "weight_norm", "help": tell("Euclidean norm of the weights.")}
    ]
    if found.beyond:
        tiles.append(
            {
                "label": tell("In the row space"),
                "series": "reached",
                "help": tell(
                    "‖Pw‖, P the projection onto the span of the training rows: what gradients "
                    "move."
                ),
            }
        )
    end = found.does.end.weight_decay
    if end is not None:
        label = (
            tell("Its distance to ridge") if end.value else tell("Its distance to least squares")
        )
        help = words.end_help(end)
        tiles.append({"label": label, "series": "to_end", "help": help})
    if found.beyond == 0:
        return tiles
    tiles.append(
        {
            "label": tell("In the null space"),
            "series": "left",
            "help": tell("‖w − Pw‖: what w has where no example reaches."),
        }
    )
    if found.does.has_factor:
        help = words.predicted_help(found)
        tiles.append({"label": tell("Predicted"), "series": "predicted", "help": help})
    return tiles


def _series(found: Split) -> dict[str, list[float | None]]:
    columns = {
        "epoch": found.epoch,
        "weight_norm": found.weight_norm,
        "reached": found.reached,
        "to_end": found.to_end,
        "left": found.left,
        "predicted": found.predicted,
    }
    return {name: as_series(values) for name, values in columns.items()}
