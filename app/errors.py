"""The errors of the domain, which know no HTTP, and the one table that maps them to problems (RFC 9457)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.sentence import Sentence


@dataclass(frozen=True)
class Fault:
    """One fault of an input: the parameter, what is wrong with it, and the values that are allowed.

    An allowed word belongs in place of `wrong`, which is the value or one of its list; if the parameter is `misnamed`,
    in place of its name.
    """

    parameter: str
    detail: str
    allowed: list[str] | None = None
    wrong: str | None = None
    misnamed: bool = False


class ShanhaiError(Exception):
    """The base of all expected errors. `faults` name the wrong inputs.

    Details that a page shows are a `Sentence` each, in both languages; others are for programs and operators.

    `limit` is for logs: what the operator has set, or the code, that the request exceeds. It contains nothing that the
    request does.
    """

    def __init__(self, detail: str, faults: Iterable[Fault] = (), *, limit: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.limit = limit


class InvalidQuery(ShanhaiError):
    """A parameter is unknown, of the wrong type, or does not fit the others."""

    def __init__(self, faults: Iterable[Fault], *, limit: str = "") -> None:
        faults = tuple(faults)
        super().__init__(" ".join(f"{_label(fault)}: {fault.detail}" for fault in faults), faults, limit=limit)


def _label(fault: Fault) -> str:
    """Return the name of a parameter, quoted if it is none that this API has: `/v1:` would become a link."""
    return fault.parameter if fault.parameter.isidentifier() else f"'{fault.parameter}'"


class BadRequest(ShanhaiError):
    """The request is malformed."""


class VersionNotSupported(ShanhaiError):
    """The request is of another major version of HTTP than 1."""


class RequestTimeout(ShanhaiError):
    """The client did not send the whole of its request in time."""


class BodyTooLarge(ShanhaiError):
    """The body of the request exceeds the limit."""


class TargetTooLong(ShanhaiError):
    """The request target exceeds the limit."""


class HeadTooLarge(ShanhaiError):
    """The header fields exceed a limit."""


class NotFound(ShanhaiError):
    """There is nothing at this address. `similar` are the ids of records that may be meant, the nearest first."""

    def __init__(self, detail: str, similar: Iterable[str] = ()) -> None:
        super().__init__(detail)
        self.similar = tuple(similar)


class MethodNotAllowed(ShanhaiError):
    """The address does not take the method: only `allowed` ones, or those for reading."""

    def __init__(self, method: str, allowed: Sequence[str] = ()) -> None:
        self.allowed = tuple(allowed)
        super().__init__(
            Sentence(
                f"这个网址不接受 {method} 请求，只接受 {'、'.join(allowed)}。",
                f"{method} is not allowed at this address, which takes {' and '.join(allowed)}.",
            )
            if allowed
            else Sentence(
                f"不接受 {method} 请求：本服务只供读取。", f"{method} is not allowed. This service is read-only."
            )
        )


class NotAcceptable(ShanhaiError):
    """No format that the client accepts is available."""


class FormatNotProvided(ShanhaiError):
    """A protocol allows a format that this service does not provide."""


class ReleaseChanged(ShanhaiError):
    """A cursor belongs to another release than the one that is served now."""

    def __init__(self, of_cursor: str, served: str) -> None:
        change = f"The cursor belongs to release {of_cursor}, and {served} is served now."
        super().__init__(
            Sentence(
                f"游标属于版本 {of_cursor}，而现在提供的是 {served}，两版的分页不能衔接。请去掉游标重新开始。",
                f"{change} Their pages do not fit together. Begin again without the cursor.",
            )
        )
        self.of_cursor = of_cursor
        self.served = served


class PreconditionFailed(ShanhaiError):
    """The representation is not the one that If-Match or If-Unmodified-Since requires."""


class RangeNotSatisfiable(ShanhaiError):
    """The requested range begins beyond the end."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Sentence(
                f"文件共 {length} 字节，从 0 开始编号。请从其中的某一字节开始读取。",
                f"The file has {length} bytes, numbered from 0. Request a range that begins within them.",
            )
        )
        self.length = length


PERIODS_ZH = {"second": "秒", "minute": "分钟", "hour": "小时", "day": "天"}  # of SHANHAI_RATE_LIMIT


class TooManyRequests(ShanhaiError):
    """The client has sent more requests than the operator allows it in a time."""

    def __init__(self, rate_limit: str, retry_after_s: int) -> None:
        allowed = rate_limit.replace("/", " requests per ")
        amount, _, period = rate_limit.partition("/")
        detail = Sentence(
            f"您的请求已超过每{PERIODS_ZH[period]} {amount} 次的上限。请 {retry_after_s} 秒后再试。",
            f"You have sent more than {allowed}. Try again in {retry_after_s} seconds.",
        )
        super().__init__(detail, limit=f"SHANHAI_RATE_LIMIT={rate_limit}")
        self.retry_after_s = retry_after_s


class Unavailable(ShanhaiError):
    """The database does not answer, or holds no release yet. `inside` (addresses, causes) is for logs only."""

    def __init__(self, detail: str, inside: object = "", *, limit: str = "") -> None:
        super().__init__(detail, limit=limit)
        self.inside = str(inside).partition("\n")[0]


class Unreachable(Unavailable):
    """The database's server does not answer, which another server of the same data may."""


class Overloaded(Unavailable):
    """Too many exports are running."""


class Busy(Unavailable):
    """Another process holds the database. Retry shortly."""


class Problem(NamedTuple):
    """A kind of problem: its HTTP status, its code, and its title and description for people."""

    status: int
    code: str
    title: Sentence
    about: Sentence

    def document(self) -> dict[str, int | str]:
        """Return what the API says of the kind."""
        return {"status": self.status, "code": self.code, "title": self.title.en, "about": self.about.en}


PROBLEMS: dict[type[Exception], Problem] = {
    BadRequest: Problem(
        400,
        "bad-request",
        Sentence("请求格式有误", "Malformed request"),
        Sentence(
            "服务器无法读懂这个请求，请检查网址后重试。", "The request cannot be read. The detail says which part."
        ),
    ),
    RequestTimeout: Problem(
        408,
        "request-timeout",
        Sentence("请求未完整送达", "Request not complete"),
        Sentence("请求未能及时送达，请重新发送。", "The request did not arrive in time. Send it again."),
    ),
    BodyTooLarge: Problem(
        413,
        "body-too-large",
        Sentence("请求内容过大", "Request body too large"),
        Sentence("请求内容超出了上限，请缩短。", "The detail says how large a body may be. Send a shorter one."),
    ),
    TargetTooLong: Problem(
        414,
        "target-too-long",
        Sentence("网址过长", "Address too long"),
        Sentence(
            "网址超出了长度上限，请减少参数。", "The detail says how long an address may be. Use fewer parameters."
        ),
    ),
    TooManyRequests: Problem(
        429,
        "too-many-requests",
        Sentence("请求过于频繁", "Too many requests"),
        Sentence("请稍后再试。", "Try again after Retry-After seconds."),
    ),
    HeadTooLarge: Problem(
        431,
        "head-too-large",
        Sentence("请求头过大", "Header fields too large"),
        Sentence(
            "请求头超出了上限，请减少或缩短其中的字段。",
            "The detail says which limit applies. Send fewer or shorter header fields.",
        ),
    ),
    NotFound: Problem(
        404,
        "not-found",
        Sentence("没有这个页面", "Nothing at this address"),
        Sentence(
            "这个网址下没有数据表、记录或文档。",
            "There is no such collection, record or document. GET /v1 lists what there is.",
        ),
    ),
    MethodNotAllowed: Problem(
        405,
        "method-not-allowed",
        Sentence("只读服务", "Read-only service"),
        Sentence(
            "只接受 GET、HEAD 和 OPTIONS 请求；/mcp 只接受 POST 和 OPTIONS。",
            "Only GET, HEAD and OPTIONS are allowed; at /mcp, only POST and OPTIONS.",
        ),
    ),
    NotAcceptable: Problem(
        406,
        "not-acceptable",
        Sentence("没有所需的格式", "Format not available"),
        Sentence("这里没有所要求的格式。", "No accepted format is available here. `errors` lists the available ones."),
    ),
    ReleaseChanged: Problem(
        409,
        "release-changed",
        Sentence("数据已更新到新版本", "Another release is served now"),
        Sentence(
            "游标属于原来的版本。请去掉游标，重新开始同一查询。",
            "A cursor belongs to the release of its page. Begin again at `links.first`, the same query without its "
            "cursor.",
        ),
    ),
    PreconditionFailed: Problem(
        412,
        "precondition-failed",
        Sentence("内容已有变动", "Changed in the meantime"),
        Sentence(
            "内容与 If-Match 或 If-Unmodified-Since 所要求的不同，请以现在的内容重新开始。",
            "The response is not the one that If-Match or If-Unmodified-Since requires. Start again with the current "
            "one.",
        ),
    ),
    RangeNotSatisfiable: Problem(
        416,
        "range-not-satisfiable",
        Sentence("超出文件范围", "No such range"),
        Sentence(
            "所要求的部分超出了文件末尾。",
            "The range begins beyond the end of the file. Content-Range states its length.",
        ),
    ),
    InvalidQuery: Problem(
        422,
        "invalid-query",
        Sentence("查询有误", "Invalid query"),
        Sentence(
            "有参数不存在、取值不对，或与其他参数冲突。",
            "A parameter is unknown, ill-typed or conflicts with others. `errors` names each.",
        ),
    ),
    FormatNotProvided: Problem(
        501,
        "format-not-provided",
        Sentence("不提供这种格式", "Format not provided"),
        Sentence(
            "协议允许这种格式，但本服务不提供。",
            "The protocol allows this format, but this service does not provide it.",
        ),
    ),
    Unavailable: Problem(
        503,
        "unavailable",
        Sentence("服务暂不可用", "Not ready"),
        Sentence(
            "数据库没有响应或尚未载入数据，请稍后再试。",
            "The database does not answer or holds no release. Try again after Retry-After seconds.",
        ),
    ),
    VersionNotSupported: Problem(
        505,
        "version-not-supported",
        Sentence("不支持这一 HTTP 版本", "HTTP version not supported"),
        Sentence("请以 HTTP/1.1 或 HTTP/1.0 发送请求。", "Send the request as HTTP/1.1 or HTTP/1.0."),
    ),
    Exception: Problem(
        500,
        "internal-error",
        Sentence("内部错误", "Internal error"),
        Sentence("服务器出错了。报告时请附上请求编号。", "The server failed. Quote `request_id` when you report it."),
    ),
}


def problem_of(error: Exception) -> Problem:
    """Return the problem of an error: that of its nearest class in the table."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
