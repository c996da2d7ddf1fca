"""Translate errors of SQLite's and PostgreSQL's drivers to the application's own."""

import re
import sqlite3
from typing import Any

from app.db.engines import QUERY_SHARE
from app.errors import Busy, Unavailable, Unreachable
from app.sentence import Sentence

PRIMARY_CODE = 0xFF  # the bits of an extended result code of SQLite that name its kind
DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ}
CANNOT_WRITE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, "53100"}  # the last is PostgreSQL's SQLSTATE
REFUSED = {"25006", "42501"}  # PostgreSQL's SQLSTATE of a write in a read-only transaction, of a missing privilege
OUTDATED_ZH = "数据库缺少本版本所需的表或列，请运行 shanhai migrate。"
NO_ANSWER = Sentence("数据库没有响应。", "The database does not answer.")
QUERY_CANCELED = "57014"  # PostgreSQL's SQLSTATE

# What an error of SQLite says of its file, by the result code of its case or kind.
OF_FILE = {
    sqlite3.SQLITE_READONLY_ROLLBACK: Sentence(
        "数据库迁移中途被终止，请运行 shanhai migrate，撤销后重新迁移。",
        "A migration of the database was killed. Run `shanhai migrate`, which undoes and repeats it.",
    ),
    sqlite3.SQLITE_READONLY: Sentence(
        "数据库文件或其所在文件夹不可写，请赋予当前用户写入权限。",
        "The database file or its folder cannot be written. Make both writable for this user.",
    ),
    sqlite3.SQLITE_CANTOPEN: Sentence(
        "无法打开数据库文件，请检查文件是否存在，以及文件和所在文件夹的权限。",
        "The database file cannot be opened. Check that it exists, and the permissions of it and its folder.",
    ),
}

# How drivers report a table or a column that does not exist: SQLite, then PostgreSQL in English. In other languages
# only the class of the error is known.
MISSING = (
    r"table (?P<table>\w+) has no column named (?P<column>\w+)",
    r"no such column: (?:(?P<table>\w+)\.)?(?P<column>\w+)",
    r"no such table: (?:main\.)?(?P<table>\w+)",
    r'column "(?P<column>\w+)" of relation "(?P<table>\w+)" does not exist',
    r'column "?(?:(?P<table>\w+)\.)?(?P<column>\w+)"? does not exist',
    r'relation "(?P<table>\w+)" does not exist',
)


def translate_error(error: Any, driver: Any, url: str, timeout_s: float) -> Unavailable:
    """Return the application's error for one of the driver's. `url` is for operators only, `timeout_s` limits reads."""
    inside, code = f"{url}: {error}", getattr(error, "sqlite_errorcode", None) or 0
    if missing := _missing(str(error)):
        return Unavailable(Sentence(OUTDATED_ZH, f"The database has no {missing}. Run `shanhai migrate`."), inside)
    if getattr(error, "sqlstate", None) in REFUSED:
        return Unavailable(
            Sentence(
                "数据库拒绝了这一操作：所连的是只读的从库，或所用的角色权限不足。",
                "The database refuses this. Its server is a standby, or its role lacks a privilege.",
            ),
            inside,
        )
    if isinstance(error, driver.ProgrammingError):
        return Unavailable(
            Sentence(OUTDATED_ZH, "The database lacks tables that this version needs. Run `shanhai migrate`."), inside
        )
    if code == sqlite3.SQLITE_BUSY:
        return Busy(Sentence("数据库正忙，请稍后再试。", "The database is busy."), inside)
    if code == sqlite3.SQLITE_INTERRUPT or getattr(error, "sqlstate", None) == QUERY_CANCELED:
        detail = Sentence(
            f"查询用时超过 {timeout_s * QUERY_SHARE:g} 秒，请缩小范围。",
            f"The query takes more than {timeout_s * QUERY_SHARE:g} seconds. Ask for less.",
        )
        return Unavailable(detail, inside, limit=page_limit(timeout_s))
    if CANNOT_WRITE & {code, getattr(error, "sqlstate", None)}:
        return Unavailable(
            Sentence(
                "数据库无法写入，请检查磁盘是否已满。",
                "The database cannot be written. Check the disk: it may be full.",
            ),
            inside,
        )
    if of_file := OF_FILE.get(code) or OF_FILE.get(code & PRIMARY_CODE):
        return Unavailable(of_file, inside)
    if is_damage(error):
        return Unavailable(
            Sentence(
                "数据库文件无法读取或已损坏，请换上完好的副本。",
                "The database file cannot be read, or is damaged. Put a good copy in its place.",
            ),
            inside,
        )
    return Unreachable(NO_ANSWER, inside)


def page_limit(timeout_s: float) -> str:
    """Return the setting that limits reads, for logs."""
    return f"SHANHAI_PAGE_TIMEOUT_S={timeout_s:g}"


def is_damage(error: Any) -> bool:
    """Whether SQLite found that its file is no database, is damaged or cannot be read."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    return not DAMAGE.isdisjoint({code, code & PRIMARY_CODE})


def _missing(text: str) -> str | None:
    """Return the table or column that an error says is missing, such as "column website in enterprises"."""
    for pattern in MISSING:
        if match := re.search(pattern, text):
            names = match.groupdict()
            if "column" not in names:
                return f"table {names['table']}"
            return f"column {names['column']}" + (f" in {names['table']}" if names["table"] else "")
    return None
