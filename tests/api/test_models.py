"""The response models describe what is answered: they accept it, and nothing with another key."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError
from starlette.testclient import TestClient

from app.api.models.charts import ChartsAnswer
from app.api.models.envelope import Open
from app.api.models.evidence import DerivedEvidenceAnswer, EvidenceAnswer
from app.api.models.index import Conformance, DataPackage, Dictionary, IndexAnswer
from app.api.models.problem import Problem, ProblemAnswer, ProblemsAnswer
from app.api.models.records import record_models
from app.api.models.releases import ReleaseAnswer, ReleasesAnswer
from app.api.models.search import SearchAnswer
from app.models import COLLECTIONS
from app.request.measures import groups, measures
from app.request.relations import relations

pytestmark = pytest.mark.databases("sqlite")


class Annotation(Open):
    """A W3C Web Annotation (https://www.w3.org/TR/annotation-model/)."""

    context: Any = Field(alias="@context")
    id: Any
    type: Any
    motivation: Any
    body: Any
    target: Any


class Provenance(Open):
    """A graph in PROV-O (https://www.w3.org/TR/prov-o/)."""

    context: Any = Field(alias="@context")
    graph: Any = Field(alias="@graph")


ANSWERS: Mapping[str, type[BaseModel]] = {
    "/v1": IndexAnswer,
    "/v1/search?q=篮球&highlights=true": SearchAnswer,
    "/v1/search?q=zzzz": SearchAnswer,
    "/v1/charts": ChartsAnswer,
    "/v1/figures/youth-teams/evidence": EvidenceAnswer,
    "/v1/figures/youth-teams/evidence?format=jsonld": Annotation,
    "/v1/derived-figures/players-per-youth-team/evidence": DerivedEvidenceAnswer,
    "/v1/derived-figures/players-per-youth-team/evidence?format=jsonld": Provenance,
    "/v1/releases": ReleasesAnswer,
    "/v1/datapackage.json": DataPackage,
    "/v1/dictionary": Dictionary,
    "/conformance": Conformance,
    "/v1/problems": ProblemsAnswer,
    "/v1/problems/not-found": ProblemAnswer,
    "/v1/nothing": Problem,
    "/v1/figures?nothing=1&limit=-1": Problem,
}


def check(client: TestClient, path: str, model: type[BaseModel]) -> dict[str, Any]:
    """The answer at a path, which the model must accept as it is, and refuse with a key more if it is closed."""
    response = client.get(path)
    model.model_validate_json(response.content, strict=True)
    answer: dict[str, Any] = response.json()
    if model.model_config.get("extra") == "forbid":
        with pytest.raises(ValidationError, match="extra_forbidden"):
            model.model_validate(answer | {"another": 1})
    return answer


@pytest.mark.parametrize("path", ANSWERS)
def test_a_model_accepts_its_answer(client: TestClient, path: str) -> None:
    check(client, path, ANSWERS[path])


def test_the_model_of_a_release_accepts_it(client: TestClient) -> None:
    release = client.get("/v1").json()["data"]["release"]["id"]
    check(client, f"/v1/releases/{release}", ReleaseAnswer)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_the_models_of_an_entity_accept_its_answers(client: TestClient, slug: str) -> None:
    entity, path = COLLECTIONS[slug], f"/v1/{slug}"
    models = record_models(entity)
    include, facets = ",".join(relations(entity)), ",".join(n for n, c in entity.columns().items() if c.is_categorical)
    page = check(client, f"{path}?limit=500" + (f"&include={include}" if include else ""), models.page)
    for record in page["data"]:
        models.record.model_validate(record)
    check(client, f"{path}?labels=zh&limit=1" + (f"&facet={facets}" if facets else ""), models.page)
    check(client, f"{path}.json?labels=en", models.file)
    check(client, f"{path}/{page['data'][0]['id']}", models.answer)
    with pytest.raises(ValidationError, match="missing"):
        models.record.model_validate({"id": page["data"][0]["id"]})
    for group in groups(entity):
        check(client, f"{path}/aggregate?group_by={group}&measure=count", models.aggregate)
    for measure in measures(entity):
        problem = client.get(f"{path}/aggregate?measure={measure}").status_code == 422
        check(client, f"{path}/aggregate?measure={measure}", Problem if problem else models.aggregate)
