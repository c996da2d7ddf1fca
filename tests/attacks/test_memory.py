"""The memory that attacks leave behind: every cache is bounded by bytes, or by statements of bounded size."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from app.http.limits import MAX_NEGOTIATION_CHARS
from app.sql.memo import MAX_CACHED_CONDITIONS
from tests.attacks.corpus import COSTLY, EXAMPLES, FACETS
from tests.attacks.server import Attacked, attacked_server, report

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]

CACHE_MB = 16
MAX_EXTRA_MB = 60  # above the idle server and its cache


def _some_filters(number: int) -> str:
    return "&".join(Random(number).sample(EXAMPLES, MAX_CACHED_CONDITIONS - 1))  # noqa: S311 - the same in every run


# The n-th of many requests that differ in what some cache is keyed by.
ATTACKS: dict[str, tuple[int, Callable[[int], tuple[str, dict[str, str]]]]] = {
    "languages": (600, lambda n: ("/", {"Accept-Language": f"zh-{n}".ljust(MAX_NEGOTIATION_CHARS, "x")})),
    "types": (600, lambda n: ("/v1/figures", {"Accept": f"*/*;a={n}".ljust(MAX_NEGOTIATION_CHARS, "x")})),
    "hosts": (600, lambda n: ("/v1/catalog.json", {"Host": f"{n}".ljust(255, "x")})),
    "queries": (600, lambda n: (f"/v1/figures?name_zh__contains={f'{n}'.ljust(450, 'x')}", {})),
    "searches": (600, lambda n: (f"/v1/search?q={f'{n}'.ljust(190, 'x')}", {})),
    "small shapes": (
        600,
        lambda n: (f"/v1/figures?{_some_filters(n)}&facet={FACETS}", {}),
    ),
    "shapes": (150, lambda n: (f"/v1/figures?{'&'.join(EXAMPLES[:n] + EXAMPLES[n + 1 :])}&facet={FACETS}", {})),
}


# And every costly request, again and again.
ATTACKS |= {name: (5, lambda _, case=case: case) for name, case in COSTLY.items()}  # type: ignore[misc]


@pytest.fixture(scope="module")
def attacked(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server for these requests alone."""
    with attacked_server(ready, tmp_path_factory.mktemp("attacked"), CACHE_MB) as server:
        yield server


def test_attacks_leave_little_memory_behind(attacked: Attacked) -> None:
    """All on one server, one after the other; 40 s on an idle machine."""
    idle = attacked.resident_mb()
    for name, (requests, of) in ATTACKS.items():
        for number in range(requests):
            assert attacked.get(*of(number)) < 500
        resident = attacked.resident_mb()
        report(f"after {requests} × {name}: {resident:.0f} MB, idle {idle:.0f} MB")
        assert resident <= idle + CACHE_MB + MAX_EXTRA_MB, name
