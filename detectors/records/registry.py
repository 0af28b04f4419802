"""Register feeds F22-F25 and F29: lists, penalties, changes, master data."""

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from detectors.records.fields import (
    ClusterName,
    Count,
    Day,
    IndustryCode,
    Key,
    OrgName,
    OrgNames,
    SubjectName,
    Text,
    labels,
    named,
)
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered, required

EntityStatus = Literal[
    "active",
    "suspended",
    "simple_deregistration_notice",
    "deregistration_notice",
    "deregistered",
    "licence_revoked",
    "closure_ordered",
    "registration_cancelled",
    "moved_out",
    "insolvent",
]
"""State of existence of an enterprise (市场主体登记管理条例 and its rules)."""

_STATUS = labels(
    {
        "存续": "active",
        "存续(在营、开业、在册)": "active",
        "在业": "active",
        "开业": "active",
        "歇业": "suspended",
        "简易注销公告": "simple_deregistration_notice",
        "注销公告": "deregistration_notice",
        "注销": "deregistered",
        "吊销": "licence_revoked",
        "吊销,未注销": "licence_revoked",
        "吊销,已注销": "deregistered",
        "责令关闭": "closure_ordered",
        "撤销": "registration_cancelled",
        "迁出": "moved_out",
    }
)


class Abnormality(Payload):
    """F22: business-abnormality list 经营异常名录, four grounds."""

    feed: ClassVar[str] = "F22"
    title: ClassVar[str] = "business-abnormality list 经营异常名录"

    put_on: Annotated[Day, named("列入日期", "putDate")]
    reason: Annotated[
        Literal[1, 2, 3, 4],
        labels(
            {
                "年报未公示": 1,
                "未依照规定的期限公示年度报告": 1,
                "未依照《企业信息公示暂行条例》第八条规定的期限公示年度报告": 1,
                "未依照《企业信息公示暂行条例》第八条规定的期限公示年度报告的": 1,
                "责令期限内未公示": 2,
                "未在责令的期限内公示企业信息": 2,
                "隐瞒真实": 3,
                "公示企业信息隐瞒真实情况、弄虚作假": 3,
                "住所失联": 4,
                "通过登记的住所或者经营场所无法联系": 4,
                "通过登记的住所或者经营场所无法联系的": 4,
                "1": 1,
                "2": 2,
                "3": 3,
                "4": 4,
            }
        ),
        named(
            "列入原因",
            "putReason",
            about="1 no annual report, 2 order not obeyed, 3 false, 4 not found at address",
        ),
    ]
    authority: Annotated[OrgName, named("列入机关", "putDepartment")]
    removed_on: Annotated[Day | None, named("移出日期", "removeDate")] = None
    remove_reason: Annotated[Text | None, named("移出原因", "removeReason")] = None
    remove_authority: Annotated[OrgName | None, named("移出机关", "removeDepartment")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Abnormality":
        ordered(self.put_on, self.removed_on, "a listing")
        return self


class SeriousViolation(Payload):
    """F23: serious-violation list 严重违法失信名单, 3 years, early removal after 1 (市场监管总局令第44号); also the
    public lists of overdue bills 票据持续逾期名单 (中国人民银行公告〔2020〕第19号) and of bonds in default.
    """

    feed: ClassVar[str] = "F23"
    title: ClassVar[str] = "serious-violation list 严重违法失信"

    listing: Annotated[
        Literal["serious_violation", "overdue_bills", "bond_default"] | None,
        labels(
            {
                "严重违法失信名单": "serious_violation",
                "票据持续逾期名单": "overdue_bills",
                "持续逾期名单": "overdue_bills",
                "债券违约": "bond_default",
            }
        ),
        named("名单", about="the serious-violation list unless said otherwise"),
    ] = None
    put_on: Annotated[Day, named("列入日期", "putDate")]
    category: Annotated[Text | None, named("类别", "type")] = None
    fact: Annotated[Text | None, named("列入原因", "fact", "putReason")] = None
    authority: Annotated[OrgName, named("列入机关", "putDepartment")]
    removed_on: Annotated[Day | None, named("移出日期", "removeDate")] = None
    remove_reason: Annotated[Text | None, named("移出原因", "removeReason")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "SeriousViolation":
        ordered(self.put_on, self.removed_on, "a listing")
        return self


class Penalty(Payload):
    """F24: administrative penalty 行政处罚, environment, fire and production safety included (公示规定
    9-14).
    """

    feed: ClassVar[str] = "F24"
    title: ClassVar[str] = "administrative penalty 行政处罚"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"field"})

    decision_no: Annotated[Key, named("处罚决定书文号", "punishNumber")]
    decided_on: Annotated[Day, named("处罚决定日期", "decisionDate")]
    published_on: Annotated[Day | None, named("公示日期", "publishDate")] = None
    authority: Annotated[OrgName, named("处罚机关", "departmentName")]
    field: Annotated[
        Literal["market", "environment", "fire", "production_safety", "tax", "other"] | None,
        labels(
            {
                "市场监管": "market",
                "环保": "environment",
                "环境保护": "environment",
                "消防": "fire",
                "安全生产": "production_safety",
                "税务": "tax",
                "其他": "other",
            }
        ),
        named("领域"),
    ] = None
    type: Annotated[Text | None, named("处罚种类", "违法行为类型")] = None
    content: Annotated[Text | None, named("处罚内容")] = None
    fine: Annotated[Money | None, named("罚款金额")] = None
    confiscated: Annotated[Money | None, named("没收金额")] = None
    licence_action: Annotated[
        Literal["none", "suspend", "revoke", "order_closure"],
        labels(
            {
                "无": "none",
                "暂扣": "suspend",
                "吊销": "revoke",
                "停产停业": "order_closure",
                "责令关闭": "order_closure",
            }
        ),
        named("许可处理"),
    ] = "none"
    withdrawn_on: Annotated[Day | None, named("撤销日期")] = None


class Change(Payload):
    """F25: registration change 变更登记 (公司法 32, 40), and the events of an enterprise's existence."""

    feed: ClassVar[str] = "F25"
    title: ClassVar[str] = "registration change 变更登记"

    item: Annotated[
        Literal[
            "name",
            "legal_rep",
            "controller",
            "domicile",
            "reg_capital",
            "paid_capital",
            "shareholders",
            "scope",
            "type",
            "term",
            "directors",
            "status",
            "other",
        ],
        labels(
            {
                "名称": "name",
                "法定代表人": "legal_rep",
                "实际控制人": "controller",
                "住所": "domicile",
                "注册资本": "reg_capital",
                "实收资本": "paid_capital",
                "股东": "shareholders",
                "经营范围": "scope",
                "类型": "type",
                "营业期限": "term",
                "董事": "directors",
                "状态": "status",
                "其他": "other",
            }
        ),
        named("变更事项", "changeItem"),
    ]
    changed_on: Annotated[Day, named("变更日期", "changeTime")]
    before: Annotated[Text | None, named("变更前", "contentBefore")] = None
    after: Annotated[Text | None, named("变更后", "contentAfter")] = None
    before_amount: Annotated[Money | None, named("变更前金额")] = None
    after_amount: Annotated[Money | None, named("变更后金额")] = None
    status: Annotated[
        EntityStatus | None, _STATUS, named("状态", about="new state of existence, when item is status")
    ] = None
    published_on: Annotated[Day | None, named("公告日期", about="starts the 20 days for objections")] = None
    objection_until: Annotated[Day | None, named("异议截止日")] = None
    suspended_until: Annotated[Day | None, named("歇业截止日", about="at most 3 years")] = None

    @model_validator(mode="after")
    def _complete(self) -> "Change":
        if self.item == "status":
            required(self, ("status",), "a change of status")
        ordered(self.published_on, self.objection_until, "the time for objections")
        return self


class Master(Payload):
    """F29: master data of an entity 主体, the latest version of which describes it."""

    feed: ClassVar[str] = "F29"
    title: ClassVar[str] = "entity master 主体"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"entity_type"})

    name: Annotated[SubjectName, named("企业名称")]
    former_names: Annotated[OrgNames, named("曾用名", "historyNames")] = ()
    entity_type: Annotated[
        Literal["enterprise", "individual_business", "farmer_cooperative", "public_body", "other"] | None,
        labels(
            {
                "企业": "enterprise",
                "有限责任公司": "enterprise",
                "股份有限公司": "enterprise",
                "个体工商户": "individual_business",
                "农民专业合作社": "farmer_cooperative",
                "事业单位": "public_body",
            }
        ),
        named("主体类型", "companyOrgType"),
    ] = None
    status: Annotated[EntityStatus | None, _STATUS, named("登记状态", "regStatus")] = None
    subscribed_capital: Annotated[Money | None, named("注册资本", "regCapital")] = None
    paid_capital: Annotated[Money | None, named("实收资本", "actualCapital")] = None
    legal_rep: Annotated[
        OrgName | None, named("法定代表人", "legalPersonName", about="shown: public in this role")
    ] = None
    founded_on: Annotated[Day | None, named("成立日期", "estiblishTime")] = None
    term_to: Annotated[Day | None, named("营业期限至", "toTime")] = None
    authority: Annotated[OrgName | None, named("登记机关", "regInstitute")] = None
    address: Annotated[Text | None, named("住所", "regLocation")] = None
    industry: Annotated[
        IndustryCode | None, named("行业代码", about="GB/T 4754 in China, else the local scheme")
    ] = None
    cluster: Annotated[
        ClusterName | None, named("产业集群", "块状经济", about="the industrial cluster it is counted in")
    ] = None
    scope: Annotated[Text | None, named("经营范围", "businessScope")] = None
    size_class: Annotated[
        Literal["micro", "small", "medium", "large"] | None,
        labels({"微型": "micro", "小型": "small", "中型": "medium", "大型": "large"}),
        named("企业规模"),
    ] = None
    insured_count: Annotated[Count | None, named("参保人数", "socialStaffNum")] = None
    taxpayer_id: Annotated[Key | None, named("纳税人识别号", "taxNumber")] = None
    register_status: Annotated[
        Key | None, named("登记状态原文", about="status in the register's own code")
    ] = None
    dissolved_on: Annotated[Day | None, named("注销日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Master":
        ordered(self.founded_on, self.dissolved_on, "the entity")
        return self
