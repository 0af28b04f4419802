"""Feeds F31-F33: objections, manual entry, and sources talking about themselves."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from detectors.records.fields import Count, Day, Key, Moment, Text, labels, named, refuse
from detectors.records.payload import Payload
from detectors.records.reasons import Flag, Reason


class Objection(Payload):
    """F31: objection 异议 of an entity against records, alerts or scores about it."""

    feed: ClassVar[str] = "F31"
    title: ClassVar[str] = "objection 异议"

    objection_id: Annotated[Key, named("异议编号")]
    complainant: Annotated[Key, named("异议人", about="entity id, or the HMAC of an authorised person")]
    targets: Annotated[
        tuple[Key, ...], Field(min_length=1), named("异议对象", about="record, alert or score ids")
    ]
    ground: Annotated[
        Literal[
            "not_mine",
            "factual_error",
            "textual_error",
            "omission",
            "expired",
            "wrongly_listed",
            "wrongly_not_removed",
        ],
        labels(
            {
                "非本主体": "not_mine",
                "事实错误": "factual_error",
                "文字错误": "textual_error",
                "遗漏": "omission",
                "超期": "expired",
                "不应列入": "wrongly_listed",
                "应移出未移出": "wrongly_not_removed",
            }
        ),
        named("异议理由"),
    ]
    evidence: Annotated[tuple[Key, ...], named("证据", about="document ids or hashes")] = ()
    received_at: Annotated[Moment, named("受理时间")]
    state: Annotated[
        Literal["received", "marked", "verifying", "decided", "notified"],
        labels(
            {
                "已受理": "received",
                "已标注": "marked",
                "核查中": "verifying",
                "已决定": "decided",
                "已通知": "notified",
            }
        ),
        named("状态"),
    ] = "received"
    decision: Annotated[
        Literal["delete", "correct", "supplement", "reject", "undecidable"] | None,
        labels(
            {
                "删除": "delete",
                "更正": "correct",
                "补充": "supplement",
                "驳回": "reject",
                "无法核实": "undecidable",
            }
        ),
        named("决定"),
    ] = None
    decided_at: Annotated[Moment | None, named("决定时间")] = None
    reviewer: Annotated[Key | None, named("复核人", about="staff id, not a name")] = None

    @model_validator(mode="after")
    def _complete(self) -> "Objection":
        if (self.decision is None) != (self.decided_at is None):
            raise refuse(Reason.MISSING_FIELD, "decision and decided_at come together, got one of them")
        if self.decided_at is not None and self.decided_at < self.received_at:
            raise refuse(Reason.INTERVAL_REVERSED, "an objection is decided after it is received, got before")
        return self


class ManualEntry(Payload):
    """F32: manual entry 数据录入 of a record of another feed, by two different people (four eyes).

    ``record`` holds the payload of the feed entered; it is checked by that feed's contract in validation.
    Until ``approved_by`` is given the entry is flagged, and may not raise red alone.
    """

    feed: ClassVar[str] = "F32"
    title: ClassVar[str] = "manual entry 数据录入"

    entered_feed: Annotated[
        Literal[
            "F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10",
            "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19", "F20",
            "F21", "F22", "F23", "F24", "F25", "F26", "F27", "F28", "F29", "F30",
            "F35",
        ],
        named("录入数据类别", about="feed of the record entered"),
    ] = Field(alias="feed")  # fmt: skip
    record: Annotated[Mapping[str, Any], named("录入内容", about="payload of that feed")]
    entered_by: Annotated[Key, named("录入人", about="staff id, not a name")]
    approved_by: Annotated[Key | None, named("审核人", about="another person than entered_by")] = None
    doc_scan_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$"), named("扫描件哈希")]
    reason: Annotated[Text, named("录入原因")]

    @model_validator(mode="after")
    def _four_eyes(self) -> "ManualEntry":
        if self.approved_by == self.entered_by:
            raise refuse(
                Reason.FOUR_EYES, f"entry and approval are by two people, got {self.entered_by} for both"
            )
        return self

    def soft(self) -> Iterator[Flag]:
        """An entry nobody has approved yet."""
        yield from super().soft()
        if self.approved_by is None:
            yield Flag.UNAPPROVED_ENTRY


class SourceControl(Payload):
    """F33: a source about itself: it lives, how far it is, how much to expect, where a snapshot begins and
    ends.
    """

    feed: ClassVar[str] = "F33"
    title: ClassVar[str] = "source control 数据源"

    cycle_seconds: Annotated[
        int | None, Field(ge=1), named("报送周期", about="seconds; silent for three of them is stale")
    ] = None
    watermark: Annotated[Moment | None, named("水位", about="nothing older is still to come")] = None
    for_feed: Annotated[
        Key | None, named("数据类别", about="feed concerned; absent for the whole source")
    ] = Field(default=None, alias="feed")
    expected_count: Annotated[Count | None, named("应报数量")] = None
    period: Annotated[Text | None, named("报送期")] = None
    snapshot_id: Annotated[Key | None, named("快照编号")] = None
    snapshot_on: Annotated[Day | None, named("快照日期")] = None
