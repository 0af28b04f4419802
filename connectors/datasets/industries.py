"""Names of the divisions 大类 of GB/T 4754, to find the code of an industry given by name.

Codes are those of the 2017 edition; names that only the 2011 edition has are listed under the code that took their
content over.
"""

from collections.abc import Iterable, Mapping

_DIVISIONS = """
A01 农业|A02 林业|A03 畜牧业|A04 渔业|A05 农、林、牧、渔服务业|A05 农、林、牧、渔专业及辅助性活动
B06 煤炭开采和洗选业|B07 石油和天然气开采业|B08 黑色金属矿采选业|B09 有色金属矿采选业|B10 非金属矿采选业
B11 开采专业及辅助性活动|B11 开采辅助活动|B12 其他采矿业
C13 农副食品加工业|C14 食品制造业|C15 酒、饮料和精制茶制造业|C16 烟草制品业|C17 纺织业|C18 纺织服装、服饰业
C19 皮革、毛皮、羽毛及其制品和制鞋业|C20 木材加工和木、竹、藤、棕、草制品业|C21 家具制造业|C22 造纸和纸制品业
C23 印刷和记录媒介复制业|C24 文教、工美、体育和娱乐用品制造业|C25 石油加工、炼焦和核燃料加工业
C25 石油、煤炭及其他燃料加工业|C26 化学原料和化学制品制造业|C27 医药制造业|C28 化学纤维制造业|C29 橡胶和塑料制品业
C30 非金属矿物制品业|C31 黑色金属冶炼和压延加工业|C32 有色金属冶炼和压延加工业|C33 金属制品业|C34 通用设备制造业
C35 专用设备制造业|C36 汽车制造业|C37 铁路、船舶、航空航天和其他运输设备制造业|C38 电气机械和器材制造业
C39 计算机、通信和其他电子设备制造业|C40 仪器仪表制造业|C41 其他制造业|C42 废弃资源综合利用业
C43 金属制品、机械和设备修理业
D44 电力、热力生产和供应业|D45 燃气生产和供应业|D46 水的生产和供应业
E47 房屋建筑业|E48 土木工程建筑业|E49 建筑安装业|E50 建筑装饰和其他建筑业|E50 建筑装饰、装修和其他建筑业
F51 批发业|F52 零售业
G53 铁路运输业|G54 道路运输业|G55 水上运输业|G56 航空运输业|G57 管道运输业|G58 装卸搬运和运输代理业
G58 多式联运和运输代理业|G59 仓储业|G59 装卸搬运和仓储业|G60 邮政业
H61 住宿业|H62 餐饮业
I63 电信、广播电视和卫星传输服务|I64 互联网和相关服务|I65 软件和信息技术服务业
J66 货币金融服务|J67 资本市场服务|J68 保险业|J69 其他金融业
K70 房地产业
L71 租赁业|L72 商务服务业
M73 研究和试验发展|M74 专业技术服务业|M75 科技推广和应用服务业
N76 水利管理业|N77 生态保护和环境治理业|N78 公共设施管理业|N79 土地管理业
O80 居民服务业|O81 机动车、电子产品和日用产品修理业|O82 其他服务业
P83 教育
Q84 卫生|Q85 社会工作
R86 新闻和出版业|R87 广播、电视、电影和影视录音制作业|R87 广播、电视、电影和录音制作业|R88 文化艺术业
R89 体育|R90 娱乐业
S91 中国共产党机关|S92 国家机构|S93 人民政协、民主党派|S94 社会保障
S95 群众团体、社会团体和其他成员组织|S96 基层群众自治组织|S96 基层群众自治组织及其他组织
T97 国际组织
"""


def _codes() -> dict[frozenset[str], str]:
    entries = (entry.split(" ", 1) for line in _DIVISIONS.split("\n") if line for entry in line.split("|"))
    return {frozenset(name.split("、")): code for code, name in entries}


_CODE_OF: Mapping[frozenset[str], str] = _codes()


def code_of(parts: Iterable[str]) -> str | None:
    """Code of a division whose name was cut at its enumeration commas, as some sources do; None if there is none.

    >>> code_of(["毛皮", "皮革", "羽毛及其制品和制鞋业"]), code_of(["批发业"]), code_of(["钢铁—钢铁"])
    ('C19', 'F51', None)
    """
    return _CODE_OF.get(frozenset(parts))
