"""Words and proportions of the simulated district: industries, names, causes of action, courts and lenders.

Proportions are configuration, chosen to look like a county-level industrial district of Zhejiang. Firms, persons and
lenders are invented; courts and offices are the public bodies that would really speak.
"""

from typing import Final, NamedTuple


class Industry(NamedTuple):
    """One line of business. ``power`` and ``water`` scale the bills, ``risk`` the hazard of distress,
    ``premises`` is the probability that the firm owns real estate."""

    code: str
    word: str
    share: float
    power: float
    water: float
    risk: float
    premises: float


INDUSTRIES: Final[tuple[Industry, ...]] = (
    Industry("C1751", "化纤", 0.06, 2.2, 1.4, 1.4, 0.40),
    Industry("C1713", "印染", 0.05, 2.6, 4.0, 1.3, 0.50),
    Industry("C1751", "纺织", 0.09, 2.0, 1.2, 1.5, 0.40),
    Industry("C1819", "服饰", 0.06, 0.8, 0.6, 1.3, 0.20),
    Industry("C2645", "染料化工", 0.03, 3.0, 3.0, 0.8, 0.60),
    Industry("C2614", "化学", 0.03, 2.8, 2.6, 0.8, 0.55),
    Industry("C2710", "药业", 0.02, 2.2, 2.4, 0.5, 0.60),
    Industry("C2926", "塑业", 0.05, 1.8, 0.7, 1.1, 0.35),
    Industry("C3360", "金属表面处理", 0.03, 1.9, 2.2, 1.2, 0.35),
    Industry("C3392", "铜业", 0.03, 2.4, 0.8, 1.0, 0.45),
    Industry("C3462", "风机", 0.06, 1.2, 0.4, 0.8, 0.40),
    Industry("C3411", "机械", 0.08, 1.2, 0.4, 0.9, 0.40),
    Industry("C3872", "照明电器", 0.05, 0.9, 0.4, 1.1, 0.30),
    Industry("E4710", "建设", 0.05, 0.4, 0.5, 1.7, 0.20),
    Industry("E5011", "装饰工程", 0.04, 0.3, 0.2, 1.6, 0.05),
    Industry("F5131", "纺织品贸易", 0.09, 0.2, 0.1, 1.2, 0.08),
    Industry("F5164", "金属材料", 0.05, 0.2, 0.1, 1.3, 0.08),
    Industry("G5430", "物流", 0.04, 0.4, 0.3, 1.2, 0.10),
    Industry("H6210", "餐饮管理", 0.03, 0.9, 1.8, 1.4, 0.05),
    Industry("I6513", "软件科技", 0.04, 0.3, 0.1, 0.8, 0.04),
    Industry("K7010", "置业", 0.02, 0.5, 0.5, 2.0, 0.70),
)


class SizeClass(NamedTuple):
    """Medians by size class: capital and monthly power bill in yuan, headcount; and the share of firms."""

    name: str
    share: float
    capital: float
    power: float
    people: float
    risk: float


SIZES: Final[tuple[SizeClass, ...]] = (
    SizeClass("micro", 0.60, 900_000, 1_900, 7, 1.15),
    SizeClass("small", 0.30, 5_200_000, 14_000, 38, 1.0),
    SizeClass("medium", 0.08, 32_000_000, 165_000, 260, 0.7),
    SizeClass("large", 0.02, 210_000_000, 1_250_000, 1_100, 0.4),
)

FIRST: Final = "鼎恒瑞宏金华盛联同永新嘉明兴隆泰诚万正天东光长益亿海汇丰力博通三申科星虞舜越曹凤"
SECOND: Final = "泰源达丰盛辉隆昌安利康洋鑫峰宇创信茂益成驰诺成彩尔美越晟凯邦航龙润达杰顺福亚维纶帆"
SURNAMES: Final = "王陈张李徐金俞章严丁谢夏阮顾杜何任范罗周朱吴沈赵胡倪车钱杨叶许"
GIVEN: Final = "建国伟明志强国军水根永林利民海峰晓东丽萍雅芳美娟文斌柏荣张兴百忠华江小平金龙杏仙"
STREETS: Final = (
    "百官街道",
    "曹娥街道",
    "东关街道",
    "道墟街道",
    "梁湖街道",
    "小越街道",
    "崧厦街道",
    "章镇镇",
    "盖北镇",
    "丰惠镇",
)
ROADS: Final = (
    "人民路",
    "舜江东路",
    "亚厦大道",
    "江东路",
    "工业大道",
    "纬三路",
    "经十二路",
    "东山路",
    "振兴大道",
    "杭州湾大道",
)
PREFIXES: Final = ("绍兴市上虞", "绍兴上虞", "绍兴市上虞区", "浙江", "绍兴")

CAUSES: Final = (
    "买卖合同纠纷",
    "承揽合同纠纷",
    "建设工程施工合同纠纷",
    "租赁合同纠纷",
    "运输合同纠纷",
    "服务合同纠纷",
)
LOAN_CAUSES: Final = ("金融借款合同纠纷", "保证合同纠纷", "融资租赁合同纠纷")
TAX_TYPES: Final = ("增值税", "企业所得税", "城镇土地使用税", "房产税")


class Lender(NamedTuple):
    """A bank of the district: the id of its subscription and alert topic, its name, the level it asks for."""

    subscriber: str
    name: str
    min_level: str


LENDERS: Final[tuple[Lender, ...]] = (
    Lender("ejiang-rcb", "绍兴娥江农村商业银行股份有限公司", "blue"),
    Lender("shunjiang-bank", "舜江银行股份有限公司上虞支行", "yellow"),
    Lender("yushun-village-bank", "上虞虞舜村镇银行股份有限公司", "red"),
)


class Court(NamedTuple):
    """A court: numeric code of its case numbers, and its name."""

    code: str
    name: str


LOCAL_COURT: Final = Court("浙0604", "绍兴市上虞区人民法院")
COURTS: Final[tuple[Court, ...]] = (
    LOCAL_COURT,
    Court("浙0602", "绍兴市越城区人民法院"),
    Court("浙0603", "绍兴市柯桥区人民法院"),
    Court("浙06", "绍兴市中级人民法院"),
)

HIGH_COURT: Final = "浙江省高级人民法院"
TAX_OFFICE: Final = "国家税务总局绍兴市上虞区税务局"
CITY_TAX_OFFICE: Final = "国家税务总局绍兴市税务局"
POWER_PROVIDER: Final = "sgcc.zj.shaoxing"
WATER_PROVIDER: Final = "water.330604"
GAS_PROVIDER: Final = "gas.330604"
NOTARY_OFFICE: Final = "浙江省绍兴市上虞区公证处"
LABOUR_OFFICE: Final = "绍兴市上虞区人力资源和社会保障局"
MARKET_OFFICE: Final = "绍兴市上虞区市场监督管理局"
AUCTION_PLATFORM: Final = "sf.taobao"
LABOUR_CAUSES: Final = ("追索劳动报酬纠纷", "劳动争议", "经济补偿金纠纷", "确认劳动关系纠纷")
