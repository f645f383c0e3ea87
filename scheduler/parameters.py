"""Parameters of methods: the one way to write them, and to read them from a file.

Every number that can change an answer is a field of a frozen class derived from `Params`, with its meaning, range and
default. A TOML file sets some of them, a table per class:

    [replan]
    change_share = 0.5
"""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
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

    def in_words(self) -> str:
        """A sentence with the values that differ from their defaults, for the pages that a command writes."""
        changed = "; ".join(f"{name} = {value}" for name, value in self.changed().items())
        return (
            f"Parameters that differ from the default: {changed}." if changed else "All parameters have their default."
        )

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
        raise ParamsError(f"{path}: not TOML: {error}") from None
    try:
        return kind.model_validate(tables)
    except ValidationError as error:
        raise ParamsError("\n".join(f"{path}: {_problem(kind, details)}" for details in error.errors())) from None


def _problem(kind: type[AllParams], details: Any) -> str:
    """One problem in words: the name, what is wrong, and the nearest known name if the name is unknown."""
    place = [str(part) for part in details["loc"]]
    name = ".".join(place)
    if details["type"] != "extra_forbidden":
        return f"{name} = {details['input']!r}: {details['msg'].removeprefix('Input ').lower()}"
    fields = kind.model_fields
    known = list(fields) if len(place) == 1 else list(type(getattr(kind(), place[0])).model_fields)
    near = difflib.get_close_matches(place[-1], known, n=1)
    return f"there is no {name}" + (f"; did you mean {'.'.join([*place[:-1], near[0]])}?" if near else "")
