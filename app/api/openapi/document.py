"""The OpenAPI document: FastAPI's, with what it cannot know.

FastAPI describes the routes. This adds the query parameters, which the project parses itself; an operation for each
format of a collection's files, since generated clients expect one media type of an operation; components, to which
operations refer; and the address, the licence and example values of the release.
"""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from fastapi import FastAPI

from app.api.openapi import components
from app.api.openapi.collections import CollectionOperations
from app.api.texts import KEY, in_language, texts
from app.contact import email
from app.entity import Bilingual, Labels
from app.http.languages import CHINESE, ENGLISH
from app.models import COLLECTIONS, ENTITIES, Figure
from app.read.dataset import PublishedRelease
from app.read.examples import Examples

Document = dict[str, Any]

TAGS = {
    Bilingual("索引", "Index"): Bilingual(
        "这里有什么，以及本服务会报告的各种错误。", "What there is, and the problems that this service reports."
    ),
    Bilingual("检索", "Search"): Bilingual("同时检索全部表。", "All collections at once."),
    Bilingual("图表", "Charts"): Bilingual("画成图的数字。", "The figures, drawn."),
    Bilingual("引用", "Citation"): Bilingual("怎样引用整个数据集或一个数字。", "How to cite the dataset or a figure."),
    Bilingual("版本", "Releases"): Bilingual(
        "数据集的各个版本：其中的文件，以及两个版本之间的改动。",
        "The editions of the dataset: their files, and what changed between two of them.",
    ),
    Bilingual("元数据", "Metadata"): Bilingual(
        "供数据目录和工具使用的数据集描述。", "The dataset as catalogues and tools describe data."
    ),
}

TITLE = Bilingual("山海开放数据", "Shanhai Open Data")
SUMMARY = Bilingual(
    "东西部协作的数据，每个数值都可追溯到原词。",
    "The figures of China's East–West cooperation, each traced to the words that state it.",
)
ABOUT = Bilingual(
    "`/v1` 列出各张表和当前版本。每个操作只声明一种媒体类型；Accept 请求头、`format=` 或扩展名可以选用其他格式。每个"
    "字段还可以使用未声明的运算符：`{field}__ne`、`__gt`、`__gte`、`__lt`、`__lte`、`__in`、`__contains`、`__startswith`、`__isnull`。"
    "列表的各个值以逗号分隔。排序时空值在最后，相同时按 `id` 排；不写 `sort` 时，`q` 的结果按匹配程度"
    "排序。会误导读者的汇总将被拒绝，并指出加上哪些筛选即可。响应带有强 ETag，Link 响应头重复 `links` 中的网址。",
    """`/v1` lists the collections and the release. Each operation declares one media type; the Accept header, `format=`
or an extension chooses others. Every field also takes operators that are not declared: `{field}__ne`, `__gt`,
`__gte`, `__lt`, `__lte`, `__in`, `__contains`, `__startswith`, `__isnull`. Lists have commas between their
values. Nulls are sorted last, then `id` decides; without `sort`, results of `q` are sorted by rank. A measure that
would mislead is refused, with the filters that correct it. Responses have a strong ETag and, in Link, the URLs of
`links`.""",
)


class Served(NamedTuple):
    """What the document says of the server and its release."""

    base_url: str
    catalog: Mapping[str, Any]
    contact: str
    release: PublishedRelease
    examples: Examples
    terms: Labels


def openapi_document(app: FastAPI, served: Served | None = None, language: str = ENGLISH) -> Document:
    """Return the document, with the server's address and the release's licence and examples if they are given."""
    document = deepcopy(FastAPI.openapi(app))
    paths: dict[str, Any] = document["paths"]
    operations = CollectionOperations()
    for entity in ENTITIES:
        for path, parameters in operations.queries(entity).items():
            paths[path]["get"]["parameters"] = [*paths[path]["get"].get("parameters", ()), *parameters]
        paths |= {path: {"get": operation} for path, operation in operations.files(entity)}
    for path in paths.values():
        _share_responses(path["get"])
        _describe_once(path["get"])
    document["components"] = {
        "schemas": {
            **{name: components.compact(schema) for name, schema in document["components"]["schemas"].items()},
            **components.schemas(),
            **operations.schemas,
        },
        "parameters": operations.parameters,
        "responses": components.responses(),
        "headers": components.HEADERS,
    }
    entities = sorted(ENTITIES, key=lambda entity: entity.collection.rank)
    tags = {entity.collection.title: entity.collection.about for entity in entities} | TAGS
    document["tags"] = [texts(name=name, description=about) for name, about in tags.items()]
    document["security"] = []
    document["info"] |= texts(title=TITLE, summary=SUMMARY, description=ABOUT)
    if served:
        _describe_release(document, served)
    if language == CHINESE:
        names = {name.en: name.zh for name in tags}
        for item in paths.values():
            item["get"]["tags"] = [names[name] for name in item["get"]["tags"]]
    described: Document = in_language(document, language)
    return described


def _share_responses(operation: Document) -> None:
    """Refer to the responses that are the same everywhere, and add what every operation has."""
    responses = operation["responses"]
    responses |= components.shared_responses(sorted(components.SHARED.keys() & {*responses, "default"}))


def _describe_once(operation: Document) -> None:
    """Remove what FastAPI repeats in the schema of a parameter in a path."""
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "path":
            schema = parameter["schema"]
            del schema["title"], schema["description"]
            parameter[KEY] = schema.pop(KEY)


def _describe_release(document: Document, served: Served) -> None:
    publisher, terms = served.catalog["publisher"], served.catalog["license"]
    document["info"]["contact"] = {
        **texts(name=Bilingual(publisher["zh"], publisher["en"])),
        **_address(served.contact),
    }
    document["info"]["license"] = {"name": terms["title"], "url": terms["url"]}
    document["servers"] = [{"url": served.base_url, **texts(description=Bilingual(**served.catalog["title"]))}]
    for path, item in document["paths"].items():
        for parameter in item["get"].get("parameters", ()):
            if value := _examples_of_path(path, served).get(parameter.get("name")):
                parameter["schema"]["examples"] = [value]
    for entity, values in served.examples.items():
        properties, columns = document["components"]["schemas"][entity.__name__]["properties"], entity.columns()
        for name, value in values.items():
            if not (name in columns and columns[name].is_term):  # the schema of a vocabulary has all its terms
                properties[name]["examples"] = [value]
    for column in (column for entity in ENTITIES for column in entity.columns().values() if column.declared.terms):
        document["components"]["schemas"][column.vocabulary_name]["examples"] = [*column.labels(served.terms)]


def _address(contact: str) -> dict[str, str]:
    if address := email(contact):
        return {"email": address}
    return {"url": contact} if contact else {}


def _examples_of_path(path: str, served: Served) -> dict[str, Any]:
    """Return example values of a path's own parameters by name."""
    release = served.release["id"]
    entity = COLLECTIONS.get(path.split("/")[2]) if path.count("/") > 1 else None
    charts = served.catalog.get("charts", ())
    return {
        "id": served.examples.get(entity, {}).get("id") if entity else charts[0]["id"] if charts else None,
        "figure": served.examples.get(Figure, {}).get("id"),
        "release": release,
        "new": release,
        "old": served.release["previous_id"] or release,
    }
