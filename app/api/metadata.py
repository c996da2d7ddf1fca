"""The table of metadata documents: address, title, forms and writers of each."""

from functools import partial
from importlib.util import find_spec

from app.api.documents import Document, DocumentForm
from app.api.models.index import Conformance, DataPackage, Dictionary
from app.api.openapi import TEXT
from app.entity import Bilingual
from app.formats.json import encode
from app.http.languages import LANGUAGES
from app.models import ENTITIES
from app.standards import api_catalog, llms, opensearch
from app.standards.conformance import conformance_json
from app.standards.croissant import croissant
from app.standards.csvw import GROUP, MEDIA_TYPE, csvw_group, csvw_table, path_of
from app.standards.datapackage import Resource, datapackage
from app.standards.dataset import Dataset
from app.standards.dcat import dcat
from app.standards.dictionary import dictionary_csv, dictionary_json
from app.standards.json_ld import turtle
from app.standards.schema_org import schema_org
from app.standards.sitemap import robots

LD = "application/ld+json"


def _datapackage(dataset: Dataset) -> bytes:
    resources = [
        Resource(entity, file.url, file.bytes, file.sha256)
        for entity in dataset.entities
        for file in [dataset.csv_of(entity)]
    ]
    return encode(
        datapackage(
            dataset.catalog,
            dataset.release,
            dataset.sources,
            resources,
            dataset.labels,
            homepage=dataset.url("/"),
        )
    )


def _llms(dataset: Dataset) -> bytes:
    return llms.llms(dataset, has_mcp=_has_mcp())


def _api_catalog(dataset: Dataset) -> bytes:
    return api_catalog.api_catalog(dataset, has_mcp=_has_mcp())


def _has_mcp() -> bool:
    return find_spec("mcp") is not None  # the extra


DOCUMENTS: tuple[Document, ...] = (
    Document(
        "datapackage",
        "/v1/datapackage.json",
        Bilingual("数据包（Data Package）描述", "Data Package descriptor"),
        Bilingual(
            "每张表的 CSV 文件，连同长度、校验值、列、类型、单位和相互引用（Data Package v2）。",
            "Every collection's CSV file with its length, hash, columns, types, units and references (Data Package "
            "v2).",
        ),
        "getDataPackage",
        {"json": DocumentForm("application/json", _datapackage, DataPackage)},
    ),
    Document(
        "dcat",
        "/v1/dcat.jsonld",
        Bilingual("DCAT-AP 目录（JSON-LD）", "DCAT-AP catalogue as JSON-LD"),
        Bilingual(
            "目录、各个版本、文件及其大小和校验值，以及接口（DCAT 3、DCAT-AP 3.0.1）。",
            "The catalogue, every release, its files with sizes and checksums, and the API (DCAT 3, DCAT-AP 3.0.1).",
        ),
        "getDcat",
        {"jsonld": DocumentForm(LD, lambda dataset: encode(dcat(dataset)))},
    ),
    Document(
        "dcat.ttl",
        "/v1/dcat.ttl",
        Bilingual("DCAT-AP 目录（Turtle）", "DCAT-AP catalogue as Turtle"),
        Bilingual(
            "同一目录的 Turtle 形式。",
            "The same graph as Turtle.",
        ),
        "getDcatTurtle",
        {"ttl": DocumentForm("text/turtle; charset=utf-8", lambda dataset: turtle(dcat(dataset)), TEXT)},
    ),
    Document(
        "croissant",
        "/v1/croissant.json",
        Bilingual("Croissant 1.1 描述", "Croissant 1.1 description"),
        Bilingual(
            "CSV 文件及其校验值；每张表是一个记录集，每个词表列出取值。",
            "The CSV files with their hashes, every collection as a record set, every vocabulary with its terms.",
        ),
        "getCroissant",
        {"json": DocumentForm(LD, lambda dataset: encode(croissant(dataset)))},
    ),
    Document(
        "schema.org",
        "/v1/schema.jsonld",
        Bilingual("schema.org 数据集描述", "schema.org Dataset"),
        Bilingual(
            "供搜索引擎读取的数据集描述。",
            "The dataset as search engines read it.",
        ),
        "getSchemaOrg",
        {"jsonld": DocumentForm(LD, lambda dataset: encode(schema_org(dataset)))},
    ),
    Document(
        "csv-metadata",
        GROUP,
        Bilingual("CSVW 元数据（全部 CSV）", "CSVW metadata of all CSV files"),
        Bilingual(
            "全部 CSV 文件的列，以及它们怎样相互引用（CSV on the Web）。",
            "Every CSV file with its columns, and how they refer to each other (CSV on the Web).",
        ),
        "getCsvMetadata",
        {"json": DocumentForm(MEDIA_TYPE, lambda dataset: encode(csvw_group(dataset)))},
    ),
    Document(
        "dictionary",
        "/v1/dictionary",
        Bilingual("数据字典", "Data dictionary"),
        Bilingual(
            "每张表、每个字段和词表：名称、类型、单位、可选值、示例与出处。",
            "Every collection, field and vocabulary: title, type, unit, allowed values, example, and where it comes "
            "from.",
        ),
        "getDictionary",
        {
            "json": DocumentForm("application/json", dictionary_json, Dictionary),
            "csv": DocumentForm("text/csv; charset=utf-8", dictionary_csv, TEXT),
        },
        page="/docs/dictionary",
    ),
    Document(
        "conformance",
        "/conformance",
        Bilingual("与最佳实践的对照", "Conformance"),
        Bilingual(
            "W3C 数据网络最佳实践与 FAIR 原则：各条在这里怎样做到，或尚未做到。",
            "W3C's Data on the Web Best Practices and the FAIR principles: how each is met here, or that it is not.",
        ),
        "getConformance",
        {
            "json": DocumentForm("application/json", conformance_json, Conformance),
        },
        page="/docs/conformance",
    ),
    Document(
        "api-catalog",
        api_catalog.PATH,
        Bilingual("API 目录（RFC 9727）", "API catalogue (RFC 9727)"),
        Bilingual(
            "接口、接口说明、文档与运行状况的网址，以链接集列出。",
            "Where the API, its description, its documentation and its status are, as a set of links.",
        ),
        "getApiCatalog",
        {"json": DocumentForm(api_catalog.MEDIA_TYPE, _api_catalog)},
    ),
    Document(
        "robots",
        "/robots.txt",
        Bilingual("爬虫规则", "Rules for crawlers"),
        Bilingual(
            "全部内容均可读取，以及网站地图的位置。",
            "Everything may be read, and where the sitemap is.",
        ),
        "getRobots",
        {"txt": DocumentForm("text/plain; charset=utf-8", robots, TEXT)},
        indexed=False,
    ),
    Document(
        "llms",
        llms.PATH,
        Bilingual("智能助手的说明", "Notes for assistants"),
        Bilingual(
            "供智能助手阅读：网址、各张表，以及怎样引用数字。",
            "What assistants read: addresses, collections, and how to quote figures.",
        ),
        "getLlms",
        {"txt": DocumentForm(llms.MEDIA_TYPE, _llms, TEXT)},
        indexed=False,  # the OpenAPI document has no room for what is read once
    ),
    *(
        Document(
            f"opensearch.{language}",
            opensearch.path_of(language),
            Bilingual("地址栏搜索的描述", "Description of the search for address bars"),
            Bilingual(
                "供浏览器添加本站搜索。",
                "From which browsers add the site’s search.",
            ),
            f"getOpensearch{language.title()}",
            {
                "xml": DocumentForm(
                    opensearch.MEDIA_TYPE,
                    partial(lambda language, dataset: opensearch.opensearch(dataset, language), language),
                    TEXT,
                )
            },
            indexed=False,
        )
        for language in LANGUAGES
    ),
    *(
        Document(
            f"{entity.collection.slug}.csv-metadata",
            path_of(entity),
            Bilingual(f"{entity.collection.title.zh}：CSVW 元数据", f"{entity.collection.title.en}: CSVW metadata"),
            Bilingual(
                "该表 CSV 文件的列（CSV on the Web）。", "The columns of the collection's CSV file (CSV on the Web)."
            ),
            f"get{entity.__name__}CsvMetadata",
            {
                "json": DocumentForm(
                    MEDIA_TYPE, partial(lambda entity, dataset: encode(csvw_table(dataset, entity)), entity)
                )
            },
            indexed=False,
        )
        for entity in ENTITIES
    ),
)
