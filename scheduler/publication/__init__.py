"""What has gone out: publications with number, date and hash, and what has changed since one of them."""

from scheduler.publication.notices import CHANGES, changes_since, notice_csv, notice_ics, notice_page
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
    "Publication",
    "changes_since",
    "drafts",
    "notice_csv",
    "notice_ics",
    "notice_page",
    "publish",
    "read_publications",
    "read_state",
]
