"""Filters, facets, fields and included records, compared with a computation over all records."""

import json
import operator
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.entity import Entity
from app.models import COLLECTIONS, Figure
from app.request.operators import OPERATORS
from app.request.relations import reachable, references, relations
from tests.conftest import Record, client_of
from tests.problems import assert_refused

Everything = dict[str, list[Record]]


def folded(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def known(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """As in SQL, a comparison with null is not true."""
    return lambda value, operand: value is not None and test(value, operand)


# The meaning of each operator, independent of the service's SQL.
MEANING: dict[str, Callable[[Any, Any], bool]] = {
    "": known(operator.eq),
    "ne": known(operator.ne),
    "gt": known(operator.gt),
    "gte": known(operator.ge),
    "lt": known(operator.lt),
    "lte": known(operator.le),
    "in": known(lambda value, operand: value in operand),
    "contains": known(lambda value, operand: folded(operand) in folded(value)),
    "startswith": known(lambda value, operand: folded(value).startswith(folded(operand))),
    "isnull": lambda value, operand: (value is None) == operand,
}


def test_every_operator_of_the_contract_exists() -> None:
    assert {each.suffix for each in OPERATORS} == set(MEANING)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_filter_selects_the_right_records(client: TestClient, everything: Everything, slug: str) -> None:
    entity, records = COLLECTIONS[slug], everything[slug]
    tried = 0
    for column in entity.columns().values():
        values = sorted(
            {record[column.name] for record in records if record[column.name] is not None} if not column.is_list else ()
        )
        for each in OPERATORS:
            if not each.applies(column) or (not values and each.takes != "truth"):
                continue
            middle = values[len(values) // 2] if values else None
            some = [value for value in values if "," not in str(value)][:2]  # commas separate the values of a list
            operand, text = {
                "one": (middle, str(middle)),
                "many": (some, ",".join(map(str, some))),
                "truth": (True, "true"),
            }[each.takes]
            response = client.get(f"/v1/{slug}", params={each.parameter(column): text, "limit": 1000})
            expected = [record["id"] for record in records if MEANING[each.suffix](record[column.name], operand)]
            assert [record["id"] for record in response.json()["data"]] == expected, each.parameter(column)
            assert response.json()["meta"]["total"] == len(expected)
            tried += 1
    assert tried > 30


@given(text=st.text(st.sampled_from("aAzZ%_\\'\"é油茶 ,.|–"), min_size=1, max_size=4), prefix=st.booleans())
@settings(max_examples=60)
def test_wildcards_and_quotes_are_plain_characters(
    client: TestClient, everything: Everything, text: str, prefix: bool
) -> None:
    name = "startswith" if prefix else "contains"
    response = client.get("/v1/programs", params={f"summary_en__{name}": text, "limit": 1000})
    expected = [each["id"] for each in everything["programs"] if MEANING[name](each["summary_en"], text)]
    assert [each["id"] for each in response.json()["data"]] == expected


def test_letters_match_in_either_case_in_both_databases(client: TestClient) -> None:
    assert client.get("/v1/enterprises?name_en__contains=BIOTECH").json()["meta"]["total"] == 2


def test_several_filters_combine(client: TestClient, everything: Everything) -> None:
    page = client.get("/v1/figures?unit=CNY&status=achieved&value__gte=5600000&sort=-value").json()
    expected = [each for each in everything["figures"] if each["unit"] == "CNY" and each["status"] == "achieved"]
    expected = [each for each in expected if (each["value"] or 0) >= 5_600_000]
    assert [each["id"] for each in page["data"]] == [
        each["id"] for each in sorted(expected, key=lambda each: (-each["value"], each["id"]))
    ]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_fields_selects_and_orders_keys(client: TestClient, everything: Everything, slug: str) -> None:
    names = list(COLLECTIONS[slug].columns())[::-1][:4]
    page = client.get(f"/v1/{slug}?fields={','.join(names)}&limit=1000").json()
    assert [list(record.items()) for record in page["data"]] == [
        [(name, record[name]) for name in names] for record in everything[slug]
    ]
    one = everything[slug][0]["id"]
    assert client.get(f"/v1/{slug}/{one}?fields={names[0]}").json()["data"] == {names[0]: everything[slug][0][names[0]]}


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_record_is_the_same_by_itself(client: TestClient, everything: Everything, slug: str) -> None:
    for record in everything[slug]:
        response = client.get(f"/v1/{slug}/{record['id']}").json()
        assert response["data"] == record
        assert response["links"]["self"].endswith(f"/v1/{slug}/{record['id']}")
        assert set(response["meta"]) == {"release", "license"}


def expected_related(entity: type[Entity], name: str, record: Record, everything: Everything) -> Any:
    """Return the records that must be included, without the service's joins."""
    relation = relations(entity)[name]
    if name == "subject":
        slug = next(slug for slug, each in COLLECTIONS.items() if each.collection.singular == record["subject_kind"])
        return next(each for each in everything[slug] if each["id"] == record["subject_id"])
    (link,) = relation.links
    targets = everything[link.target.collection.slug]
    if not relation.many:
        return next((each for each in targets if each["id"] == record[link.local.name]), None)
    if link.remote.name not in link.target.columns():
        kind = entity.collection.singular
        return [each for each in targets if (each["subject_kind"], each["subject_id"]) == (kind, record["id"])]
    return [each for each in targets if each[link.remote.name] == record["id"]]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_included_records_are_the_related_ones(client: TestClient, everything: Everything, slug: str) -> None:
    entity = COLLECTIONS[slug]
    names = list(relations(entity))
    if not names:
        assert client.get(f"/v1/{slug}?include=source").status_code == 422
        return
    page = client.get(f"/v1/{slug}?include={','.join(names)}&limit=500").json()
    for included, record in zip(page["data"], everything[slug], strict=True):
        assert list(included) == [*record, *names]
        for name in names:
            if relations(entity)[name].compute:
                expected = client.get(f"/v1/{slug}/{record['id']}/{name}").json()["data"]
            else:
                expected = expected_related(entity, name, record, everything)
            assert included[name] == expected, (record["id"], name)
    one = client.get(f"/v1/{slug}/{everything[slug][0]['id']}?include={names[0]}&fields=id").json()["data"]
    assert one == {"id": everything[slug][0]["id"], names[0]: page["data"][0][names[0]]}


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_fields_reaches_one_step(client: TestClient, everything: Everything, slug: str) -> None:
    entity = COLLECTIONS[slug]
    own, steps = list(entity.columns()), [name for name in reachable(entity) if "." in name]
    to_one = {relation.name for relation in references(entity).values()}
    assert {name.partition(".")[0] for name in steps} == to_one
    names = [*steps[::-1], *own[:2]][:100]
    expected: list[list[tuple[str, Any]]] = []
    for record in everything[slug]:
        related = {name: expected_related(entity, name, record, everything) for name in to_one} | {"": record}
        parts = ((name, *name.rpartition(".")[::2]) for name in names)
        expected.append([(name, related[one][key] if related[one] else None) for name, one, key in parts])
    query = f"fields={','.join(names)}"
    page = client.get(f"/v1/{slug}?{query}&limit=1000").json()
    assert [list(record.items()) for record in page["data"]] == expected
    lines = client.get(f"/v1/{slug}.ndjson?{query}").text.splitlines()
    assert [list(json.loads(line).items()) for line in lines] == expected
    one = client.get(f"/v1/{slug}/{everything[slug][0]['id']}?{query}").json()["data"]
    assert list(one.items()) == expected[0]


def test_a_step_and_an_included_record_are_read_together(client: TestClient) -> None:
    query = "fields=id,indicator.name_en&include=indicator,source&sort=-value&limit=3"
    for record in client.get(f"/v1/figures?{query}").json()["data"]:
        assert list(record) == ["id", "indicator.name_en", "indicator", "source"]
        assert record["indicator.name_en"] == record["indicator"]["name_en"]
    found = client.get("/v1/figures?q=8740%E4%B8%87&fields=indicator.id").json()["data"]
    assert [list(record) for record in found] == [["indicator.id"]]


@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("figures?fields=indicator.nmae_en", "Did you mean 'indicator.name_en'?"),
        ("figures?fields=indicator", "no known field"),
        ("figures?fields=part_of.indicator.name_en", "no known field"),
        ("figures?fields=subject.theme", "no known field"),
        ("programs?fields=figures.value", "no known field"),
        ("figures.csv?fields=parts.id", "no known field"),
        ("figures/youth-teams?fields=indicator.nmae_en", "Did you mean 'indicator.name_en'?"),
    ],
)
def test_fields_reaches_no_list_and_no_second_step(client: TestClient, path: str, detail: str) -> None:
    assert_refused(client.get(f"/v1/{path}"), "fields", detail)


def test_relations_of_programs_and_figures() -> None:
    assert {"figures", "parent", "children", "enterprises", "products"} <= set(relations(COLLECTIONS["programs"]))
    own = {"indicator", "subject", "place", "part_of", "parts", "source", "evidence"}
    own |= {"conflicts_with", "conflicts", "replaced_by", "replaces"}
    assert own | {"numerator_of", "denominator_of"} == set(relations(Figure))


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_facets_count_records(client: TestClient, everything: Everything, slug: str) -> None:
    countable = [name for name, column in COLLECTIONS[slug].columns().items() if column.is_categorical]
    if not countable:
        return
    page = client.get(f"/v1/{slug}?facet={','.join(countable)}&limit=0").json()
    assert page["data"] == []
    assert list(page["facets"]) == countable
    for name in countable:
        counted = {each["value"]: each["count"] for each in page["facets"][name]}
        assert counted == dict(Counter(record[name] for record in everything[slug]))
        counts = [each["count"] for each in page["facets"][name]]
        assert counts == sorted(counts, reverse=True)


def test_a_facet_ignores_its_own_filter_only(client: TestClient, everything: Everything) -> None:
    page = client.get("/v1/figures?unit=CNY&status=achieved&facet=unit,status").json()
    achieved = Counter(each["unit"] for each in everything["figures"] if each["status"] == "achieved")
    money = Counter(each["status"] for each in everything["figures"] if each["unit"] == "CNY")
    assert {each["value"]: each["count"] for each in page["facets"]["unit"]} == dict(achieved)
    assert {each["value"]: each["count"] for each in page["facets"]["status"]} == dict(money)
    assert all(record["unit"] == "CNY" for record in page["data"])


def test_facets_have_labels_in_both_languages(client: TestClient) -> None:
    facets = client.get("/v1/figures?facet=unit,indicator_id,part_of_id&limit=0").json()["facets"]
    money = next(each for each in facets["unit"] if each["value"] == "CNY")
    assert (money["label_zh"], money["label_en"]) == ("元", "yuan")
    stable = next(each for each in facets["indicator_id"] if each["value"] == "stable-employment")
    assert stable["label_zh"]
    assert stable["label_en"]
    assert facets["part_of_id"][0] == {"value": None, "label_zh": None, "label_en": None, "count": 30}


def test_a_total_is_the_same_however_it_is_computed(address: str) -> None:
    """Counted, derived from a complete page, or the sum of a facet: each time by a server that has not had the query."""
    totals: dict[str, dict[str, int]] = {}
    for paging in ("limit=1", "limit=1000", "limit=1&facet=period", "limit=0&facet=unit", "limit=1&offset=1000"):
        with client_of(address) as client:
            for query in (
                "status=achieved",
                "value__gte=100&unit=person",
                "unit=CNY&status=planned",
                "note_en__isnull=true",
            ):
                total = client.get(f"/v1/figures?{query}&{paging}").json()["meta"]["total"]
                totals.setdefault(query, {})[paging] = total
    assert [(query, found) for query, found in totals.items() if len({*found.values()}) > 1] == []
