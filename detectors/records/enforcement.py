"""Enforcement feeds F04-F07: debtor, dishonest debtor, consumption restriction, termination."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import model_validator

from detectors.identifiers import case_number, names
from detectors.records.fields import Day, Key, OrgName, PartyId, SubjectName, Text, labels, named
from detectors.records.money import Money
from detectors.records.payload import CasePayload, ordered

_ENFORCEMENT: frozenset[case_number.Stage] = frozenset({"enforcement", "enforcement_review"})


class Enforcement(CasePayload):
    """F04: a person subject to enforcement 被执行人 is published."""

    feed: ClassVar[str] = "F04"
    title: ClassVar[str] = "enforcement 被执行人"
    stages: ClassVar[frozenset[case_number.Stage]] = _ENFORCEMENT

    exec_court: Annotated[OrgName, named("执行法院", "execCourtName", "court", "court_name")]
    name: Annotated[SubjectName | None, named("被执行人", "被执行人姓名", "pname")] = None
    id: Annotated[
        PartyId | None, named("证件号码", "partyCardNum", about="organisation code or masked id")
    ] = None
    filed_on: Annotated[Day, named("立案日期", "caseCreateTime")]
    exec_amount: Annotated[Money, named("执行标的", "execMoney")]
    unperformed_amount: Annotated[Money | None, named("未履行金额")] = None
    basis_doc_no: Annotated[
        Key | None, named("执行依据文号", "gistid", about="judgment or notarial instrument that is enforced")
    ] = None
    status: Annotated[
        Literal["executing", "concluded", "terminated_this_time", "settled"],
        labels(
            {
                "执行中": "executing",
                "在执": "executing",
                "已结": "concluded",
                "已执结": "concluded",
                "执行完毕": "concluded",
                "终本": "terminated_this_time",
                "终结本次执行程序": "terminated_this_time",
                "执行和解": "settled",
                "和解": "settled",
            }
        ),
        named("状态", "案件状态", "caseState"),
    ] = "executing"


class Dishonest(CasePayload):
    """F05: dishonest judgment debtor 失信被执行人; content and terms by the 2017 revision of 最高法's
    rules.
    """

    feed: ClassVar[str] = "F05"
    title: ClassVar[str] = "dishonest judgment debtor 失信被执行人"
    stages: ClassVar[frozenset[case_number.Stage]] = _ENFORCEMENT
    ignored: ClassVar[frozenset[str]] = frozenset(
        {"sex", "age", "性别", "年龄"}
    )  # not needed for any judgement

    court: Annotated[OrgName, named("执行法院", "courtname", "court_name")]
    filed_on: Annotated[Day, named("立案日期", "regdate")]
    published_on: Annotated[Day, named("发布日期", "publishdate")]
    name: Annotated[SubjectName | None, named("被执行人", "iname")] = None
    id: Annotated[PartyId | None, named("证件号码", "cardnum")] = None
    legal_rep: Annotated[OrgName | None, named("法定代表人", "businessentity")] = None
    area: Annotated[Text | None, named("省份", "areaname")] = None
    basis_doc_no: Annotated[Key | None, named("执行依据文号", "gistid")] = None
    basis_unit: Annotated[OrgName | None, named("做出执行依据单位", "gistunit")] = None
    duty: Annotated[Text | None, named("义务", "生效法律文书确定的义务")] = None
    performance: Annotated[
        Literal["none", "partial", "full"] | None,
        labels({"全部未履行": "none", "部分未履行": "partial", "部分履行": "partial", "全部已履行": "full"}),
        named("履行情况"),
    ] = None
    performed_part: Annotated[Text | None, named("已履行部分", "performedPart")] = None
    unperformed_part: Annotated[Text | None, named("未履行部分", "unperformPart")] = None
    conduct_code: Annotated[
        Literal[1, 2, 3, 4, 5, 6] | None,
        labels(
            {
                "有履行能力而拒不履行生效法律文书确定义务": 1,
                "有能力拒不履行": 1,
                "以伪造证据、暴力、威胁等方法妨碍、抗拒执行": 2,
                "伪造证据": 2,
                "暴力抗拒": 2,
                "以虚假诉讼、虚假仲裁或者以隐匿、转移财产等方法规避执行": 3,
                "虚假诉讼": 3,
                "隐匿转移": 3,
                "违反财产报告": 4,
                "违反财产报告制度": 4,
                "违反限制消费令": 5,
                "无正当理由拒不履行执行和解协议": 6,
                "无正当理由拒不履行和解": 6,
                "1": 1,
                "2": 2,
                "3": 3,
                "4": 4,
                "5": 5,
                "6": 6,
            }
        ),
        named("失信行为", "disrupttypename"),
    ] = None
    term_end: Annotated[
        Day | None, named("期限届满日", about="none for conduct 1; else 2 years, +1 to 3")
    ] = None
    removed_on: Annotated[Day | None, named("删除日期")] = None
    type: Annotated[
        Literal[0, 1],
        labels({"0": 0, "1": 1, "自然人": 0, "个人": 0, "法人": 1, "单位": 1}),
        named("主体类型"),
    ] = 1

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """The name of a natural person (type 0) is masked."""
        if data.get("type") in (0, "0", "自然人", "个人") and isinstance(data.get("name"), str):
            return {**data, "name": names.mask(data["name"])}
        return data

    @model_validator(mode="after")
    def _in_order(self) -> "Dishonest":
        ordered(self.published_on, self.removed_on, "a listing")
        ordered(self.published_on, self.term_end, "a listing")
        return self


class Restriction(CasePayload):
    """F06: consumption restriction 限制高消费; bars the unit and four kinds of persons (最高法 2015 rules). An exit ban
    限制出境 is an order of another kind in the same place (民事诉讼法 266).
    """

    feed: ClassVar[str] = "F06"
    title: ClassVar[str] = "consumption restriction 限制高消费"
    stages: ClassVar[frozenset[case_number.Stage]] = _ENFORCEMENT

    court: Annotated[OrgName, named("执行法院", "court_name")]
    kind: Annotated[
        Literal["consumption", "exit"] | None,
        labels({"限制高消费": "consumption", "限制消费": "consumption", "限制出境": "exit"}),
        named("限制类型", about="consumption unless said otherwise"),
    ] = None
    filed_on: Annotated[Day, named("立案日期", "caseCreateTime")]
    published_on: Annotated[Day | None, named("发布日期", "publishDate")] = None
    restricted_name: Annotated[
        OrgName, named("限制消费人员", "xname", about="masked unless the entity itself")
    ]
    restricted_id: Annotated[Key | None, named("限制消费人员标识", about="keyed HMAC of the person's id")] = (
        None
    )
    entity_id: Annotated[
        Key | None, named("关联企业", "cid", about="register number of the unit in whose case")
    ] = None
    entity_name: Annotated[OrgName | None, named("企业信息", "qyinfo")] = None
    applicant: Annotated[OrgName | None, named("申请人")] = None
    capacity: Annotated[
        Literal["self_entity", "legal_rep", "principal", "direct_responsible", "actual_controller"],
        labels(
            {
                "本单位": "self_entity",
                "法定代表人": "legal_rep",
                "主要负责人": "principal",
                "直接责任人员": "direct_responsible",
                "实际控制人": "actual_controller",
            }
        ),
        named("身份"),
    ]
    because_of_entity: Annotated[
        bool | None, named("因本企业", about="whether the order was made in a case of the subject itself")
    ] = None
    lifted_on: Annotated[Day | None, named("解除日期")] = None

    @classmethod
    def prepare(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Everybody but the entity itself is a natural person, whose name is masked."""
        name = data.get("restricted_name")
        if isinstance(name, str) and data.get("capacity") not in ("self_entity", "本单位"):
            return {**data, "restricted_name": names.mask(name)}
        return data


class Terminated(CasePayload):
    """F07: enforcement terminated this time 终本: no executable property found more than 3 months after
    filing.
    """

    feed: ClassVar[str] = "F07"
    title: ClassVar[str] = "enforcement terminated, no property 终本案件"
    stages: ClassVar[frozenset[case_number.Stage]] = _ENFORCEMENT

    court: Annotated[OrgName, named("执行法院", "court_name")]
    filed_on: Annotated[Day, named("立案日期", "caseCreateTime")]
    terminated_on: Annotated[Day, named("终本日期", "caseFinalTime")]
    exec_amount: Annotated[Money, named("执行标的", "execMoney")]
    unperformed_amount: Annotated[Money, named("未履行金额", "noExecMoney")]
    name: Annotated[SubjectName | None, named("被执行人")] = None
    id: Annotated[PartyId | None, named("证件号码")] = None
    resumed_on: Annotated[Day | None, named("恢复执行日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Terminated":
        ordered(self.filed_on, self.terminated_on, "an enforcement")
        return self
