"""Query parameters: what one is, how its text is read, and how every fault of a query is told at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.entity import Column, ValueFault, term
from app.errors import Fault, InvalidQuery
from app.http.limits import MAX_FAULTS_WITH_HINTS
from app.nearest import find_nearest, suggest_nearest
from app.request.operators import Operator

MAX_LENGTH = 500  # of one value, in characters
MAX_CURSOR = 16_000  # of a cursor, which carries a row's sort keys
MAX_TERMS = 100  # of one comma-separated list


@dataclass(frozen=True)
class Parameter:
    """One query parameter. `read` takes its text and raises ValueFault where that does not fit."""

    name: str
    about: str
    schema: Mapping[str, Any]
    example: Any
    read: Callable[[str], Any]
    column: Column | None = None
    operator: Operator | None = None
    required: bool = False


class Parameters(dict[str, Parameter]):
    """Parameters by their names."""

    @cached_property
    def required(self) -> list[Parameter]:
        """Those that have to be given."""
        return [parameter for parameter in self.values() if parameter.required]


NO_PARAMETERS = Parameters()


def read_parameters(
    known: Parameters, given: Collection[tuple[str, str]], elsewhere: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The values of all given parameters. Raises InvalidQuery that tells every fault, not just the first.

    `elsewhere` are parameters that other answers take, each with where. Only the first faults name the nearest right
    name or value and those allowed.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in given:
        parameter = known.get(name)
        hinted = len(faults) < MAX_FAULTS_WITH_HINTS
        if parameter is None:
            faults.append(_unknown(name, known, elsewhere or {}, hinted=hinted))
        elif not text and name == "cursor":
            continue  # the beginning, which needs no cursor
        elif name in values:
            hint = (
                f"; for several values use {parameter.column.name}__in=a,b" if parameter.column else "; once is enough"
            )
            faults.append(Fault(name, f"given more than once{hint}"))
        elif max(map(len, text.split(","))) > (longest := MAX_LENGTH if parameter.operator else MAX_CURSOR):
            faults.append(Fault(name, f"longer than {longest} characters"))
        else:
            try:
                values[name] = parameter.read(text)
            except ValueFault as fault:
                values[name] = None
                detail, allowed = (fault.detail, fault.allowed) if hinted else (fault.message, None)
                faults.append(Fault(name, detail, allowed))
    faults += [
        Fault(parameter.name, f"is missing; give it, such as {parameter.name}={parameter.example}")
        for parameter in known.required
        if parameter.name not in {name for name, _ in given}
    ]
    if faults:
        raise InvalidQuery(faults)
    return values


def _unknown(name: str, known: Mapping[str, Parameter], elsewhere: Mapping[str, str], *, hinted: bool) -> Fault:
    if name in elsewhere:
        return Fault(name, elsewhere[name])
    if not hinted:
        return Fault(name[:100], "There is no such parameter here.")
    near = find_nearest(name, known)
    return Fault(name[:100], f"There is no such parameter here.{suggest_nearest(name, near)}", near or sorted(known))


# --- readers of one text


def read_list(read: Callable[[str], Any], text: str, most: int = MAX_TERMS) -> tuple[Any, ...]:
    """Comma-separated values."""
    items = text.split(",")
    if len(items) > most:
        raise ValueFault(f"more than {most} values")
    return tuple(read(item) for item in items)


def read_distinct(read: Callable[[str], Any], text: str, most: int = MAX_TERMS) -> tuple[Any, ...]:
    """Comma-separated values, none of them twice."""
    items = read_list(read, text, most)
    if twice := next((item for item in items if items.count(item) > 1), None):
        raise ValueFault(f"{twice!r} stands there twice")
    return items


def read_truth(text: str) -> bool:
    """`true` or `false`."""
    return term(text, ["true", "false"], "truth value") == "true"


def read_between(least: int, most: int, text: str) -> int:
    """A whole number within bounds."""
    if not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
        raise ValueFault(f"{text[:20]!r} is not a whole number from {least} to {most}")
    return int(text)


def read_one_of(allowed: list[str], noun: str, text: str) -> str:
    """One of a few words."""
    return term(text, allowed, noun)


def read_sort_key(allowed: list[str], text: str) -> tuple[str, bool]:
    """A name, and whether a minus stands before it."""
    return term(text.removeprefix("-"), allowed, "field to sort by"), text.startswith("-")


def list_of(values: list[str], *, unique: bool = True, most: int = MAX_TERMS) -> dict[str, Any]:
    """The JSON Schema of a comma-separated list of some of these words."""
    items = {"type": "string", "enum": values}
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most, "uniqueItems": unique}
