"""Whole collections as files: content, names, refusals, and that clients notice a failed export."""

import csv
import io
import json
import select
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import product
from pathlib import Path
from typing import cast
from urllib.parse import quote

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from pyarrow import parquet
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from app.db import Database
from app.db.write_guard import lifted_guard
from app.formats import FORMATS
from app.main import create_app
from app.models import COLLECTIONS, ENTITIES, Figure
from app.request.records import read_file_request
from app.settings import Settings
from bench.loading import make_database
from tests import run
from tests.conftest import Record
from tests.http.wire import DECODE
from tests.problems import assert_refused, problem
from tests.running import HANGS_S, serving, wait_until

pytestmark = pytest.mark.databases("sqlite")

MANY = 20_000
BAD = "synthetic-0015000"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_is_chosen_by_extension_by_parameter_and_by_accept(client: TestClient, form: str) -> None:
    media_type = FORMATS[form].media_type
    by_extension = client.get(f"/v1/places.{form}?level=prefecture&format=csv", headers={"Accept": "image/png"})
    assert by_extension.headers["content-type"] == media_type
    if form == "json":
        return  # otherwise it is a page
    by_parameter = client.get(f"/v1/places?level=prefecture&format={form}", headers={"Accept": "image/png"})
    by_accept = client.get(
        "/v1/places?level=prefecture", headers={"Accept": f"image/png, {media_type.split(';')[0]};q=0.5"}
    )
    assert by_parameter.headers["content-type"] == by_accept.headers["content-type"] == media_type
    if form in {"csv", "ndjson"}:
        assert by_parameter.content == by_accept.content == by_extension.content


def test_formats_of_one_address_have_distinct_etags(client: TestClient) -> None:
    responses = [
        client.get("/v1/places?level=prefecture", headers={"Accept": each.media_type}) for each in FORMATS.values()
    ]
    responses += [client.get(f"/v1/places.{form}") for form in FORMATS]
    assert len({response.headers["etag"] for response in responses}) == len(responses)


def test_an_unknown_extension_is_responseed_with_the_known_ones(client: TestClient) -> None:
    detail = problem(client.get("/v1/places.pdf"), 404)["detail"]
    assert all(f"/v1/places.{form}" in detail for form in FORMATS)


def test_filters_sort_fields_limit_and_offset_apply(client: TestClient) -> None:
    query = "unit=CNY&sort=-value&fields=id,value,name_zh"
    page = client.get(f"/v1/figures?{query}").json()["data"]
    assert len(page) > 5
    for form in ("json", "ndjson"):
        text = client.get(f"/v1/figures.{form}?{query}").text
        records = json.loads(text)["data"] if form == "json" else [json.loads(line) for line in text.splitlines()]
        assert records == page
        assert [list(each) for each in records] == [["id", "value", "name_zh"]] * len(page)
    records = rows(client.get(f"/v1/figures.csv?{query}&limit=3&offset=1").text)
    assert [each["id"] for each in records] == [each["id"] for each in page[1:4]]
    assert rows(client.get("/v1/figures.csv?unit=t").text) == []
    assert client.get("/v1/figures.ndjson?unit=t").content == b""
    assert client.get("/v1/figures.json?unit=t").json()["data"] == []


def test_a_json_file_has_metadata_and_links(client: TestClient) -> None:
    document = client.get("/v1/places.json?limit=2&offset=14").json()
    assert set(document) == {"data", "meta", "links"}
    assert len(document["data"]) == 1
    assert (document["meta"]["total"], document["meta"]["limit"]) == (15, 2)
    assert document["meta"]["license"] == "CC-BY-4.0"
    assert document["links"]["collection"] == "http://testserver/v1/places"


def test_related_records_are_nested(client: TestClient, everything: dict[str, list[Record]]) -> None:
    lines = client.get("/v1/programs.ndjson?include=figures,parent").text.splitlines()
    page = client.get("/v1/programs?include=figures,parent&limit=1000").json()["data"]
    assert [json.loads(line) for line in lines] == page
    assert len(page) == len(everything["programs"])


def test_evidence_rides_along(client: TestClient, everything: dict[str, list[Record]]) -> None:
    expected = {
        each["id"]: client.get(f"/v1/figures/{each['id']}/evidence").json()["data"] for each in everything["figures"]
    }
    page = client.get("/v1/figures?include=evidence,source&limit=500").json()["data"]
    assert {each["id"]: each["evidence"] for each in page} == expected
    assert client.get("/v1/figures.json?include=evidence,source").json()["data"] == page
    lines = client.get("/v1/figures.ndjson?include=evidence,source").text.splitlines()
    assert [json.loads(line) for line in lines] == page
    one = client.get("/v1/figures?id=youth-teams&include=evidence&fields=text_en").json()["data"]
    assert one == [{"text_en": "80 teams", "evidence": expected["youth-teams"]}]


def test_the_evidence_of_a_page_is_bounded(client: TestClient) -> None:
    detail = "A page includes evidence in at most 500 records. Lower the limit, or use '/v1/figures.ndjson'."
    assert_refused(client.get("/v1/figures?include=evidence&limit=501"), "limit", detail)


def test_the_evidence_of_a_file_is_bounded(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.read.export.MAX_RELATED", 9)
    detail = "evidence is computed for at most 9 records of a file. This one has 10. Add filters, or limit and offset."
    assert_refused(client.get("/v1/figures.ndjson?include=evidence&limit=10"), "include", detail)
    assert client.get("/v1/figures.ndjson?include=evidence&limit=9").status_code == 200


@pytest.mark.parametrize(
    ("path", "parameter", "detail"),
    [
        ("/v1/figures.csv?include=source", "include", "is for json and ndjson, not for csv"),
        ("/v1/figures.parquet?bom=true", "bom", "is for csv, not for parquet"),
        ("/v1/figures.ndjson?lang=zh", "lang", "is for csv and xlsx, not for ndjson"),
        ("/v1/figures.json?facet=unit", "facet", "is for pages"),
        ("/v1/figures.csv?cursor=x", "cursor", "is for pages"),
        ("/v1/figures.csv?limit=0", "limit", "from 1 to"),
        ("/v1/figures.csv?lang=de", "lang", "no known language"),
        ("/v1/figures.csv?unit=yuan", "unit", "no known value"),
        ("/v1/figures.xlsx?feilds=id", "feilds", "Did you mean 'fields'?"),
        ("/v1/figures?format=csv&facet=unit", "facet", "is for pages"),
    ],
)
def test_a_parameter_that_a_file_does_not_take_is_named(
    client: TestClient, path: str, parameter: str, detail: str
) -> None:
    assert_refused(client.get(path), parameter, detail)


def test_a_byte_order_mark_is_optional(client: TestClient) -> None:
    plain, marked = (client.get(f"/v1/places.csv{query}").content for query in ("", "?bom=true"))
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert marked == b"\xef\xbb\xbf" + plain
    assert b"\r\n" in plain
    assert b"\n" not in plain.replace(b"\r\n", b"")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_headers_can_be_titles(client: TestClient, slug: str, lang: str) -> None:
    titles = [getattr(column.declared.title, lang) for column in COLLECTIONS[slug].columns().values()]
    assert list(rows(client.get(f"/v1/{slug}.csv?lang={lang}").text)[0]) == titles


def test_a_workbook_has_a_dictionary_and_a_title_sheet(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(client.get("/v1/figures.xlsx").content)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["figures", "dictionary", "about"]
    assert [sheet.freeze_panes for sheet in book.worksheets] == ["B2", "A2", "A2"]
    explained = {row[1] for row in book["dictionary"].iter_rows(min_row=2, values_only=True)}
    assert explained == set(Figure.columns())
    about = dict(book["about"].iter_rows(min_row=2, values_only=True))
    assert about["url"] == "http://testserver/v1/figures.xlsx"
    assert "CC-BY-4.0" in about["license"]
    assert "铜仁日报" in about["source 1"]


def test_a_download_is_named_after_its_content_and_release(client: TestClient) -> None:
    release = client.get("/v1").json()["data"]["release"]["id"]
    names = {
        "/v1/places.csv": f'attachment; filename="shanhai_places_{release}.csv"',
        "/v1/places.parquet?sort=id": f'attachment; filename="shanhai_places_{release}.parquet"',
        "/v1/places.xlsx?level=prefecture": f'attachment; filename="shanhai_places_selection-823e2bb1_{release}.xlsx"',
    }
    chinese = quote(f"山海_地点_{release}", safe="")
    names["/v1/places.csv?lang=zh"] = f"{names['/v1/places.csv']}; filename*=UTF-8''{chinese}.csv"
    for address, name in names.items():
        assert client.get(address).headers["content-disposition"] == name


def test_downloads_of_different_selections_have_different_names(client: TestClient) -> None:
    queries = [
        "figures.csv?",
        "figures.csv?unit=CNY",
        "figures.csv?unit=person",
        "figures.csv?q=油茶",
        "figures.csv?unit=CNY&limit=3",
        "figures.csv?labels=zh",
        "figures.csv?labels=en",
    ]
    queries += [f"figures/aggregate.csv?group_by={group}" for group in ("unit", "status")]
    names = {query: client.get(f"/v1/{query}").headers["content-disposition"] for query in queries}
    assert len(set(names.values())) == len(queries)
    for query in queries:  # how a file is encoded does not select anything
        assert client.get(f"/v1/{query}&bom=true").headers["content-disposition"] == names[query]
        assert client.get(f"/v1/{query}&lang=zh").headers["content-disposition"].startswith(names[query])
    ordered, reordered = (client.get(f"/v1/figures.csv?{query}") for query in ("unit=CNY&sort=id", "sort=id&unit=CNY"))
    assert ordered.headers["content-disposition"] == reordered.headers["content-disposition"]


def test_a_file_has_columns_of_related_records(client: TestClient) -> None:
    names = ["id", "value", "indicator.name_en", "part_of.value", "source.authors", "subject.name_zh"]
    query = f"sort=-value&fields={','.join(names)}"
    page = client.get(f"/v1/figures?{query}&limit=1000").json()["data"]
    table = parquet.read_table(io.BytesIO(client.get(f"/v1/figures.parquet?{query}").content))
    assert table.column_names == names
    assert table.to_pylist() == page
    assert table.schema.field("part_of.value").metadata[b"unit"] == b"part_of.unit"
    cells = rows(client.get(f"/v1/figures.csv?{query}").text)
    assert [list(each) for each in cells] == [names] * len(page)
    assert [each["indicator.name_en"] for each in cells] == [each["indicator.name_en"] for each in page]
    chinese = client.get(f"/v1/figures.csv?{query}&lang=zh").text.splitlines()[0]
    assert chinese == "标识,值,指标·英文名,所属整体·值,来源·作者,对象·中文名"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/v1/figures.xlsx?{query}").content))
    assert [row[0].value for row in book["figures"].iter_cols(max_row=1)] == names
    assert [row[1] for row in book["dictionary"].iter_rows(min_row=2, values_only=True)] == names
    assert [row[3] for row in book["figures"].iter_rows(min_row=2, values_only=True)] == [
        each["part_of.value"] for each in page
    ]


def test_no_two_selections_have_one_name() -> None:
    choices = {
        "q": ["油茶", "a"],
        "unit": ["CNY", "person"],
        "unit__in": ["CNY", "CNY,person"],
        "fields": ["id,value", "value,id"],
        "sort": ["-value", "value"],
        "include": ["indicator"],
        "limit": ["3"],
        "offset": ["3"],
    }
    parameters = [[None, *((name, text) for text in texts)] for name, texts in choices.items()]
    queries = [[each for each in chosen if each] for chosen in product(*parameters)]
    names = [read_file_request(Figure, query, FORMATS["ndjson"]).file_name("r") for query in queries]
    assert len({*names}) == len(names)
    assert names[0] == "shanhai_figures_r"
    csv = [
        read_file_request(Figure, [each], FORMATS["csv"]).file_name("r") for each in (("bom", "true"), ("sort", "id"))
    ]
    assert csv == names[:1] * 2


@pytest.mark.parametrize("form", FORMATS)
def test_ranges_of_a_file_are_served(client: TestClient, form: str) -> None:
    address = f"/v1/places.{form}?level=prefecture"
    plain = {"Accept-Encoding": "identity"}
    whole = client.get(address, headers=plain)
    head = client.head(address, headers=plain)
    length = int(head.headers["content-length"])
    assert (length, head.headers["accept-ranges"]) == (len(whole.content), "bytes")
    half = length // 2
    parts = [client.get(address, headers={"Range": f"bytes={span}"}) for span in (f"0-{half - 1}", f"{half}-")]
    assert [part.status_code for part in parts] == [206, 206]
    assert parts[0].headers["content-range"] == f"bytes 0-{half - 1}/{length}"
    assert b"".join(part.content for part in parts) == whole.content
    tag = whole.headers["etag"]
    assert client.get(address, headers={"Range": "bytes=1-2", "If-Range": tag}).status_code == 206
    assert client.get(address, headers={"Range": "bytes=1-2", "If-Range": '"old"'}).status_code == 200
    assert client.get(address, headers={"Range": "bytes=1-2", "If-None-Match": tag}).status_code == 304
    last = client.get(address, headers={"Range": f"bytes=-{length * 2}"})  # as Parquet readers request the footer
    assert (last.status_code, last.content) == (206, whole.content)
    refused = client.get(address, headers={"Range": f"bytes={length}-"})
    assert problem(refused, 416)["code"] == "range-not-satisfiable"
    assert refused.headers["content-range"] == f"bytes */{length}"
    assert client.head(address, headers={"Range": "bytes=0-9"}).status_code == 200


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A SQLite database of synthetic figures; the date of one record is invalid, so exports that read it fail."""

    def create(folder: Path) -> None:
        folder.mkdir()
        with (
            Database(make_database(folder, MANY), "load") as database,
            database.transaction() as connection,
            lifted_guard(connection, ENTITIES),
        ):
            spoil = """UPDATE figures SET record = replace(record, '"as_of":"', '"as_of":"not ') WHERE id = ?"""
            connection.exec_driver_sql(spoil, (BAD,))

    template = run.current.create_once("many", create) / "shanhai.sqlite"
    copy = shutil.copyfile(template, tmp_path_factory.mktemp("many") / template.name)  # which a test locks
    return f"sqlite:///{copy}"


@pytest.fixture(scope="module")
def service(many: str) -> Iterator[str]:
    with serving("--no-prepare", DATABASE_URL=many) as (client, _):
        yield str(client.base_url).rstrip("/")


@pytest.mark.slow
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_long_file_streams_whole(service: str, tmp_path: Path, coding: str) -> None:
    target = tmp_path / "figures.csv"
    curl = ["curl", "-fsS", "--compressed", "-H", f"Accept-Encoding: {coding}", "-o", str(target)]
    subprocess.run([*curl, f"{service}/v1/figures.csv?fields=id,value,name_zh"], check=True)
    records = rows(target.read_text("utf-8"))
    assert len(records) == MANY
    assert records[-1]["id"] == f"synthetic-{MANY - 1:07}"
    assert target.stat().st_size > 1 << 20


@pytest.mark.slow
def test_labels_of_many_batches_stay_beside_their_records(web: httpx.Client, service: str) -> None:
    address, query = f"{service}/v1/figures", "fields=id,status,indicator_id,subject_id&labels=zh&limit=5000"
    records = rows(web.get(f"{address}.csv?{query}").text)
    assert records == [json.loads(line) for line in web.get(f"{address}.ndjson?{query}").text.splitlines()]
    names = {each["id"]: each["name_zh"] for each in web.get(f"{service}/v1/indicators?limit=1000").json()["data"]}
    assert all(each["indicator_id_label"] == names[each["indicator_id"]] for each in records)
    assert len({each["subject_id_label"] for each in records}) > 1


@pytest.mark.parametrize("coding", DECODE)
def test_a_stream_is_compressed(web: httpx.Client, service: str, coding: str) -> None:
    address = f"{service}/v1/figures.ndjson?fields=id,name_zh,name_en,value"
    plain = web.get(address, headers={"Accept-Encoding": "identity"})
    with web.stream("GET", address, headers={"Accept-Encoding": coding}) as response:
        compressed = b"".join(response.iter_raw())
    assert (response.headers["content-encoding"], "content-length" in response.headers) == (coding, False)
    assert response.headers["etag"] != plain.headers["etag"]
    assert len(compressed) < len(plain.content) / 4
    assert DECODE[coding](compressed) == plain.content


def test_a_current_file_is_not_streamed_again(service: str) -> None:
    later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT", "Accept-Encoding": "gzip"}
    with httpx.Client() as client:
        for _ in range(3):  # on one connection, which a body after the head would break
            response = client.get(f"{service}/v1/figures.ndjson", headers=later)
            assert (response.status_code, response.content) == (304, b"")


def test_other_requests_are_served_while_a_file_is_compressed(web: httpx.Client, service: str) -> None:
    """Compressing it in one step would let only one request through, the one that waited for the end."""

    def download() -> int:
        return web.get(f"{service}/v1/figures.ndjson", headers={"Accept-Encoding": "gzip"}).status_code

    with ThreadPoolExecutor(1) as pool:
        running, responseed = pool.submit(download), 0
        while not running.done():
            responseed += web.get(f"{service}/healthz").is_success
    assert running.result() == 200
    assert responseed > 3


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_curl_notices_a_failed_export(service: str, form: str, tmp_path: Path) -> None:
    curl = ["curl", "-sS", "-o", str(tmp_path / "out"), "-w", "%{http_code}", f"{service}/v1/figures.{form}"]
    done = subprocess.run(curl, capture_output=True, text=True, check=False)
    # Parquet has sent nothing yet and becomes a problem document; a started stream is cut off.
    assert (done.returncode, done.stdout) == ((18, "200") if form == "csv" else (0, "500"))


def test_pandas_notices_a_failed_export(service: str) -> None:
    read = f"import pandas; print(len(pandas.read_csv('{service}/v1/figures.csv')))"
    done = subprocess.run([sys.executable, "-c", read], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "IncompleteRead" in done.stderr


def test_an_http_1_0_client_gets_nothing_of_a_failed_export(service: str) -> None:
    curl = ["curl", "-sS", "--http1.0", "-o", "/dev/null", "-w", "%{http_code} %header{content-length}"]
    failed = subprocess.run([*curl, f"{service}/v1/figures.csv"], capture_output=True, text=True, check=True)
    assert failed.stdout.startswith("500")
    whole = subprocess.run(
        [*curl, f"{service}/v1/figures.csv?fields=id,name_zh"], capture_output=True, text=True, check=True
    )
    status, length = whole.stdout.split()
    assert (status, int(length) > 1 << 20) == ("200", True)


def test_curl_notices_a_killed_server(many: str, tmp_path: Path) -> None:
    with serving("--no-prepare", DATABASE_URL=many) as (client, process):
        address = f"{client.base_url}/v1/figures.ndjson"
        command = ["curl", "-sS", "--limit-rate", "2M", "-o", str(tmp_path / "out"), address]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as curl:
            out = tmp_path / "out"
            wait_until(lambda: out.exists() and out.stat().st_size > 0)
            process.kill()
            assert curl.wait(HANGS_S) in {18, 56}


def test_neither_a_failed_export_nor_a_slow_client_holds_a_lock(web: httpx.Client, many: str) -> None:
    """A loader can write: an export reads at the speed of the disk, not of the client, and releases its locks."""
    with serving("--no-prepare", DATABASE_URL=many) as (client, _), client.stream("GET", "/v1/figures.ndjson") as slow:
        next(slow.iter_raw(1024))
        with pytest.raises(httpx.RemoteProtocolError):
            web.get(f"{client.base_url}/v1/figures.csv")
        with closing(sqlite3.connect(make_url(many).database or "", timeout=HANGS_S, isolation_level=None)) as writer:
            writer.execute("BEGIN EXCLUSIVE")
            writer.execute("ROLLBACK")


UNREAD = (
    b"GET /v1/figures.ndjson?id__lt=%s&value__gte=-%%d HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
    % (BAD.encode())
)


@contextmanager
def unread_exports(client: httpx.Client, count: int) -> Iterator[list[socket.socket]]:
    """Connections of one client that ask for long files and read nothing."""
    with ExitStack() as connections:
        asking = []
        for number in range(count):
            connection = connections.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            connection.settimeout(HANGS_S)
            connection.connect((client.base_url.host, client.base_url.port))
            connection.sendall(UNREAD % number)
            asking.append(connection)
        yield asking


def test_a_hundred_exports_of_one_client_leave_places_to_others(many: str) -> None:
    form = "/v1/programs.xlsx?name_zh__startswith=合成"
    settings = {"DATABASE_URL": many, "SHANHAI_TRUST_PROXY": "true"}
    with serving("--no-prepare", **settings) as (client, _), unread_exports(client, 100):
        busy = client.get("/v1/places.csv?level=prefecture", headers={"X-Forwarded-For": "192.0.2.1"})
        problem(busy, 503)
        assert busy.headers["retry-after"] == "5"
        assert client.get(form, headers={"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code == 200
        same = f"/v1/figures.ndjson?id__lt={BAD}&value__gte=-99"  # which a request of the other waits for
        assert client.get(same, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_an_export_that_is_not_read_is_closed_in_time(many: str) -> None:
    settings = {"DATABASE_URL": many, "SHANHAI_EXPORT_TIMEOUT_S": "1"}
    with serving("--no-prepare", **settings) as (client, _), unread_exports(client, 1) as (unread,):
        poll = select.poll()
        poll.register(unread, 0)  # for a reset
        assert poll.poll(HANGS_S * 1000)


def test_an_export_that_is_not_wanted_leaves_its_place(many: str) -> None:
    address = f"/v1/figures.ndjson?id__lt={BAD}"
    app = create_app(Settings(database_url=many))
    with TestClient(app) as client:
        client.head(address)
        later = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        assert client.get(address, headers=later).status_code == 304
        places = cast("FastAPI", app.app).state.export_places
        wait_until(lambda: not places._running)
        assert not places._unsent


def test_curl_takes_chinese_in_addresses_and_names(service: str, tmp_path: Path) -> None:
    target = tmp_path / "合成项目.csv"
    address = f"{service}/v1/programs.csv?name_zh__startswith=合成项目00&fields=id,name_zh"
    subprocess.run(["curl", "-fsS", "-o", target, address], check=True)
    assert target.read_bytes().decode() == "id,name_zh\r\nsynthetic-program-00,合成项目00\r\n"
    assert subprocess.run(["curl", "-fsS", address], capture_output=True, check=True).stdout == target.read_bytes()
    assert quote("合成项目").encode() not in target.read_bytes()
