"""Feed F08: insolvency and compulsory liquidation."""

from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from detectors.identifiers import case_number
from detectors.records.fields import Day, Key, OrgName, labels, named
from detectors.records.payload import CasePayload, ordered


class Insolvency(CasePayload):
    """F08: insolvency or compulsory liquidation; acceptance makes undue debts due (企业破产法 46)."""

    feed: ClassVar[str] = "F08"
    title: ClassVar[str] = "insolvency 破产/强制清算"
    stages: ClassVar[frozenset[case_number.Stage]] = frozenset(
        {"insolvency_application", "insolvency", "insolvency_appeal"}
    )

    event: Annotated[
        Literal[
            "application",
            "accepted",
            "dismissed",
            "administrator_appointed",
            "claims_deadline",
            "reorganisation_plan",
            "declared_bankrupt",
            "terminated",
        ],
        labels(
            {
                "申请": "application",
                "受理": "accepted",
                "不予受理": "dismissed",
                "驳回申请": "dismissed",
                "指定管理人": "administrator_appointed",
                "债权申报": "claims_deadline",
                "重整计划": "reorganisation_plan",
                "宣告破产": "declared_bankrupt",
                "终结": "terminated",
            }
        ),
        named("事项"),
    ]
    court: Annotated[OrgName | None, named("法院", "court_name")] = None
    procedure: Annotated[Key | None, named("程序", about="procedure in the register's own code")] = None
    solvent: Annotated[
        bool | None,
        named("是否有偿付能力", about="true for a solvent winding-up such as a UK members' liquidation"),
    ] = None
    applicant: Annotated[OrgName | None, named("申请人")] = None
    applied_on: Annotated[Day | None, named("申请日期")] = None
    accepted_on: Annotated[Day | None, named("受理日期")] = None
    claims_deadline: Annotated[Day | None, named("申报债权截止日")] = None
    administrator: Annotated[OrgName | None, named("管理人")] = None
    ended_on: Annotated[Day | None, named("终结日期")] = None

    @model_validator(mode="after")
    def _in_order(self) -> "Insolvency":
        ordered(self.accepted_on, self.claims_deadline, "the time for filing claims")
        return self
