"""Parameters of methods: the one way to write them, and to read them from a file.

Every number that can change an answer is a field of a frozen class derived from `Params`, with its meaning, range and
default. A TOML file sets some of them, a table per class:

    [replan]
    change_share = 0.5
"""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from scheduler.messages import Listed, Message, RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=1.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class Params(BaseModel):
    """Parameters of one method: frozen, checked, and documented field by field."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def changed(self) -> dict[str, Any]:
        """The values that differ from their defaults, by name."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def in_words(self) -> Message:
        """A sentence with the values that differ from their defaults, for the pages that a command writes."""
        changed = "; ".join(f"{name} = {value}" for name, value in self.changed().items())
        if not changed:
            return msg("All parameters have their default.")
        return msg("Parameters that differ from the default: {changed}.", changed=changed)

    def but(self, **values: Any) -> Self:
        """A checked copy with some other values."""
        return type(self).model_validate({**dict(self), **values})


class AllParams(Params):
    """The parameters of several methods: every field is a `Params`, and a table of the file."""

    def changed(self) -> dict[str, Any]:
        """The values that differ from their defaults: method → name → value. Unchanged methods are left out."""
        return {name: different for name, params in self if (different := params.changed())}


Kind = TypeVar("Kind", bound=AllParams)


class ParamsError(ValueError):
    """All problems of a file of parameters, one per line."""

    def __init__(self, *problems: Message) -> None:
        self.text = Listed(problems, "\n")
        super().__init__(str(self.text))


def params_from_toml(path: Path, kind: type[Kind]) -> Kind:
    """Read a TOML file with a table per method; parameters that it does not name keep their defaults.

    Raises
    ------
    ParamsError
        All problems: invalid TOML, unknown names with the nearest known one, values out of range.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        at = f"{path}:{place[1]}:{place[2]}" if place else str(path)
        wrong = msg("{path}: is no table of parameters; write [method] and below it name = value", path=at)
        raise ParamsError(wrong) from None
    try:
        return kind.model_validate(tables)
    except ValidationError as error:
        raise ParamsError(*(_problem(str(path), kind, details) for details in error.errors())) from None


def _problem(path: str, kind: type[AllParams], details: Any) -> Message:
    """One problem in words: the name, what is wrong, and the nearest known name if the name is unknown."""
    place = [str(part) for part in details["loc"]]
    name = ".".join(place)
    refused = details.get("ctx", {}).get("error")
    if isinstance(refused, RefusedError):
        return msg("{path}: {name}: {wrong}", path=path, name=name, wrong=refused.reason)
    if details["type"] != "extra_forbidden":
        limit = limit_of(details["type"], details.get("ctx", {}))
        expected = (
            msg("expected {limit}", limit=limit) if limit else msg("does not fit here ({kind})", kind=details["type"])
        )
        value = repr(details["input"])
        return msg("{path}: {name} = {value}: {wrong}", path=path, name=name, value=value, wrong=expected)
    fields = kind.model_fields
    known = list(fields) if len(place) == 1 else list(type(getattr(kind(), place[0])).model_fields)
    near = difflib.get_close_matches(place[-1], known, n=1)
    if not near:
        return msg("{path}: there is no {name}", path=path, name=name)
    meant = ".".join([*place[:-1], near[0]])
    return msg("{path}: there is no {name}; did you mean {meant}?", path=path, name=name, meant=meant)


def limit_of(kind: str, context: Mapping[str, Any]) -> Message | None:
    """The limit that a number passes, by the type and the context of pydantic's error. None for other errors."""
    match kind:
        case "greater_than_equal":
            return msg("{number} or more", number=str(context["ge"]))
        case "greater_than":
            return msg("more than {number}", number=str(context["gt"]))
        case "less_than_equal":
            return msg("{number} or less", number=str(context["le"]))
        case "less_than":
            return msg("less than {number}", number=str(context["lt"]))
    return None
