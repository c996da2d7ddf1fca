"""The report of the last run of each part: `results.md`, a picture, and passages in the README and `docs/speed.md`."""

import datetime as dt
import os
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.settings import ROOT
from bench import settings
from bench.machine import machine
from bench.names import BARE
from bench.picture import picture
from bench.table import Part, rounded
from bench.templates import template

HERE = Path(__file__).parent
DOCS = ROOT / "docs"
PASSAGE = re.compile(r"(?<=<!-- written by make bench -->\n).*?(?=<!-- until here -->)", re.DOTALL)


def run_and_save(measure: Callable[[], Part]) -> None:
    """Run a part and save its results, replacing those of its last run."""
    load, *_ = os.getloadavg()
    part = measure()
    part.load = load
    part.date = dt.datetime.now(dt.UTC).date().isoformat()
    part.machine = machine()
    _folder().mkdir(parents=True, exist_ok=True)
    (_folder() / f"{part.name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(part), indent=1))


def report(names: list[str]) -> str:
    """Write `results.md`, the picture and, unless this is a quick trial, the passages of the documents."""
    files = [_folder() / f"{name}.json" for name in names]
    parts = [msgspec.json.decode(file.read_bytes(), type=Part) for file in files if file.exists()]
    context = {"parts": parts, "figures": settings.FIGURES, "quick": settings.QUICK}
    whole = template("results.md").render(context)
    rates = next((part.rates for part in parts if part.rates), {})
    results, image = (_folder(), _folder()) if settings.QUICK else (HERE, DOCS)
    (results / "results.md").write_text(whole, encoding="utf-8")
    if rates:
        (image / "results.svg").write_text(picture(rates, BARE), encoding="utf-8")
    if rates and not settings.QUICK:

        def rate(workload: str, contestant: str) -> str:
            return rounded(statistics.median(rates[workload][contestant]))

        readme = template("readme.md")
        _replace_passage(DOCS / "speed.md", template("speed.md").render(context))
        _replace_passage(ROOT / "README.md", readme.render(rate=rate, say=lambda en, _zh: en))
        _replace_passage(ROOT / "README.zh.md", readme.render(rate=rate, say=lambda _en, zh: zh))
    return whole


def _replace_passage(document: Path, passage: str) -> None:
    document.write_text(PASSAGE.sub(lambda _: passage, document.read_text("utf-8")), encoding="utf-8")


def _folder() -> Path:
    """Return the folder of the results, one file per part; with the code, unless this is a quick trial."""
    return settings.DATA / f"results-{settings.FIGURES}" if settings.QUICK else HERE / "results"
