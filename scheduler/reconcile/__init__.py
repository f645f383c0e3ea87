"""Reconciliation: read evidence of past airings, match it with the plan at the smallest cost, classify, and write."""

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
