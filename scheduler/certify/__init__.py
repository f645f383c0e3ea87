"""A bound that anybody can check, computed from multipliers in a file with whole numbers and without a solver."""

from scheduler.certify.bound import certified_bound, reduced_values
from scheduler.certify.certificate import (
    CERTIFICATE_FILE,
    Certificate,
    CertificateError,
    Cut,
    RowMultipliers,
    StepMultipliers,
    read_certificate,
)
from scheduler.certify.program import CertifiedProgram, certified_program

__all__ = [
    "CERTIFICATE_FILE",
    "Certificate",
    "CertificateError",
    "CertifiedProgram",
    "Cut",
    "RowMultipliers",
    "StepMultipliers",
    "certified_bound",
    "certified_program",
    "read_certificate",
    "reduced_values",
]
