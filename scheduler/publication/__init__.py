"""What has gone out: publications with number, date and hash, and what has changed since one of them."""

from scheduler.publication.answer import Answers, locks_csv, read_answers
from scheduler.publication.notices import CHANGES, changes_since, notice_csv, notice_ics, notice_page
from scheduler.publication.offer import offer_page, offer_rows, offer_workbook
from scheduler.publication.state import (
    FOLDER,
    Publication,
    drafts,
    publish,
    read_publications,
    read_state,
)

__all__ = [
    "CHANGES",
    "FOLDER",
    "Answers",
    "Publication",
    "changes_since",
    "drafts",
    "locks_csv",
    "notice_csv",
    "notice_ics",
    "notice_page",
    "offer_page",
    "offer_rows",
    "offer_workbook",
    "publish",
    "read_answers",
    "read_publications",
    "read_state",
]
