"""What a figure's words say of its value: closed vocabularies, on which the code depends."""

from app.entity import Vocabulary
from app.quantity import Change as Changes
from app.quantity import Comparator as Comparison
from app.times import Kind


class Comparator(Vocabulary):
    """How the words qualify the value."""

    EQ = Comparison.EQ.value, "等于", "Exactly"
    APPROX = Comparison.APPROX.value, "约", "About"
    GE = Comparison.GE.value, "不少于", "At least"
    GT = Comparison.GT.value, "多于", "More than"
    LE = Comparison.LE.value, "不超过", "At most"
    LT = Comparison.LT.value, "少于", "Less than"
    RANGE = Comparison.RANGE.value, "区间", "Between"


class Status(Vocabulary):
    """Whether what the figure states has happened."""

    ACHIEVED = "achieved", "报道称已实现", "Reported as achieved"
    PLANNED = "planned", "规划中", "Planned"
    PROJECTED = "projected", "预计", "Projected"
    NOT_STATED = "not-stated", "是否实现未说明", "Not stated whether achieved"


class Period(Vocabulary):
    """The period of the value; cumulative only where the words say so."""

    AS_OF = "as_of", "截至所注日期", "As of the date given"
    PER_YEAR = "per_year", "每年", "Per year"
    PER_MONTH = "per_month", "每月", "Per month"
    PER_PERSON_PER_YEAR = "per_person_per_year", "每人每年", "Per person per year"
    CUMULATIVE = "cumulative", "累计", "Cumulative"


class Change(Vocabulary):
    """Whether the value is an amount, the change of one, or an amount before or after a change."""

    LEVEL = Changes.LEVEL.value, "数量本身", "Amount"
    INCREASE = Changes.INCREASE.value, "增加的量", "Increase"
    DECREASE = Changes.DECREASE.value, "减少的量", "Decrease"
    FROM = Changes.FROM.value, "变化前", "Before a change"
    TO = Changes.TO.value, "变化后", "After a change"
    MULTIPLE = Changes.MULTIPLE.value, "原来的倍数", "Multiple of an earlier amount"


class TimeKind(Vocabulary):
    """Whether a figure's time is a moment or a span, where the source states one."""

    MOMENT = Kind.MOMENT.value, "时点", "Moment"
    SPAN = Kind.SPAN.value, "时期", "Span"
    NOT_STATED = "not-stated", "来源未写明", "Not stated"


class Standing(Vocabulary):
    """What other figures of its series say of a figure."""

    LATEST = "latest", "最新", "Latest"
    EARLIER = "earlier", "已有更新的数字", "Followed by a later figure"
    DISPUTED = "disputed", "另有不同说法", "Disputed by another figure"
    REPLACED = "replaced", "已更正", "Replaced by a correction"
