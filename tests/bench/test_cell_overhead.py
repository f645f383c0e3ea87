"""The cost of a cell in addition to its search."""

from __future__ import annotations

import re

from scheduler.bench.cell_overhead import _lost, main


def test_it_prints_a_line_for_every_number_of_runners(capsys):
    main(30)
    said = capsys.readouterr().out
    assert re.findall(r"^(\d+) runners of one spool", said, re.M) == ["8", "32", "128"]
    assert re.search(r"a spool of 30 cells: \d+\.\d ms to take", said)
    assert len(re.findall(r"on its way to a worker: \d+\.\d\d MB", said)) == 2


def test_a_runner_waits_for_half_of_the_others():
    assert _lost(90, 10, 0.0, 1) == 0.1
    assert _lost(100, 0, 2.0, 5) == 6 / 106
