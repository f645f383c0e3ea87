"""Dates as offices write them, 09.12.2026, in every file of an instance."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.instance.derived.aired import instant
from scheduler.instance.model.field_types import iso_dates
from scheduler.rules import load
from tests.builders import anchor, content, kz, programme, window, write


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("09.12.2026", "2026-12-09"),
        (" 9.1.2026 ", "2026-01-09"),
        ("09.12.2026 19:30", "2026-12-09 19:30"),
        ("2026-12-09", "2026-12-09"),
        ("9.12.20261", "9.12.20261"),
        ("9.12.26", "9.12.26"),
    ],
)
def test_a_date_of_an_office_is_read_as_one_of_a_file(written, read):
    assert iso_dates(written) == read


def test_a_moment_may_begin_with_a_date_of_an_office():
    assert instant("09.12.2026T19:30+05:00") == instant("2026-12-09T14:30Z")


def test_yaml_tables_and_variants_take_dates_of_offices(tmp_path):
    def spec(day):
        news = anchor("news", "Q.kz", "20:00", "20:30", date=day)
        return content([kz(window("18:00", "20:00"))], [programme("a", 30, rights_from=day)], anchors=[news], days=2)

    (tmp_path / "iso").mkdir()
    (tmp_path / "office").mkdir()
    iso = load(write(tmp_path / "iso", spec("2026-12-08")))
    write(tmp_path / "office", spec("08.12.2026"))
    yaml = tmp_path / "office" / "instance.yaml"
    yaml.write_text(yaml.read_text(encoding="utf-8").replace("2026-12-07", "07.12.2026"), encoding="utf-8")
    office = load(tmp_path / "office")
    assert office.file.horizon == iso.file.horizon
    assert office.programmes == iso.programmes
    assert office.anchors == iso.anchors
    variant = tmp_path / "later.yaml"
    variant.write_text("horizon: {start: 08.12.2026}\ntables: {programmes: {a: {rights_from: 09.12.2026}}}\n")
    later = load(tmp_path / "office", [variant])
    assert later.file.horizon.start == date(2026, 12, 8)
    assert later.programmes[0].rights_from == date(2026, 12, 9)
