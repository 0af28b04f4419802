"""Relation feed F27: who holds, leads, controls or is bound up with whom."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from detectors.identifiers import names
from detectors.records.fields import Day, EntityId, OrgName, Share, labels, named, refuse
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered
from detectors.records.reasons import Reason

PUBLIC_ROLES = frozenset({"legal_rep", "director", "supervisor", "senior_manager"})
"""Roles whose holders are named in public registers; such data are no personal information (征信业管理条例
13).
"""


class Relation(Payload):
    """F27: one relation over an interval; one copy per endpoint reaches the stream.

    Shares held in one company sum to at most 1; that is checked where all of them are seen, not here.
    """

    feed: ClassVar[str] = "F27"
    title: ClassVar[str] = "relation 关系"

    from_: Annotated[EntityId, named("主体一")] = Field(alias="from")
    to: Annotated[EntityId, named("主体二")]
    from_name: Annotated[OrgName | None, named("主体一名称", about="masked unless the role is public")] = None
    to_name: Annotated[OrgName | None, named("主体二名称")] = None
    from_kind: Annotated[
        Literal["org", "person"], labels({"单位": "org", "企业": "org", "自然人": "person", "个人": "person"})
    ] = "org"
    type: Annotated[
        Literal[
            "shareholder",
            "legal_rep",
            "director",
            "supervisor",
            "senior_manager",
            "actual_controller",
            "beneficial_owner",
            "branch",
            "investment",
            "same_address",
            "same_phone",
            "transacts_with",
        ],
        labels(
            {
                "股东": "shareholder",
                "法定代表人": "legal_rep",
                "董事": "director",
                "监事": "supervisor",
                "高级管理人员": "senior_manager",
                "高管": "senior_manager",
                "实际控制人": "actual_controller",
                "受益所有人": "beneficial_owner",
                "分支机构": "branch",
                "对外投资": "investment",
                "同地址": "same_address",
                "同电话": "same_phone",
                "交易往来": "transacts_with",
            }
        ),
        named("关系类型"),
    ]
    ratio: Annotated[Share | None, named("持股比例")] = None
    subscribed: Annotated[Money | None, named("认缴出资额")] = None
    paid: Annotated[Money | None, named("实缴出资额")] = None
    valid_from: Annotated[Day | None, named("起始日期")] = None
    valid_to: Annotated[Day | None, named("截止日期")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The name of a natural person is masked outside the public roles."""
        name, kind = data.get("from_name"), data.get("from_kind")
        if isinstance(name, str) and kind in {"person", "自然人", "个人"} and data.get("type") not in _SHOWN:
            return {**data, "from_name": names.mask(name)}
        return data

    @model_validator(mode="after")
    def _two_ends(self) -> "Relation":
        if self.from_ == self.to:
            raise refuse(Reason.INVALID_FIELD, f"a relation has two ends, got {self.to} twice")
        ordered(self.valid_from, self.valid_to, "a relation")
        return self


_SHOWN = PUBLIC_ROLES | {"法定代表人", "董事", "监事", "高级管理人员", "高管"}
