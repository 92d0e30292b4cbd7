"""Links that were passed on, or meant for another page: what every page says of them."""

import pytest

from tests.pages.opening import opened

VIEWS = ("train", "geometry", "step", "codes", "book", "which", "map", "act", "dimension")
# A small run, so that no page works for long; the link names more than any one page knows.
OF_TRAIN = {"weight_decay": "1", "lr": "0.01", "n_features": "30", "epochs": "20", "noise": "0.2"}
OF_OTHERS = {"step": "3", "optimizers": "sgd", "draws": "5", "edition": "zh-pytorch"}
ADDED = {"fbclid": "x", "gclid": "y", "utm_source": "z", "mc_cid": "1", "igshid": "2", "ref": "hn"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_link_of_train_that_was_passed_on_is_no_fault(view: str) -> None:
    page = opened(view, OF_TRAIN | OF_OTHERS | ADDED)
    assert [warning.value for warning in page.warning] == []


@pytest.mark.parametrize("view", VIEWS)
def test_what_no_page_knows_is_said_once(view: str) -> None:
    page = opened(view, ADDED | {f"colour {k}": "red" for k in range(40)})
    (said,) = [warning.value for warning in page.warning]
    assert "40 settings that do not exist" in said
    assert len(said) < 200


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("digits", [310, 4300, 5000])
def test_a_number_of_any_length_is_refused_and_the_page_drawn(view: str, digits: int) -> None:
    key = "n_train" if view == "geometry" else "seeds" if view == "map" else "seed"
    page = opened(view, {key: "7" * digits})
    (said,) = [warning.value for warning in page.warning]
    assert "is outside the range" in said
    assert "7" * 40 in said
    assert "7" * 41 not in said
