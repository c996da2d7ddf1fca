"""The likely reason why a numeral states no quantity, guessed from the characters around it.

A guess is a proposal: a curator confirms it by adding its row to `excluded-numerals.csv`. What no rule recognises gets
none: a figure that is left out for a wrong reason is worse than a question.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from app.evidence.numerals import Span

_D = "[0-9０-９]"
_C = "一二三四五六七八九十"
_N = f"(?:{_D}+|[〇零○百{_C}]+)"
_YEAR = f"(?:(?<!{_D})[12１２]{_D}{{3}}|[一二][〇零○{_C}]{{3}})"
_MONTH = f"(?:(?<![{_C}0-9０-９])(?:1[0-2]|0?[1-9]|十[一二]?|[{_C}])月(?![子嫂饼])(?:份|底|初|末|[上中下]旬)?)"
_DAY = f"{_N}[日号]"
_TIME = f"{_N}[时点](?:{_N}分|半|整)?"
_LINE_START = f"^[（(]?{_N}[）)]?(?=[、.．）)])"  # 一、 or （二）
# By reason, the slug of a term. The first rule that covers a numeral applies. A group of a rule, if there is one, holds
# the words that are proposed.
_RULES = {
    "contact": (
        rf"(?:电话|热线|传真|手机|微信|邮编|QQ)(?:号码?)?[:：为是]*\s*({_D}[\-—－ 0-9０-９]{{3,}}{_D})",
        rf"(?<!{_D})(?:0{_D}{{2,3}}[-—－]{_D}{{7,8}}|1[3-9]{_D}{{9}})(?![0-9０-９万亿千百元人个])",
        rf"(?<!{_D})400[-—－]{_D}{{3,4}}[-—－]?{_D}{{3,4}}(?!{_D})",
    ),
    "ratio": (rf"(?:比例|比分|比值|配比|[以按])[为是约达]?\s*({_N}[:：∶比]{_N})", rf"{_N}∶{_N}", rf"{_N}比{_N}(?=的)"),
    "clock-time": (
        r"(?<![0-9:：])(?:[01]?[0-9]|2[0-4])[:：][0-5][0-9](?:[:：][0-5][0-9])?(?![0-9:：])",
        rf"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|当晚)({_TIME})",
        rf"{_N}[时点]{_N}分(?!之)",
    ),
    "date": (
        rf"{_YEAR}年?[-—–－~～至到]{_YEAR}年(?:代|度|底|初|末)?",
        rf"{_YEAR}年(?!的?历史)(?:代|度|底|初|末)?(?:{_MONTH}(?:{_DAY})?)?",
        rf"(?<!{_D})[12][0-9]{{3}}(?:-[01]?[0-9]-|/[01]?[0-9]/|\.[01]?[0-9]\.)[0-3]?[0-9](?!{_D})",
        rf"{_MONTH}(?:{_DAY})?(?:[-—–－~～至到](?:{_MONTH})?{_DAY})?",
        rf"(?:{_D}+|[{_C}]+)年代|{_N}世纪|[上下]半[年月]|第?[一二三四1-4]季度",
        rf"(?:{_N}|两)年[半多]?以?来(?![料访到自])",
        r"[五十]一(?=[长小]?假|黄金周|期间|国庆|国际劳动节)",
        rf"(?<![每近续前后天过第几数多]){_N}日(?=上午|下午|晚|凌晨|[,，]?(?:在|从|由|召开|举行|电|讯))",
    ),
    "enumeration": (
        rf"(?:^|(?<=[。；;：:，,、！（(“]))[{_C}](?=[是要靠为])",
        rf"[（(]{_N}[）)](?=\w)|{_LINE_START}|[①-⑳]|其[{_C}](?=[，、是：])",
    ),
    "ordinal": (
        rf"(?<![等次])第{_N}(?:[届次期批名位条项章节季代产阶号](?!数))?",
        r"首[个家批届次期款位支部座条例只名轮]",
        rf"[{_C}](?=期(?:工程|项目|建设|厂房|园区|占地|用地|规划))|[特{_C}](?=等[奖功])|头[一两三][批次届轮](?!数)",
        rf"{_N}(?=号(?:楼|线|馆|院|厂|文件|公告|令|门|店|地块|机|桥))",
    ),
    "idiom": (
        "一心一意|万众一心|千方百计|千家万户|四面八方|五湖四海|百花齐放|独一无二|一举两得|一如既往|一目了然|一应俱全|三番五次",
        "七上八下|九牛一毛|数一数二|说一不二|不一而足|始终如一|千载难逢|百年大计|百年树人|十全十美|五彩缤纷|五谷丰登|四季如春",
        "万无一失|千山万水|十年九旱|值得一提|一步一个脚印|一石二鸟|一分为二|事半功倍|半途而废|双管齐下|百尺竿头",
    ),
    "part-of-a-name": (
        "一带一路|长三角|珠三角|十[三四五]五(?!元)|[一二]十大(?=报告|精神)|十[八九]大|百度|四川|三亚|三峡|九江|百色|六盘水|十堰|双流",
    ),
    "part-of-a-word": (
        "一系列|一方面|一站式|一把手|一条龙|进一步|统一|唯一|同一|专一|单一|万一|十分|百姓|百货|百科|三农|三角|四周|五星级|七夕",
        "另一|一[定些共般起直样体线切旦律致同路再向流边面]|双[方向边赢创语休手]|两[岸会地]|半[导体岛径天]|首[创选席发]|倍增|成倍|加倍",
        "参[与加观赛会考展谋训]",
    ),
}


class Proposal(NamedTuple):
    """Words of a paragraph that hold numerals but state no quantity, and the likely reason."""

    span: Span
    reason: str


def propose(text: str, unaccounted: Iterable[Span], figures: Iterable[Span]) -> tuple[list[Proposal], list[Span]]:
    """Return proposals for numerals of a paragraph, and those numerals for which there is none.

    The words of a proposal share no character with those of a figure.
    """
    taken = [*figures]
    proposals: list[Proposal] = []
    unknown = []
    candidates = [
        Proposal(match.span(match.lastindex or 0), reason)
        for reason, rule in _compiled()
        for match in rule.finditer(text)
    ]
    for start, end in unaccounted:
        if any(_covers(each, start, end) for each in proposals):
            continue
        free = (each for each in candidates if not any(at < each.span[1] and each.span[0] < to for at, to in taken))
        if found := next((each for each in free if _covers(each, start, end)), None):
            proposals.append(found)
        else:
            unknown.append((start, end))
    return proposals, unknown


@cache
def _compiled() -> list[tuple[str, re.Pattern[str]]]:
    """Return the rules with their reasons, compiled at first use: only `locate` needs them."""
    return [(reason, re.compile(rule, re.MULTILINE)) for reason, rules in _RULES.items() for rule in rules]


def _covers(proposal: Proposal, start: int, end: int) -> bool:
    return proposal.span[0] <= start and end <= proposal.span[1]
