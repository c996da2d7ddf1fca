"""Cards: texts that fit, pictures of the size that sites ask for, and a bound on waiting drawings."""

import struct
import zlib
from collections.abc import Callable

import anyio
import pytest
import vl_convert
from starlette.testclient import TestClient

from app.charts.card import HEIGHT_PX, WIDTH_PX, block
from app.charts.pictures import Pictures
from app.charts.render import compress
from app.errors import Overloaded

pytestmark = pytest.mark.databases("sqlite")

FIGURES = [
    "/zh/figures/fiscal-aid-funds",
    "/en/figures/support-per-person",
    "/en/derived-figures/players-per-youth-team",
]


@pytest.mark.parametrize(
    ("text", "size", "lines"),
    [
        ("8740万元", 92, ["8740万元"]),
        ("CNY 500–6,000 per person per year", 92, ["CNY 500–6,000 per", "person per year"]),
        ("很" * 11 + "，" + "长" * 9, 80, ["很" * 11 + "，", "长" * 9]),  # no line begins with a comma
        ("长" * 60, 80, ["长" * 12, "长" * 12 + "…"]),
    ],
)
def test_a_text_is_as_large_as_it_fits_and_else_cut_off(text: str, size: int, lines: list[str]) -> None:
    made = block(text, 100, (92, 80, 68), 2)
    assert (made.size, [line for _, line in made.lines]) == (size, lines)
    baselines = [y for y, _ in made.lines]
    assert baselines[0] == 100 + size
    assert baselines == sorted(baselines)
    assert made.bottom > baselines[-1]


@pytest.mark.parametrize("path", FIGURES)
def test_a_card_is_a_png_of_the_usual_size(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}.png")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert struct.unpack(">II", answer.content[16:24]) == (WIDTH_PX, HEIGHT_PX)
    assert client.get(f"{path}.png", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/en/figures/nothing.png", "/en/nothing/fiscal-aid-funds.png", "/zh/places/bijiang.png"]
)
def test_what_states_no_value_has_no_card(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_too_many_drawings_are_refused_and_what_is_drawn_is_not(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = client.get(f"{FIGURES[0]}.png")
    monkeypatch.setattr("app.charts.pictures.MAX_WAITING", 0)
    assert client.get(f"{FIGURES[0]}.png?again=1").content == drawn.content
    for path in ("/zh/figures/youth-teams.png", "/v1/charts/jobs.png?width=777"):
        refused = client.get(path)
        assert refused.status_code == 503
        assert refused.headers["retry-after"]


def test_a_picture_is_drawn_once_and_a_client_fills_only_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[bytes] = []
    all_wait = anyio.Event()

    async def draw(render: Callable[[bytes], bytes], name: bytes) -> bytes:
        await all_wait.wait()
        drawn.append(name)
        return render(name)

    async def main() -> None:
        pictures = Pictures({})

        async def request(client: str, name: bytes) -> None:
            assert await pictures.draw(client, name, bytes.upper, name) == name.upper()

        async with anyio.create_task_group() as group:
            for name in (b"one", b"one", b"two", b"one"):
                group.start_soon(request, "a", name)
            group.start_soon(request, "b", b"three")
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(Overloaded, match="2 pictures"):
                await pictures.draw("a", b"four", bytes.upper, b"four")
            all_wait.set()
        await request("a", b"four")

    monkeypatch.setattr("app.charts.pictures.to_process.run_sync", draw)
    monkeypatch.setattr("app.charts.pictures.CLIENT_WAITING", 2)
    anyio.run(main)
    assert drawn == [b"one", b"two", b"three", b"four"]


def chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    """Return the kind and the data of each chunk, whose checksums are right."""
    found, start = [], 8
    while start < len(png):
        length, kind = struct.unpack_from(">I4s", png, start)
        data, (checksum,) = png[start + 8 : start + 8 + length], struct.unpack_from(">I", png, start + 8 + length)
        assert checksum == zlib.crc32(kind + data)
        found.append((kind, data))
        start += length + 12
    return found


def test_a_compressed_picture_is_the_same_picture() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><circle r="90" cx="150" cy="90"/></svg>'
    before = vl_convert.svg_to_png(svg)
    after = compress(before)
    pixels = [
        zlib.decompress(b"".join(data for kind, data in chunks(each) if kind == b"IDAT")) for each in (before, after)
    ]
    assert pixels[0] == pixels[1]
    assert [each for each in chunks(before) if each[0] != b"IDAT"] == [
        each for each in chunks(after) if each[0] != b"IDAT"
    ]
    assert len(after) < len(before)
