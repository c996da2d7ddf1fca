"""An answer of the API as it is asked for in four languages, ready to copy."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit


class Sample(NamedTuple):
    """How to ask for an address in one language: what the language is called, and the code."""

    title: str
    write: Callable[[str], str]


def _curl(address: str) -> str:
    return f"curl '{address}'"


def _javascript(address: str) -> str:
    return f'const answer = await fetch("{address}");\nconst {{ data, meta, links }} = await answer.json();'


def _python(address: str) -> str:
    return f'import httpx\n\nanswer = httpx.get("{address}").raise_for_status().json()\nprint(answer["data"])'


def _pandas(address: str) -> str:
    return f'import pandas as pd\n\ntable = pd.read_csv("{address}")\nprint(table)'


def _r(address: str) -> str:
    return f'answer <- jsonlite::fromJSON("{address}")\nanswer$data'


def _r_table(address: str) -> str:
    return f'table <- read.csv("{address}", fileEncoding = "UTF-8")\nstr(table)'


def _is_table(address: str) -> bool:
    return urlsplit(address).path.endswith(".csv")


SAMPLES: Mapping[str, Sample] = {
    "curl": Sample("curl", _curl),
    "js": Sample("JavaScript", _javascript),
    "python": Sample("Python", lambda address: (_pandas if _is_table(address) else _python)(address)),
    "r": Sample("R", lambda address: (_r_table if _is_table(address) else _r)(address)),
}
