"""The comparison of proofs, on a few instances: our setting of CP-SAT and HiGHS decide all of them correctly.

No strategy makes a claim that a known timetable contradicts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scheduler.bench import proofs
from tests.solves import contradictions

OURS = "CP-SAT without included constraints"


def test_our_setting_and_highs_claim_nothing_false_with_and_without_locks(capsys):
    counted = proofs.main(4)
    assert counted["all", "instances"] >= 4
    assert counted[OURS, "wrong"] == counted[proofs.HIGHS, "wrong"] == 0
    assert counted[OURS, "decided"] > 0
    assert f"{OURS}: {counted[OURS, 'decided']} decided, 0 of them wrong" in capsys.readouterr().out


def test_a_false_claim_is_counted(monkeypatch):
    honest = proofs._cp_sat

    def lying(formulation, options):
        claim = honest(formulation, options)
        return replace(claim, value=-np.inf, found=-np.inf) if not options else claim

    monkeypatch.setattr(proofs, "_cp_sat", lying)
    counted = proofs.main(2)
    assert counted["CP-SAT with its defaults", "wrong"] == counted["CP-SAT with its defaults", "decided"] > 0


def test_no_strategy_contradicts_a_known_timetable_and_a_better_one_would_be_noticed():
    instance, known = next(iter(proofs.instances(1, 4)))
    wrong, statuses = contradictions(instance, known, 6.0)
    assert not wrong
    assert statuses["exact optimal"] == 1
    noticed, _ = contradictions(instance, 2 * known, 6.0)
    assert any(line.startswith("exact: ") and "called optimal where" in line for line in noticed)
