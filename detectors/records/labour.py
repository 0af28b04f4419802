"""Labour feeds F19 and F20: social insurance and wages."""

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from detectors.records.fields import Count, Day, Key, OrgName, Text, labels, named
from detectors.records.money import Money
from detectors.records.payload import Payload, ordered
from detectors.records.periods import Period


class SocialInsurance(Payload):
    """F19: social insurance of one kind and period 社保; late payment 0.05 % per day (社会保险法 86)."""

    feed: ClassVar[str] = "F19"
    title: ClassVar[str] = "social insurance 社保"
    soft_codes: ClassVar[frozenset[str]] = frozenset({"status"})

    insurance: Annotated[
        Literal["pension", "medical", "unemployment", "work_injury"],
        labels(
            {
                "养老": "pension",
                "养老保险": "pension",
                "医疗": "medical",
                "医疗保险": "medical",
                "医疗(含生育)": "medical",
                "失业": "unemployment",
                "失业保险": "unemployment",
                "工伤": "work_injury",
                "工伤保险": "work_injury",
            }
        ),
        named("险种"),
    ]
    period: Annotated[Period, named("所属期")]
    insured_count: Annotated[Count | None, named("参保人数")] = None
    base_amount: Annotated[Money | None, named("缴费基数")] = None
    due: Annotated[Money | None, named("应缴金额")] = None
    paid: Annotated[Money | None, named("实缴金额", "PayAmount")] = None
    owed: Annotated[Money | None, named("欠缴金额", "OweAmount", about="cumulative")] = None
    paid_on: Annotated[Day | None, named("缴清日期", about="when arrears of the period were made good")] = (
        None
    )
    status: Annotated[
        Literal["insured", "suspended", "ended"] | None,
        labels({"参保": "insured", "正常": "insured", "暂停": "suspended", "终止": "ended"}),
        named("状态"),
    ] = None


class WageArrears(Payload):
    """F20: wage arrears 欠薪, from complaint to the joint-discipline list of 3 years (人社部令第45号)."""

    feed: ClassVar[str] = "F20"
    title: ClassVar[str] = "wage arrears 欠薪"

    decision_no: Annotated[Key, named("文书号")]
    event: Annotated[
        Literal[
            "complaint",
            "order_to_pay",
            "order_expired",
            "criminal_referral",
            "joint_discipline_listed",
            "removed",
        ],
        labels(
            {
                "投诉": "complaint",
                "责令支付": "order_to_pay",
                "逾期未支付": "order_expired",
                "移送公安": "criminal_referral",
                "列入失信联合惩戒名单": "joint_discipline_listed",
                "移出": "removed",
            }
        ),
        named("事项"),
    ]
    event_on: Annotated[Day | None, named("发生日期")] = None
    workers: Annotated[Count | None, named("涉及人数")] = None
    amount: Annotated[Money | None, named("欠薪金额")] = None
    project: Annotated[Text | None, named("工程项目")] = None
    deadline: Annotated[Day | None, named("限期")] = None
    authority: Annotated[OrgName, named("人社部门")]
    removed_on: Annotated[Day | None, named("移出日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "WageArrears":
        ordered(self.event_on, self.removed_on, "a listing")
        return self
