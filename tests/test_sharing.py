"""Which tests stay together when several workers share a run."""

import pytest

pytest.importorskip("xdist")

from tests.sharing import group


def test_all_tests_with_a_browser_are_one_group():
    train = group("tests/browser/test_train.py::test_stop")
    assert train == group("tests/browser/test_chart.py::test_point[390]")
    assert train != group("tests/pages/test_train_view.py::test_stop")


def test_the_tests_of_a_case_are_one_group_and_two_cases_are_two():
    first = group("tests/matrix/test_train.py::test_every_sentence[sgd-zero]")
    assert first == group("tests/matrix/test_train.py::test_the_page_holds_every_check[sgd-zero]")
    assert first != group("tests/matrix/test_train.py::test_every_sentence[sgd-large]")
    assert first != group("tests/matrix/test_step.py::test_every_sentence[sgd-zero]")


def test_the_tests_of_another_file_are_one_group():
    whole = group("tests/wd_core/test_export.py::test_script[plain]")
    assert whole == group("tests/wd_core/test_export.py::test_csv")
