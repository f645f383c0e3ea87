"""Reconciliation: read evidence of past airings, match it with the plan at the smallest cost, classify, and write.

`certificate` writes the table that a partner fills in. `evidence` reads it and other tables, `bxf` automation logs;
`clock`, `heads` and `known` read their times, columns and titles. `items` joins the parts of an airing, `covered` says
which time the evidence covers, `assign` matches items with the plan, `decisions` keeps the planner's decisions,
`outcome` classifies. `written` and `history_file` write the files; `shared` is the part that one party may see, and
`params` has the settings.
"""

from scheduler.reconcile.certificate import certificate_workbook
from scheduler.reconcile.decisions import Decisions, read_decisions
from scheduler.reconcile.evidence import RANKS, Source, read_evidence
from scheduler.reconcile.outcome import Outcome, counted, reconcile
from scheduler.reconcile.params import ReconcileParams
from scheduler.reconcile.shared import outcome_for
from scheduler.reconcile.written import files_of

__all__ = [
    "RANKS",
    "Decisions",
    "Outcome",
    "ReconcileParams",
    "Source",
    "certificate_workbook",
    "counted",
    "files_of",
    "outcome_for",
    "read_decisions",
    "read_evidence",
    "reconcile",
]
