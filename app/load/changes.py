"""Whether a figure is the change that its row says."""

from collections.abc import Iterator

from app.load.faults import SeedFault
from app.load.rows import Row
from app.models.qualifiers import Change
from app.quantity import Unit, changes

SHARES = frozenset({"fold", "percent", "permille"})  # the units of a multiple of an earlier amount
# Without one of these in its sentence, nothing says that a number is of this change.
_SIGNS = {
    Change.INCREASE: "增升涨提扩加多翻高长",
    Change.DECREASE: "减降跌缩少低省压落削节",
    Change.FROM: "从由自原前初上去",
    Change.TO: "到至为成达",
    Change.MULTIPLE: "倍番翻为是当",
}


def check_change(row: Row, unit: Unit, before: str = "") -> Iterator[SeedFault]:
    """Report a change that the words deny, among them those `before` the figure's own, if its source is at hand."""
    if "change" in row.broken:
        return
    change, words = row.values["change"], row.values["as_stated"]
    said = changes(words, unit, before)
    if said and change not in said:
        by = next(iter(said.values()))
        detail = f"{by!r} says that {words!r} is {' or '.join(said)}, not {change}. Write {next(iter(said))}."
        yield row.fault("change", detail)
    elif change == Change.MULTIPLE and unit.code not in SHARES:
        detail = (
            f"{words!r} is in {unit.code}. A multiple of an earlier amount is in 倍, 番 or %. Choose another change."
        )
        yield row.fault("change", detail)


def check_sign(row: Row, sentences: str) -> Iterator[SeedFault]:
    """Report a change of which there is no sign in the sentences around the figure's words."""
    change = row.values["change"]
    if "change" not in row.broken and change in _SIGNS and not any(sign in sentences for sign in _SIGNS[change]):
        detail = f"Nothing in the sentence of {row.words!r}, or in the one before, says {change}. Leave it empty."
        yield row.fault("change", detail)
