"""What really aired: evidence read, matched with the plan at least cost, classed, and written for the account."""

from scheduler.reconcile.certificate import certificate_workbook
from scheduler.reconcile.decisions import Decisions, read_decisions
from scheduler.reconcile.evidence import RANKS, Source, read_evidence
from scheduler.reconcile.outcome import Outcome, reconcile
from scheduler.reconcile.params import ReconcileParams
from scheduler.reconcile.written import files_of

__all__ = [
    "RANKS",
    "Decisions",
    "Outcome",
    "ReconcileParams",
    "Source",
    "certificate_workbook",
    "files_of",
    "read_decisions",
    "read_evidence",
    "reconcile",
]
