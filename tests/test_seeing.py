"""The eyes of the tests see what has been published of them."""

import numpy as np
import pytest

from tests.seeing import EYES, contrast, difference, over, parsed, seen


@pytest.mark.parametrize(
    ("colour", "told"),
    [
        ((255, 0, 0), (109, 95, 0)),
        ((255, 255, 0), (255, 244, 0)),
        ((0, 255, 0), (255, 229, 0)),
        ((0, 255, 255), (237, 242, 255)),
        ((0, 0, 255), (0, 88, 255)),
        ((255, 0, 255), (0, 128, 255)),
    ],
)
def test_protanopia_is_what_browsers_emulate(
    colour: tuple[int, ...], told: tuple[int, ...]
) -> None:
    rgb = seen(np.array(colour) / 255, "protanopia")
    assert 255 * rgb == pytest.approx(np.array(told), abs=1)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("grey", [0, 64, 128, 255])
def test_greys_stay_greys(eye: str, grey: int) -> None:
    rgb = np.full(3, grey / 255)
    assert seen(rgb, eye) == pytest.approx(rgb, abs=0.002)


@pytest.mark.parametrize("eye", [eye for eye in EYES if eye != "grey"])
def test_a_dichromat_sees_a_plane_of_colours(eye: str) -> None:
    """Two dimensions are left of three, or nearly so where the model is no projection."""
    stretches = np.linalg.svd(np.array(EYES[eye]), compute_uv=False)
    assert stretches[2] < 0.2 * stretches[0]


# Sharma, Wu and Dalal (2005), table 1
@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0000),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((50, 2.5, 0), (58, 24, 15), 19.4535),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_differences_are_the_published_ones(
    one: tuple[float, ...], other: tuple[float, ...], told: float
) -> None:
    assert difference(np.array(one), np.array(other)) == pytest.approx(told, abs=1e-4)
    assert difference(np.array(other), np.array(one)) == pytest.approx(told, abs=1e-4)


def test_contrast_is_wcags() -> None:
    white, black = np.ones(3), np.zeros(3)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(parsed("#767676")[0], white) == pytest.approx(4.54, abs=0.005)


def test_half_of_black_on_white_is_grey() -> None:
    assert over(np.ones(3), "rgba(0, 0, 0, 0.5)") == pytest.approx([0.5] * 3)
    assert over(np.ones(3), "#000000", 0.5) == pytest.approx([0.5] * 3)
