"""A bound that anybody can check, computed from multipliers in a file with whole numbers and without a solver.

`certificate` is the file, `program` the program about which it speaks, and `bound` computes the bound. `cuts` derives
the cuts again, `tree` reads the splits above each leaf, and `exact` multiplies without overflow. `chunks` prices
rows while the rules state them, so that they need not be in memory. `program_file` writes the program for checkers of
others.
"""

from scheduler.certify.bound import (
    bound_in_chunks,
    bound_of_leaf,
    bound_of_multipliers,
    certified_bound,
    reduced_values,
    value_step,
)
from scheduler.certify.certificate import (
    CERTIFICATE_FILE,
    Certificate,
    CertificateError,
    Cut,
    CutMultipliers,
    Leaf,
    RowMultipliers,
    Split,
    StepMultipliers,
    read_certificate,
)
from scheduler.certify.chunks import program_in_chunks
from scheduler.certify.program import CertifiedProgram, certified_program
from scheduler.certify.program_file import program_text
from scheduler.certify.tree import Side, walked

__all__ = [
    "CERTIFICATE_FILE",
    "Certificate",
    "CertificateError",
    "CertifiedProgram",
    "Cut",
    "CutMultipliers",
    "Leaf",
    "RowMultipliers",
    "Side",
    "Split",
    "StepMultipliers",
    "bound_in_chunks",
    "bound_of_leaf",
    "bound_of_multipliers",
    "certified_bound",
    "certified_program",
    "program_in_chunks",
    "program_text",
    "read_certificate",
    "reduced_values",
    "value_step",
    "walked",
]
