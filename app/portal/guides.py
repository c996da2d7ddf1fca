"""The guides: the documents of `docs/` as pages."""

from typing import NamedTuple

from fastapi.responses import HTMLResponse

from app.entity import Bilingual
from app.http.languages import CHINESE
from app.portal.assets import FOLDERS
from app.portal.page import RequestedPage, page_router, render_page

FOLDER = FOLDERS["/static/guides"]


class Guide(NamedTuple):
    """The title of a guide, and whom it is for."""

    title: Bilingual
    about: Bilingual


GUIDES = {
    "api": Guide(
        Bilingual("接口指南", "API guide"),
        Bilingual(
            "网址、示例、错误与限额，以及怎样读懂一个数字。",
            "Addresses, examples, errors and limits, and how to read a figure.",
        ),
    ),
    "search": Guide(
        Bilingual("检索", "Search"),
        Bilingual("匹配规则、排序和返回内容。", "What matches, in which order, and what the answer holds."),
    ),
    "files-and-releases": Guide(
        Bilingual("文件与版本", "Files and releases"),
        Bilingual(
            "下载整张表，引用不再改变的版本。",
            "Download whole collections, and cite releases that never change.",
        ),
    ),
    "tools": Guide(
        Bilingual("在自己的工具里使用", "In your own tool"),
        Bilingual(
            "智能助手、命令行、嵌入网页、订阅与示例。",
            "Assistants, the command line, embeds, feeds and examples.",
        ),
    ),
    "operating": Guide(
        Bilingual("部署与运行", "Operating"),
        Bilingual("安装、设置、运行与数据加载。", "Install, configure, serve and load."),
    ),
    "scaling": Guide(
        Bilingual("扩展", "Scaling"),
        Bilingual(
            "何时增加工作进程、缓存、PostgreSQL 与从库。", "When to add workers, a cache, PostgreSQL and replicas."
        ),
    ),
    "curating": Guide(
        Bilingual("数据整理", "Curating"),
        Bilingual("增补和更正数据的步骤。", "The steps to add or correct records."),
    ),
    "speed": Guide(
        Bilingual("性能", "Speed"),
        Bilingual("与同类软件对比的测量结果。", "Measurements beside comparable software."),
    ),
}


router = page_router()


@router.get("/docs/guides")
async def index(page: RequestedPage) -> HTMLResponse:
    """Show the list of the guides."""
    return await render_page(page, "guides", lambda _: {"guides": GUIDES, "api": page.api_url("")})


async def guide(page: RequestedPage) -> HTMLResponse:
    """Show one guide, in English if it has no translation."""
    from app.portal.markdown import render_guide  # a server that shows no guide needs no Markdown

    name = page.path.rpartition("/")[2]
    english, chinese = FOLDER / f"{name}.md", FOLDER / "zh" / f"{name}.md"
    is_translated = page.language == CHINESE and chinese.is_file()
    text, anchors_from = (path.read_text("utf-8") for path in (chinese if is_translated else english, english))
    context = {
        "guide": GUIDES[name],
        "rendered": render_guide(page, text, anchors_from),
        "text_language": page.language.tag if is_translated else "en",
        "api": page.api_url(""),
    }
    return await render_page(page, "guide", lambda _: context)


for name in GUIDES:
    router.add_api_route(f"/docs/guides/{name}", guide)
