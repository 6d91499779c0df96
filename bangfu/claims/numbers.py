"""Find every quantified expression of a text: number, unit, hedge, and the noun that is counted. No topic, no period: only what stands at the number.

What looks like a number and counts nothing is left out: dates, ordinals, list and document numbers, names and slogans (9+3, 四个不摘, 832平台), ages, articles
(一座, 一户), time frames (三年来). A number that damage has touched is found, but has no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from bangfu.quantities import HEDGES, ONE, WAN, ZERO, Hedge, Numeral, Quantity, narrow, numeral, scale_of, share


class Found(NamedTuple):
    """An expression in the repaired text: `start`-`end` from hedge to unit, `digits` where its number begins, `after` where its measure word ends.

    `measure` is the measure word as written («人次», «个»), `noun` the counted noun that decided the unit, `scale_only` says that the unit was told
    by the words around («认捐80多万»).
    """

    start: int
    end: int
    digits: int
    after: int
    quantity: Quantity
    measure: str
    noun: str


# ── words after a number ─────────────────────────────────────────────────────────────────────────────────────────────

_PERSON, _TIMES, _HOUSEHOLD, _VILLAGE, _TOWN, _COUNTY = "person", "person-time", "household", "village", "town", "county"
_PROJECT, _SESSION, _BATCH, _ITEM, _COPY, _ORG, _BRANCH = "project", "session", "batch", "item", "copy", "organisation", "branch"


def _words(*rows: tuple[str, str, str]) -> dict[str, tuple[str, Decimal]]:
    return {word: (code, Decimal(each)) for code, each, words in rows for word in words.split()}


# measure word → (unit, how many of it)
_MEASURES = _words(
    ("CNY", "1", "元 元人民币 元钱 块钱 人民币 余元 来元"),
    ("CNY", "0.1", "角 毛钱"),
    ("other:美元", "1", "美元 美金"),
    ("other:港元", "1", "港元 港币"),
    ("other:欧元", "1", "欧元"),
    ("other:日元", "1", "日元"),
    ("other:英镑", "1", "英镑"),
    (_PERSON, "1", "人 名 位 口人 个人 余名 余人"),
    (_TIMES, "1", "人次 人·次 人/次 人(次) 人（次） 名次 余人次 个人次"),
    (_HOUSEHOLD, "1", "户 户次 户家庭 个家庭 户人家 户农户"),
    (_VILLAGE, "1", "村 个村 座村庄 个村庄 个行政村 个村寨"),
    (_TOWN, "1", "乡镇 个乡镇 个乡 个镇 镇 乡 个镇街 个街道"),
    (_COUNTY, "1", "县 个县 个区县 个县区 个县市 个县市区 区县 县市 县区 个旗县 个县城"),
    ("other:省", "1", "省 个省 省区 省市 个省份 省份 个省区 个省区市 省区市 个省市 个省市区"),
    ("other:市", "1", "个市 个地市 个城市 个市州 市州 地市"),
    ("other:州", "1", "个州"),
    (_SESSION, "1", "次 场 场次 期 期次 节课 堂课 堂 趟 回 班次 场会 次会议 人期 课次"),
    ("other:轮", "1", "轮 轮次"),
    (_BATCH, "1", "批 批次"),
    (_ITEM, "1", "册 盏 台 套 件 箱 辆 架 张 根 床 双 袋 桶 盒 包 瓶 部 把 支 副 顶 台套 台(套) 台（套） 件套 件(套) 艘 枚 罐 壶 筐 艘 门炮 余册 余件"),
    (_COPY, "1", "本 份 余本"),
    (_ORG, "1", "家 所 余家"),
    ("mu", "1", "亩 亩地 亩次"),
    ("mu", "15", "公顷 ha"),
    ("km", "1", "公里 千米 km KM Km"),
    ("km", "0.5", "华里 里路"),
    ("other:米", "1", "米 延米 m"),
    ("kg", "1", "公斤 千克 kg KG Kg"),
    ("kg", "0.5", "斤 市斤"),
    ("kg", "1000", "吨"),
    ("kg", "0.001", "克"),
    ("percent", "1", "% 个百分点 百分点"),
    ("year", "1", "年 周年"),
    ("other:月", "1", "个月 个多月 余月"),
    ("other:天", "1", "天 余天"),
    ("other:小时", "1", "小时 个小时 个多小时 钟头 个钟头"),
    ("other:分钟", "1", "分钟"),
    ("other:周", "1", "周 个星期 星期"),
    ("other:课时", "1", "课时 学时 个课时 个学时"),
    ("other:工时", "1", "工时 志愿工时"),
    ("other:平方米", "1", "平方米 平米 ㎡ m2 m² 平方"),
    ("other:平方公里", "1", "平方公里 平方千米 km2"),
    ("other:立方米", "1", "立方米 立方 m3 m³ 方"),
    ("other:千瓦时", "1", "千瓦时 度电 kWh kwh 度"),
    ("other:千瓦", "1", "千瓦 kW KW kw"),
    ("other:兆瓦", "1", "兆瓦 MW MWp"),
    ("other:倍", "1", "倍"),
    ("other:厘米", "1", "厘米 公分 cm"),
    ("other:升", "1", "升"),
    ("other:队", "1", "支队伍 支工作队 支服务队 支志愿队 个工作队 个服务队"),
    ("other:种", "1", "种 类 个品种 个种类 余种"),
    ("other:万", "1", ""),
)
_MEASURES |= {
    word: (f"other:{word}", ONE)
    for word in (
        "只 头 羽 尾 匹 条 株 棵 颗 粒 篇 首 幅 面 座 栋 幢 间 处 口 眼 组 队 款 样 道 轮 圈 段 片 块 孔 级 届 户头 例 起 宗 项 个 "
        "门 方面 名额 对 副 岗 站 井 池 峰 棚 笔 单 票 席 桌 担 挂 列 班 分 垧 盘 丛 窝 群 筒 捆 扇 卷 顷 枝 箱次 车次 车 人份 箩 杆 台次 例次 站次 点 秒 斗 户次"
    ).split()
    if word not in _MEASURES
}
_MEASURES.pop("万", None)
_FIRST: dict[str, tuple[int, ...]] = {}
for _word in _MEASURES:
    _FIRST[_word[0]] = tuple(sorted({*_FIRST.get(_word[0], ()), len(_word)}, reverse=True))

# A measure word followed by one of these is the beginning of another word.
_NOT_BEFORE: dict[str, str] = {
    "家": "庭乡人长里园电具务族畜禽政校居",
    "所": "有在需谓属以得长",
    "位": "于居列置",
    "名": "录列牌单为义誉称气字",
    "次": "要日年数级第于贫",
    "场": "面所地长馆景域合",
    "期": "间望待盼限末刊货",
    "本": "科地村市县乡土级身来省校人次年领质报",
    "村": "级集民干主规容组医庄卫史务居道企校小支党第两官部党委财",
    "县": "级城域委政长内直处区市里道乡",
    "乡": "村土亲贤愁愿",
    "镇": "长政级上区",
    "省": "级委政直内外市会道长",
    "人": "民均才员口大们家力体物工社类文间生",
    "条": "件例款约",
    "口": "径号岸味罩粮",
    "头": "羊人版条脑",
    "台": "账阶风湾帐",
    "份": "额",
    "项": "链",
    "点": "位赞名燃击对明多半钟",
    "分": "别为之享布散赴管期类批钟配工片级送发发化成析",
    "对": "口接于象策应症标照比外",
    "面": "积向对临试貌",
    "方": "面式法便案向针位",
    "组": "织建成团合级",
    "队": "伍员",
    "级": "以",
    "站": "在稳点",
    "片": "区面",
    "门": "类诊",
    "段": "时",
    "类": "似",
    "样": "本",
    "道": "路德",
    "处": "理于在置级",
    "间": "接隔",
    "支": "部持付出援教农委书柱医撑",
    "包": "括含村户销装保片联组帮干",
    "部": "分门署队长委",
    "把": "手关握",
    "件": "数",
    "架": "构设",
    "单": "位身",
    "台(": "",
    "年": "度级底初中末份轻青年代产均后猪货鉴以人收",
    "天": "然津气地上下府",
    "成": "立为功果效员绩都长本熟就人品了年群交活片",
    "元": "素旦",
    "户": "口籍均外型用厕",
    "轮": "廓训换岗",
    "起": "来到步草底",
    "例": "如外会行",
    "班": "子长主级车",
    "车": "间辆站道",
    "车次": "",
    "列": "为入出支车",
    "克": "服",
    "升": "级至到学值温",
    "度": "过假",
    "批": "准评复示发次改办",
    "册": "子",
    "张": "贴家某",
    "根": "据本源",
    "座": "谈位",
    "席": "位",
    "群": "众",
    "井": "然",
    "块": "钱",
    "米": "粉线面酒粮饭",
    "斤": "两",
    "回": "头访收报家乡到顾",
    "趟": "",
    "堂": "",
    "角": "度色",
    "首": "次个批先要届府都席富位创家套期",
    "粒": "",
    "笔": "记试",
    "票": "据",
    "岗": "位前",
    "池": "塘",
    "只": "有要能需是",
    "桌": "椅",
    "卷": "入",
    "丛": "书",
    "点多": "",
    "箱": "式",
    "桶": "",
    "盘": "活",
    "挂": "职牌钩联包",
    "担": "任当负保",
    "秒": "",
    "双": "方向创减语拥选语",
    "套": "餐种",
    "幅": "度",
    "株": "",
    "里路": "",
    "羽": "毛绒",
    "尾": "矿",
    "眼": "镜睛前下",
    "孔": "子",
    "款": "物项待",
    "届": "全时",
    "圈": "子",
    "盒": "子",
    "床": "位",
    "门炮": "",
    "艘": "",
    "站次": "",
}
_KEEP = {"床位": "other:床位"}

# Nouns that say what «个», «项», … count, or that follow a number without a measure word. Longest first.
_NOUNS: dict[str, str] = {
    noun: code
    for code, nouns in (
        ("", "村级 村集体 村民小组 村干部 村两委 村支部 村组 村规 村医 村卫生 县级 县域 县城 乡镇级 省级 市级 乡村 农村合作 村史 村校 村小 村道 村委会 村企 村部"),
        (_VILLAGE, "行政村 自然村 贫困村 帮扶村 示范村 脱贫村 村寨 村庄 村屯 山村 乡村 藏寨 苗寨 村"),
        (_TOWN, "乡镇 镇街 镇乡 街道 乡 镇"),
        (_COUNTY, "贫困县 区县 县市区 县区 县市 旗县 县"),
        ("other:县乡", "县乡"),
        ("other:省", "省区市 省区 省份 省市"),
        ("other:市", "地市 市州 城市"),
        (_BRANCH, "党总支 党支部 党组织 支部 党小组 团支部 总支"),
        (_PROJECT, "建设项目 工程项目 项目 工程"),
        (
            _ORG,
            "企事业单位 龙头企业 企业 单位 公司 高校 院校 学校 中学 小学 幼儿园 医院 机构 部门 合作社 协会 商会 社会组织 团体 央企 国企 民企 高职 大学 医疗机构 "
            "卫生院 农场主 银行 网点 专业合作社 经营主体 市场主体 商户 商家 门店 集团 学院 系部 院系 民主党派 科研院所 工会 分工会 车间",
        ),
        (
            _PERSON,
            "贫困人口 脱贫人口 脱贫群众 贫困群众 群众 师生 学生 学子 教师 老师 干部 党员 职工 员工 村民 农民 牧民 居民 游客 人口 人员 志愿者 带头人 医生 专家 劳动力 老百姓 百姓 "
            "学员 贫困生 老人 儿童 官兵 战士 代表 青年 妇女 医务人员 乡亲 消费者 用户 网友 粉丝 个人 贫困学生 大学生 农民工 致富带头人 技术人员 人才 民工 第一书记 村干部 先进个人 教职工 教职员工 毕业生 在校生 就业者 农牧民",
        ),
        (_HOUSEHOLD, "贫困户 脱贫户 农户 农牧户 建档立卡户 困难户 低保户 监测户 搬迁户 种植户 养殖户 五保户 家庭 用户家"),
        (
            _ITEM,
            "书架 书柜 垃圾桶 垃圾箱 路灯 电脑 书包 桌椅 课桌 板凳 椅子 文具 图书 书籍 口罩 水桶 太阳能灯 热水器 冰箱 电视机 电视 打印机 投影仪 体育器材 篮球 足球 礼包 爱心包 灭火器 音箱 阅览桌 床铺 棉被 帐篷 "
            "净水器 音响 摄像头 展板 宣传栏 洗衣机 空调",
        ),
        ("other:队", "工作队 服务队 工作组 小分队 实践队 志愿队 医疗队 突击队 团队 队伍 调研组"),
        (_SESSION, "培训班 专题培训 讲座 主题党日"),
        ("other:床位", "床位"),
    )
    for noun in nouns.split()
}
_NOUNS |= {"培训班": "other:个", "讲座": _SESSION, "主题党日": _SESSION, "专题培训": _SESSION}
_NOUN = re.compile("|".join(sorted(_NOUNS, key=len, reverse=True)))
_NOUN_STOP = re.compile(r"[\s，,。；;：:、！!？?（）()“”\"《》\d]|的时候|以及|和|与|及|并|为|在|被|受|开展|实现|得到|参加|参与|对|向|给|达|已|全部|还|正|都|实施期|分别|共|均")
_PERSON_DIRECT = re.compile("|".join(sorted((n for n, c in _NOUNS.items() if c in {_PERSON, _HOUSEHOLD}), key=len, reverse=True)))
_DIRECT = re.compile("|".join(sorted((n for n, c in _NOUNS.items() if c), key=len, reverse=True)))
_GENERIC = frozenset({"间", "个", "项", "宗", "支", "户", "起", "处", "门", "款"})

# ── words before a number ────────────────────────────────────────────────────────────────────────────────────────────

_BEFORE = sorted((w for w in HEDGES if w not in {"余", "多", "来", "有余", "左右", "上下", "以上", "及以上", "以下", "及以下", "以内", "之内", "开外", "起", "上", "过", "最高", "几乎"} and not w.isascii()), key=len, reverse=True)
_BEFORE_LENGTHS = tuple(sorted({len(w) for w in _BEFORE}, reverse=True))
_BEFORE_SET = frozenset(_BEFORE)
_NOT_AFTER = {
    "近": "附邻就最贴亲相走靠拉远新",
    "约": "节签合预制公邀条集誓毁履违特大",
    "超": "",
    "小于": "",
    "逾": "",
    "大于": "",
    "不到": "得看见找想受达买学",
    "不足": "",
    "不下": "",
    "超出": "",
    "不及": "来",
    "来": "",
    "突破": "实",
    "超越": "",
    "至少": "",
    "估计": "",
    "接近": "",
    "不满": "",
}
_AFTER = re.compile(r"左右|上下|(?:及)?以上|(?:及)?以下|(?:之|以)内|开外|有余")
_MORE_AFTER = re.compile(r"[多余](?=[\s，,。；;、）)的]|\Z)|[多余](?=[\u4e00-\u9fff])(?![次方种样项年少数人个名位])")
_MEASURABLE = frozenset("元里斤吨米时月年天亩度顷克分")
_JOINT = re.compile(r"\s?(?:-{1,2}|—{1,2}|–|－|~|～|至|到|−)\s?")

# ── what is no claim ─────────────────────────────────────────────────────────────────────────────────────────────────

_CN = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_YEAR = r"(?:1[89]|20)\d{2}"
_DAY = r"\d{1,2}\s?[日号]"
_JOIN = r"(?:\s?(?:[-－—–~～至到]|——)\s?)"
_PART = r"(?:份|底|初|末|中旬|上旬|下旬)?"

# Spans in which nothing is a claim: titles of works, short quotations (names, slogans), addresses.
_SEALED = re.compile(
    r"《[^》\n]{1,60}》|[“‘「『][^”’」』\n]{1,14}[”’」』]|\"[^\"\n]{1,14}\"|https?://[\w./?&=%#:~+-]+|www\.[\w./?&=%#:~+-]+",
)

# Tried where a number begins: what is no count.
_NO_COUNT = re.compile(
    "|".join(
        (
            # dates
            rf"{_YEAR}\s?年?{_JOIN}(?:{_YEAR}|\d\d(?=年))\s?(?:学年度?|年(?:度|底|末|初|间)?)",
            rf"(?:{_YEAR}|[一二][〇零○九八][〇零○一二三四五六七八九]{{2}})\s?(?:学年度?|年)(?:度|底|末|初|间|代|级)?(?:\s?\d{{1,2}}{_JOIN}(?=\d{{1,2}}\s?月))?(?:\s?\d{{1,2}}\s?月{_PART}(?:\s?{_DAY})?)?",
            rf"{_YEAR}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?(?!\d)",
            rf"\d{{1,2}}{_JOIN}\d{{1,2}}\s?月|\d{{1,2}}\s?月{_PART}(?:\s?\d{{1,2}}(?:\s?[日号]?{_JOIN}(?:\d{{1,2}}\s?月)?\s?{_DAY}|\s?[日号]))?",
            rf"[一二三四五六七八九十]{{1,2}}月{_PART}",
            rf"{_DAY}(?:{_JOIN}(?:\d{{1,2}}\s?月\s?)?{_DAY})?|\d{{1,2}}{_JOIN}{_DAY}",
            r"\d{1,4}\s?[:：]\s?\d{1,4}(?:[:：]\d{2})?",
            r"[\d二三四五六七八九]{1,2}十?年代|[\d二一]{1,2}十?世纪|(?:19|20)?[5-9〇0]0后|[五六七八九〇零][〇零]后",
            # names and codes
            r"\d+(?:\s?[+＋]\s?[\dA-Za-z]+)+",
            r"\d+(?:\.\d+)?(?!(?:km|kg|kw|kwh|mw|mwp|cm|ha|m|m2|m3)(?![a-z]))[A-Za-z]\w*",
            r"832\s?平台|\d{3}\s?(?:国道|省道|县道|乡道)|\d{3,5}(?:热线|工程|计划|行动|平台|战略|模式)",
            r"1[3-9]\d{9}(?!\d)|0\d{2,3}-\d{7,8}|\d{15,18}[\dXx]?",
            r"\d+[×*＊]+",
            # ages, levels, ranks, pages
            rf"(?:\d+|[{_CN}]+)(?:多|余)?{_JOIN}?\d*\s?(?:周?岁|页|号楼|号线|号|楼(?!房)|室|级(?!以)|届|等奖|等功|班级|年级|把手|线城市|星级|维码|度(?=春|过)|期(?=项目|工程|建设|规划)|时许?)",
            r"[一二三四五六七八九十]{1,2}(?:是|者|来(?=[，,]))",
            # stock phrases: numbers of points, not of things
            r"[二两三四五六七八九十]个(?:不|一|全面|意识|自信|维护|精准|代表|确保|坚持|到位|结合|转变|统筹|方面|环节|层面|维度|阶段|步骤|文明|振兴|必须|更|明确|清零|覆盖|聚焦|抓手|关键|问题|"
            r"重点|务必|革命|清单|带头|作用|优先|替代|没有|带动|提升|强化|突出|打造|好|率先|保障|安全|责任|满意|增强|走|目标|机制|体系|要点|原则|系列|专项行动|点[，,。])",
            r"[两一二三四五六七八九十百千万][\u4e00-\u9fff]{1,2}[一二两三四五六七八九十百千万][\u4e00-\u9fff](?=[\W]|活动|工程|行动|机制|政策|制度|模式|要求|标准|计划|战略|\Z)(?<![万千百]人)(?<![户人名元次册本])",
            r"两不愁|三保障|三农|三支一扶|三区三州|三下乡|五级书记|六稳|六保|双一流|五位一体|一带一路|四川|三峡|三亚|三明|百色|万源|万州|九江|九寨沟|五指山|六盘|六安|九三学社|七一|五一|十堰|千岛湖|千方百计|"
            r"千家万户|万众一心|千千万万|成千上万|万无一失|百年|千年|百花|百姓|百货|百合|万达|万一|十分|十足|百般|三三两两|四面八方|七嘴八舌|五湖四海|九年义务|八项规定|三重一大|四议两公开|三会一课|两学一做|三严三实|"
            r"三轮车|二维码|四季|三天两头|五谷|两级|两岸|三级|四级|百强|万企|百企|百县|千村|万村|百村|百千万|两委|两山|两地|两项改革|三产|一二三产|二三产|十里八乡|三五年",
            r"(?:十[一二三四]?五|十[八九]|二十)(?=大|届|时期|期间|规划|[”’]|以来)",
            # frames of time
            r"(?:[二两三四五六七八九十几]+个?|\d+(?:多|余)?个?)(?:年|载|天|月|小时|分钟|周)(?:多|余)?(?:以来|来(?!自)|间(?!接)|里(?!程)|之?前|之?后(?!备)|之?内|(?=时间))",
        ),
    ),
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\s?(?:\d+|[{_CN}几]+)(?:{_JOIN}第?\s?(?:\d+|[{_CN}]+))?\s?(?:个|次|批次|批|期|名|届|条|款|项|位|章|节|家|轮|年|所|类|卷|页|产业|季度|学期|阶段|步|号|场|村民组|组|线|方|片)?")
_BRACKETED = re.compile(rf"\s?{_YEAR}\s?[〕\]］】）)]\s?第?\d+\s?号?|\s?\d{{1,2}}\s?[）)]|[一二三四五六七八九十]{{1,3}}[）)]")
_ITEM_NUMBER = re.compile(r"\d{1,2}(?:[、．]|\.(?!\d))|[一二三四五六七八九十]{1,3}(?:[、．]|\.(?!\d))|\d{1,2}[）)]")
_LABEL = re.compile(r"(?:附件|附表|图表|附录|步骤|方案|版本|标段|模块|案例|表|图|[A-Za-zＡ-Ｚ][-_/.]?|[×*＊+＋]|\d[.:：/])\Z")
_TOKEN = re.compile(r"[\w./+-]+", re.ASCII)
_BULLETS = " \t\u3000\xa0•·●■▲◆★※-—"
_FOLLOW = "".join(sorted({c for c in {*_FIRST, *"余多来成分个几至到县村乡镇家省"} if c not in "-"}))
_NEXT = re.compile(rf"\d|[{_CN}几数](?=[{_CN}几数{re.escape(_FOLLOW)}~～—-])|(?<=[近约逾超上过破])[百千万亿]|[百千万][余多名]")
_LOST = "\ufffd"


def find(text: str) -> Iterator[Found]:
    """Every quantified expression of a repaired text, in order; one that stands behind «�» has no value. Linear in the length of the text."""
    text = narrow(text)
    sealed = _Sealed(text)
    at = 0
    last: Found | None = None
    while (begin := _NEXT.search(text, at)) is not None:
        start = begin.start()
        end = sealed.around(start)
        if end:
            at = end
            continue
        end = _skipped(text, start, at)
        if end:
            at = end
            continue
        found = _expression(text, start, last)
        if found is None:
            run = numeral(text, start)
            at = max(begin.end(), run.end if run is not None and not text[start] in _CN else 0)
            continue
        at = found.end
        if _LOST in text[max(0, found.start - 1) : found.end]:
            found = found._replace(quantity=unreadable(found.quantity))
        last = found
        yield found


def unreadable(quantity: Quantity) -> Quantity:
    """The same expression with its number gone."""
    return Quantity(None, None, quantity.unit, quantity.hedge, quantity.word)


class _Sealed:
    """The sealed spans of a text, asked in rising order: where the one around a position ends, or 0."""

    def __init__(self, text: str) -> None:
        self.spans = _SEALED.finditer(text)
        self.start = self.end = 0
        self.step()

    def step(self) -> None:
        span = next(self.spans, None)
        self.start, self.end = (1 << 62, 1 << 62) if span is None else span.span()

    def around(self, at: int) -> int:
        while self.end <= at:
            self.step()
        return self.end if self.start <= at else 0


def _skipped(text: str, start: int, floor: int) -> int:
    """Where a number that is no count ends (a date, an ordinal, a list number, a name); 0 where it may be one."""
    before = text[start - 1] if start else "\n"
    if before == "第":
        ordinal = _ORDINAL.match(text, start)
        return ordinal.end() if ordinal is not None else start + 1
    if before in "其之" and text[start] in _CN and (start < 2 or text[start - 2] not in "极尤"):
        return start + 1
    if before in "〔[［【（(":
        bracketed = _BRACKETED.match(text, start)
        if bracketed is not None:
            return bracketed.end()
    if before in _BULLETS or before in "\n\r。；;：:！!？?":
        number = _ITEM_NUMBER.match(text, start)
        if number is not None and (before in "\n\r。；;：:！!？?" or not text[text.rfind("\n", max(floor - 1, 0, start - 40), start) + 1 : start].strip(_BULLETS)):
            return number.end()
    if (before.isascii() and before not in "\n (),") or before in "×＊＋件表图录骤案本段块":
        label = _LABEL.search(text, max(0, start - 4), start)
        if label is not None:
            token = _TOKEN.match(text, start)
            return token.end() if token is not None else start + 1
    no = _NO_COUNT.match(text, start)
    return no.end() if no is not None and no.end() > start else 0


# ── one expression ───────────────────────────────────────────────────────────────────────────────────────────────────


def _expression(text: str, start: int, last: Found | None) -> Found | None:
    part = share(text, start) if "分之" in text[start : start + 12] else None
    number = part if part is not None else numeral(text, start)
    if number is None:
        return None
    head, word = _hedge_before(text, start)
    end = number.end
    if part is None:
        ranged = _range(text, start, number)
        if ranged is not None:
            number, end = ranged, ranged.end
    if part is not None:
        unit, each, measure, noun, after = "percent", ONE, "", "", end
    else:
        told = _unit(text, start, end, number, word, last)
        if told is None:
            return None
        unit, each, measure, noun, after = told
    if not _is_meant(text, start, number, word, unit, measure, after):
        return None
    inner = number.word
    tail = _AFTER.match(text, after)
    if tail is not None:
        after_hedge, inner = tail.end(), inner or tail[0]
    elif not inner and text[after : after + 1] in {"多", "余"} and text[after - 1] in _MEASURABLE and _MORE_AFTER.match(text, after):
        after_hedge, inner = after + 1, text[after]
    else:
        after_hedge = after
    return Found(head, after_hedge, start, after, _quantity(number, word, inner, unit, each), measure, noun)


def _quantity(number: Numeral, word: str, inner: str, unit: str, each: Decimal) -> Quantity:
    if word in {"上", "过", "破"} and not inner:
        inner, word = word, ""
    word = word or inner
    low, high = (number.low * each, number.high * each) if each != 1 else (number.low, number.high)
    if low != high:
        return Quantity(low, high, unit, Hedge.range, word, ZERO, number.vague)
    hedge = HEDGES.get(word, Hedge.exact) if word else Hedge.exact
    return Quantity(low, high, unit, hedge, word, number.step * each if number.step else ZERO)


def _hedge_before(text: str, start: int) -> tuple[int, str]:
    """Where the expression begins and the hedge word that stands before the number."""
    at = start
    while at and text[at - 1] == " ":
        at -= 1
    for length in _BEFORE_LENGTHS:
        word = text[at - length : at] if at >= length else ""
        if word in _BEFORE_SET:
            if text[at - length - 1 : at - length] and text[at - length - 1] in _NOT_AFTER.get(word, ""):
                return start, ""
            return at - length, word
    if at and text[at - 1] in "上过破" and text[start] in "百千万亿":
        return at - 1, "上" if text[at - 1] == "上" else "过"
    return start, ""


def _range(text: str, start: int, first: Numeral) -> Numeral | None:
    """A-B, A至B: with the unit on the second or on both (100元-200元). «从30户到50户» are two numbers, «由12%升至15%» too."""
    if first.word or first.vague or first.spread:
        return None
    joint, between = _JOINT.match(text, first.end), ""
    if joint is None:
        unit = _measure(text, first.end)
        if unit is None:
            return None
        joint, between = _JOINT.match(text, unit[2]), text[first.end : unit[2]]
        if joint is None or text[start - 1 : start] in {"从", "由", "自"}:
            return None
    if not text[joint.end() : joint.end() + 1].isdigit() and text[joint.end() : joint.end() + 1] not in _CN:
        return None
    second = numeral(text, joint.end())
    if second is None or second.low != second.high or second.word:
        return None
    low = first.low
    if not between and text[first.end - 1] not in "万亿千百" and low < second.low:
        low *= scale_of(text, second)
    return second._replace(low=low, spread=True, step=ZERO) if low < second.high else None


def _measure(text: str, at: int) -> tuple[str, Decimal, int, str] | None:
    """The measure word at a position: unit, how many, where it ends, the word."""
    if text[at : at + 1] == " ":
        at += 1
    for length in _FIRST.get(text[at : at + 1], ()):
        word = text[at : at + length]
        found = _MEASURES.get(word)
        if found is None:
            continue
        end = at + length
        if text[end : end + 1] and text[end] in _NOT_BEFORE.get(word if length == 1 or word in _NOT_BEFORE else word[-1] if word[0] == "个" else word, ""):
            if length > 1:
                continue
            return None
        return found[0], found[1], end, word
    return None


def _unit(text: str, start: int, end: int, number: Numeral, word: str, last: Found | None) -> tuple[str, Decimal, str, str, int] | None:
    """Unit, how many of it, measure word, the noun that decided it, where the measure word ends."""
    if text[end : end + 1] == "成":
        if number.high <= 10 and text[end + 1 : end + 2] not in set(_NOT_BEFORE["成"]) and not text[end + 1 : end + 2].isdigit():
            return "percent", Decimal(10), "成", "", end + 1
        return None
    measured = _measure(text, end)
    if measured is None:
        return _bare(text, start, end, number, word)
    unit, each, after, name = measured
    if name in _PLACES and not text[start].isdigit() and number.low <= 10 and "、" not in text[max(0, start - 5) : start]:
        return None  # 两省, 三县: names; 新龙、丹巴两县: a count
    if name in _GENERIC:
        unit, noun = _counted(text, start, after, name, unit, last)
        return unit, each, name, noun, after
    if name == "台" and ("手术" in text[max(0, start - 6) : start] or text.startswith("手术", after)):
        return "other:台", each, name, "手术", after
    return unit, each, name, "", after


_PLACES = frozenset({"省", "县", "村", "乡", "镇", "州", "省区", "省市", "区县", "县市", "县区", "乡镇", "市州", "地市"})


def _counted(text: str, start: int, after: int, name: str, unit: str, last: Found | None) -> tuple[str, str]:
    """What «个», «项», … count: the noun that follows, or that stands before the number, or what the number before counted («粮企7个»)."""
    if text[after : after + 1] in {"为", "是", "属"}:
        after += 1  # 有11个为国家级贫困县
    stop = _NOUN_STOP.search(text, after, after + 14)
    limit = stop.start() if stop is not None else min(after + 14, len(text))
    noun = _NOUN.search(text, after, limit)
    if noun is not None and _NOUNS[noun[0]]:
        if stop is not None and stop[0] in {"和", "与", "及"} and noun.end() == limit and name == "个" and _NOUNS[noun[0]] == _ORG and text.startswith("个人", stop.end()):
            return unit, ""
        return _refined(_NOUNS[noun[0]], name, unit), noun[0]
    if name == "宗":
        return _PROJECT, ""
    if name == "支":
        team = "队" in text[max(0, start - 10) : start] or "队" in text[after : after + 12]
        return ("other:队" if team else _ITEM), ""
    if noun is None and limit > after:
        return unit, ""
    before = _noun_before(text, start)
    if before:
        return _refined(_NOUNS[before], name, unit), before
    if noun is None and last is not None and last.measure.startswith(name) and start - last.end <= 10 and any(c in "，,、" for c in text[last.end : start]):
        return last.quantity.unit, last.noun
    return unit, ""


def _refined(code: str, name: str, unit: str) -> str:
    if name == "户":
        return _ORG if code == _ORG else _HOUSEHOLD
    if name == "项":
        return code if code == _PROJECT else unit
    if name == "间":
        return code if code == _ORG else unit  # 间 of schools and shops
    if name in {"支", "处", "门", "款", "起"}:
        return code if code == "other:队" and name == "支" else unit if name != "支" else _ITEM if code not in {"other:队"} else code
    return code


_LINKS = ("达到", "增加到", "扩大到", "总共", "一共", "共有", "还有", "尚有", "累计", "总计", "共计", "合计", "分别", "增至", "已达", "多达", "达", "共", "有", "约", "近", "超", "逾", "等", "为", "仅")


def _noun_before(text: str, start: int) -> str:
    """The noun right before the number: 实施项目145个."""
    at = start
    while at and text[at - 1] == " ":
        at -= 1
    for _ in range(2):
        for link in _LINKS:
            if text.endswith(link, max(0, at - 4), at):
                at -= len(link)
                break
    for length in (6, 5, 4, 3, 2, 1):
        if at >= length and _NOUNS.get(text[at - length : at]):
            return text[at - length : at]
    return ""


_MONEY = re.compile(r"[捐投筹募贷拨融凑]|资金|款|收入|产值|销售额|营业额|交易额|价值|增收|金额|利润|租金|分红|购买|采购|花费|补贴|补助|存款|债")
_PEOPLE = re.compile(r"人口|人数|人员|群众|劳动力|师生|学生|党员|干部|职工|游客|总人口|粉丝|用户")
_DIRECT_CN = re.compile(r"县(?![级城域委政])|村(?![级集民])|乡镇|乡(?!村)|镇|市|州|区县")


def _bare(text: str, start: int, end: int, number: Numeral, word: str) -> tuple[str, Decimal, str, str, int] | None:
    """No measure word: a noun that is counted directly (4县, 1000余师生), or 万 alone with words that tell the unit (贫困人口5630万, 认捐80多万)."""
    at = end + (text[end : end + 1] == " ")
    arabic = text[start].isdigit()
    direct = _DIRECT.match(text, at)
    if direct is not None and (arabic or number.low >= 20):
        code = _NOUNS[direct[0]]
        if code != _ITEM and not (code in {_VILLAGE, _TOWN, _COUNTY} and text[direct.end() : direct.end() + 1] in "级委民"):
            return code, ONE, "", direct[0], at + (len(direct[0]) if len(direct[0]) <= 2 and code not in {_PERSON, _HOUSEHOLD, _ORG} else 0)
    if not arabic and 2 <= number.low <= 10:
        place = _DIRECT_CN.match(text, at)
        if place is not None and "、" in text[max(0, start - 5) : start]:
            return _NOUNS.get(place[0], f"other:{place[0]}"), ONE, "", place[0], place.end()
    if arabic and (text[end - 1] in "万亿" or (number.word and number.low >= 1000)):
        before = text[max(0, start - 12) : start]
        people = _PEOPLE.search(text, at, at + 8)
        stop = _NOUN_STOP.match(text, at) if at < len(text) else True
        if stop:
            mark = max(before.rfind(c) for c in "，,。；;、\n")
            near = before[mark + 1 :]
            if _PEOPLE.search(near):
                return _PERSON, ONE, "", "", end
            if _MONEY.search(near):
                return "CNY", ONE, "", "", end
        elif people is not None and not _NOUN_STOP.search(text, at, people.start()):
            return _PERSON, ONE, "", people[0], end
    return None


_DURATION_CUES = ("连续", "为期", "历时", "持续", "长达", "期限", "周期", "实施期", "合同期", "任期", "满", "整整", "坚持", "坚守", "扎根", "驻村", "服务期", "工期", "达", "已有", "工作", "帮扶期", "租期", "期")


def _is_meant(text: str, start: int, number: Numeral, word: str, unit: str, measure: str, after: int) -> bool:
    """Whether the number counts something: not an article (一座), not an indefinite (几个), not a scale that is no number (万名), not a span of time."""
    first = text[start]
    chinese = not first.isdigit()
    if chinese:
        run = text[start : number.end]
        if run == "一" or (run in {"几", "数"} and unit != "percent"):
            return False
        if first in "百千万亿" and not (word or number.word):
            return False
        if number.low < 2 and number.low == number.high:
            return False
        if run == "两" and measure in {"级", "面", "边", "头", "口", "道", "类", "门"}:
            return False
        if len(run) == 1 and measure in {"级", "面", "起", "方", "点", "处", "回", "道"} and unit.startswith("other:"):
            return measure in {"处", "道"}
        if number.vague and number.low < 10 and number.low == 2:
            return False
    if unit == "year":
        before = text[max(0, start - 4) : start].rstrip()
        if number.low > 200 or text[after : after + 1] in {"度", "级"}:
            return False
        if word in {"近", "将近"}:
            before = before.removesuffix(word)
            return before.endswith(_DURATION_CUES)  # 近三年 alone is a frame of time
        return bool(word) or before.endswith(_DURATION_CUES) or text[after : after + 1] in {"期", "以"}
    if measure in {"分", "点", "度", "秒", "级", "届", "期次"} and unit.startswith("other:"):
        return measure == "分" and number.step > 0
    if measure in {"章", "节"}:
        return False
    return number.low >= 0
