"""Records made of columns, many at a time."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from wd_core import EpochRecord


def test_a_record_of_each_row_is_the_record_of_its_fields():
    names = [field.name for field in fields(EpochRecord)]
    of_all = names[: names.index("train_accuracy")]
    rows: list[dict[str, Any]] = [{name: (name, k) for name in of_all} for k in range(3)]
    listed = EpochRecord.each(**{name: [row[name] for row in rows] for name in of_all})
    made = [EpochRecord(**row) for row in rows]
    for name in names:
        assert [getattr(record, name) for record in listed] == [
            getattr(record, name) for record in made
        ], name


def test_columns_of_two_lengths_are_no_records():
    with pytest.raises(ValueError, match="shorter"):
        EpochRecord.each(epoch=[0, 1], bias=[0.0])
