"""Why the operating system refused something, as a message."""

from __future__ import annotations

import errno

from scheduler.messages.message import Value, msg


def system_reason(error: OSError) -> Value:
    """Why the operating system refused; a reason that is rare stays in the system's own words."""
    reasons = {
        errno.EACCES: msg("Permission denied"),
        errno.EDQUOT: msg("Disk quota exceeded"),
        errno.EEXIST: msg("File exists"),
        errno.EFBIG: msg("File too large"),
        errno.EIO: msg("Input/output error"),
        errno.EISDIR: msg("Is a directory"),
        errno.EMFILE: msg("Too many open files"),
        errno.ENAMETOOLONG: msg("File name too long"),
        errno.ENOENT: msg("No such file or directory"),
        errno.ENOMEM: msg("Cannot allocate memory"),
        errno.ENOSPC: msg("No space left on device"),
        errno.ENOTDIR: msg("Not a directory"),
        errno.EPERM: msg("Operation not permitted"),
        errno.EROFS: msg("Read-only file system"),
    }
    return reasons.get(error.errno or 0, error.strerror or str(error))
