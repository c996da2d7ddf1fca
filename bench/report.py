"""What each part found when it was run last, written down: `results.md`, a picture, and the passage in README."""

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.settings import ROOT
from bench import settings
from bench.machine import machine
from bench.names import BARE
from bench.picture import picture
from bench.table import Part
from bench.templates import template

HERE = Path(__file__).parent
README = ROOT / "README.md"
PASSAGE = re.compile(r"(?<=<!-- written by make bench -->\n).*?(?=<!-- until here -->)", re.DOTALL)


def keep(measure: Callable[[], Part]) -> None:
    """Run a part, and remember what it found until it is run again."""
    load, *_ = os.getloadavg()
    part = measure()
    part.load = load
    part.date = dt.datetime.now(dt.UTC).date().isoformat()
    part.machine = machine()
    _folder().mkdir(parents=True, exist_ok=True)
    (_folder() / f"{part.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(part), indent=1))


def report(names: list[str]) -> str:
    """The whole report; where this was no quick try, it is written beside the code and into README too."""
    files = [_folder() / f"{name}.json" for name in names]
    parts = [msgspec.json.decode(file.read_bytes(), type=Part) for file in files if file.exists()]
    told = {"parts": parts, "figures": settings.FIGURES, "quick": settings.QUICK}
    whole = template("results.md").render(told)
    pictured = next((picture(part.rates, BARE) for part in parts if part.rates), "")
    folder = _folder() if settings.QUICK else HERE
    (folder / "results.md").write_text(whole, encoding="utf-8")
    (folder / "results.svg").write_text(pictured, encoding="utf-8")
    if not settings.QUICK:
        passage = template("readme.md").render(told)
        README.write_text(PASSAGE.sub(lambda _: passage, README.read_text("utf-8")), encoding="utf-8")
    return whole


def _folder() -> Path:
    """Where parts are stored: beside the code, so that one can be measured anew and the others stay."""
    return settings.DATA / f"results-{settings.FIGURES}" if settings.QUICK else HERE / "results"
