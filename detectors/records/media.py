"""Feed F35: what the media say of an enterprise, one article of one outlet at a time, as a classifier has read it."""

from typing import Annotated, ClassVar, Literal

from detectors.records.fields import Key, Moment, Share, Text, labels, named
from detectors.records.payload import Payload

_WORDS = frozenset(
    {"title", "headline", "summary", "abstract", "text", "content", "标题", "摘要", "正文", "内容"}
)
_PEOPLE = frozenset({"author", "editor", "作者", "记者", "编辑"})


class Mention(Payload):
    """F35: media mention 舆情, an article about the subject and how it was classified.

    What an article says and who wrote it are not kept: both name people whom no warning needs, and the article is found
    under its address. ``outlet`` is the id of the publisher, or of an account as the platform gives it, not a name.
    """

    feed: ClassVar[str] = "F35"
    title: ClassVar[str] = "media mention 舆情"
    ignored: ClassVar[frozenset[str]] = _WORDS | _PEOPLE

    outlet: Annotated[
        Key, named("媒体", "媒体编号", "publisher", "outletId", about="id of the publisher, e.g. its domain")
    ]
    article: Annotated[
        Text, named("文章", "文章链接", "articleId", "url", about="address, or an id no other article has")
    ]
    published_at: Annotated[Moment, named("发布时间", "publishTime", "pubDate")]
    polarity: Annotated[
        Literal["negative", "neutral", "positive"],
        labels(
            {
                "负面": "negative",
                "消极": "negative",
                "-1": "negative",
                "中性": "neutral",
                "0": "neutral",
                "正面": "positive",
                "积极": "positive",
                "1": "positive",
            }
        ),
        named("情感倾向", "sentiment"),
    ]
    confidence: Annotated[
        Share | None, named("置信度", about="of the classifier in the polarity; absent if it does not say")
    ] = None
    original: Annotated[
        Text | None, named("原文", "原文链接", "originalId", about="article this one is a copy of (转载)")
    ] = None
    original_outlet: Annotated[
        Key | None, named("原文媒体", "转载来源", about="publisher of the original, an id like outlet")
    ] = None
