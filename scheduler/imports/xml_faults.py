"""Convert the errors of the XML parser to messages for planners."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers.expat import errors

from scheduler.messages import msg

if TYPE_CHECKING:
    from scheduler.messages import Message

_REASONS: dict[str, Message] = {
    errors.XML_ERROR_NO_ELEMENTS: msg("the file ends before its first element is closed"),
    errors.XML_ERROR_INVALID_TOKEN: msg("a character that XML does not allow here; & is written as &amp;"),
    errors.XML_ERROR_UNCLOSED_TOKEN: msg("a tag or a comment is not closed"),
    errors.XML_ERROR_PARTIAL_CHAR: msg("a character is cut"),
    errors.XML_ERROR_TAG_MISMATCH: msg("an end tag does not fit its start tag"),
    errors.XML_ERROR_DUPLICATE_ATTRIBUTE: msg("an attribute is given twice"),
    errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: msg("there is text after the end of the document"),
    errors.XML_ERROR_UNDEFINED_ENTITY: msg("an unknown entity; & is written as &amp;"),
    errors.XML_ERROR_BAD_CHAR_REF: msg("a number that names no character"),
    errors.XML_ERROR_MISPLACED_XML_PI: msg("there is text before <?xml …?>"),
    errors.XML_ERROR_UNKNOWN_ENCODING: msg("the encoding is unknown; save the file as UTF-8"),
    errors.XML_ERROR_INCORRECT_ENCODING: msg("the file has another encoding than it states"),
    errors.XML_ERROR_UNCLOSED_CDATA_SECTION: msg("a CDATA section is not closed"),
    errors.XML_ERROR_UNBOUND_PREFIX: msg("a prefix of a name is not declared"),
    errors.XML_ERROR_XML_DECL: msg("the declaration <?xml …?> is damaged"),
}
"""Error of expat → the reason in plain words."""


def not_xml(code: int) -> Message:
    """The problem that a text is not XML, with the reason from expat's error code."""
    reason = _REASONS.get(errors.messages.get(code, ""))
    return msg("is not XML here") if reason is None else msg("is not XML here: {reason}", reason=reason)
