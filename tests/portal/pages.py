"""Every page of the site, derived from its routes, the collections and the seed's charts; searches, tables, problems."""

from collections.abc import Iterator

import pytest

from app.catalog import read_catalog
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal import PAGES
from tests.conftest import SEED

# `{id}` is the id of the collection's first record; charts have their own ids.
CHARTS = [each["id"] for each in read_catalog(SEED).model_dump(mode="json").get("charts") or []]
FILTERED = "/figures?unit=CNY&value__gte=1000000&sort=-value&fields=as_stated,value,status,indicator_id"

# Searches with hits and with suggestions only, and filtered tables.
QUERIES = [
    "/search?q=%E7%AF%AE%E7%90%83",
    "/search?collection=figures&q=8740%E4%B8%87",
    "/search?q=%E8%93%9D%E7%90%83",
    FILTERED,
    "/figures?fields=source_id,indicator.theme,subject.as_named,part_of.value&limit=5",
    "/programs?q=%E7%AF%AE%E7%90%83&theme__in=culture-and-sport,society",
    "/programs?limit=10&offset=10",
    "/programs?q=zzzz",
]
# The last two have every kind of fault of a query.
PROBLEMS = {
    "/nothing": 404,
    "/figures/nothing": 404,
    "/figures?nothing=1&limit=none": 422,
    "/figures?gte=1&year__between=1,2&date=1&unti=CNY&unit=CNY,person&group_by=unit&bom=true&value=x&paragraph=x&as_of=x"
    "&as_of__lt=2022-99&as_of__gt=2022-02-31&as_of__ne=2022&as_of__gte=2022-01-01T99:00&fields=id,id&sort=-none"
    "&status=planned&cursor=x&offset=1&q=-a&name_zh=%07&part_of_id__isnull=x": 422,
    "/search?limit=5&per_collection=1&collection=figures,figures&highlights=x&q=.": 422,
}


def paths() -> Iterator[str]:
    """Yield all paths below a language."""
    for path in PAGES:
        if "{collection}" in path:
            yield from (path.replace("{collection}", slug) for slug in COLLECTIONS)
        elif path == "/charts/{id}":
            yield from (f"/charts/{each}" for each in CHARTS)
        else:
            yield path
    yield from QUERIES
    yield from PROBLEMS


PATHS = list(paths())
SOUND = [path for path in PATHS if path not in PROBLEMS]
TABLES = [f"/{slug}" for slug in COLLECTIONS]

# Browser tests are slow: quick runs use one language.
BROWSED = [LANGUAGES[0], *(pytest.param(each, marks=pytest.mark.slow) for each in LANGUAGES[1:])]

BELOW = [f"/{language}{path}" for path in PATHS for language in LANGUAGES]
ALL = ["/", *BELOW]
ALL_SOUND = ["/", *(f"/{language}{path}" for path in SOUND for language in LANGUAGES)]
