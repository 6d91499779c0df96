"""Numbers, units and hedges: what is read, what each hedge admits, and that writing and reading agree."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bangfu import quantities as q
from bangfu.quantities import Hedge, Unreadable, read, write


@pytest.mark.parametrize(
    ("text", "low", "unit", "hedge"),
    [
        ("近2000人次", 2000, "person-time", Hedge.about),
        ("739.7万元", 7397000, "CNY", Hedge.exact),
        ("三十余期", 30, "session", Hedge.about),
        ("１２．５万", 125000, "other", Hedge.exact),
        ("1,234.50", Decimal("1234.5"), "other", Hedge.exact),
        ("１，２３４元", 1234, "CNY", Hedge.exact),
        ("￥1,200", 1200, "CNY", Hedge.exact),
        ("人民币5000元整", 5000, "CNY", Hedge.exact),
        ("约12万元", 120000, "CNY", Hedge.about),
        ("200元左右", 200, "CNY", Hedge.about),
        ("50%以上", 50, "percent", Hedge.over),
        ("不少于40人", 40, "person", Hedge.over),
        ("逾三千斤", 1500, "kg", Hedge.over),
        ("不足20户", 20, "household", Hedge.under),
        ("2吨", 2000, "kg", Hedge.exact),
        ("3万5千元", 35000, "CNY", Hedge.exact),
        ("一千二百零三本", 1203, "copy", Hedge.exact),
        ("二亿零一百七十七万元", 201770000, "CNY", Hedge.exact),
        ("1亿3000多万元", 130000000, "CNY", Hedge.about),
        ("一万二千元", 12000, "CNY", Hedge.exact),
        ("百分之三十", 30, "percent", Hedge.exact),
        ("三点五万元", 35000, "CNY", Hedge.exact),
        ("百分之八十五点五", Decimal("85.5"), "percent", Hedge.exact),
        ("三分之二", Decimal("66.6667"), "percent", Hedge.exact),
        ("近六成", 60, "percent", Hedge.about),
        ("-5", -5, "other", Hedge.exact),
        ("0.3万本", 3000, "copy", Hedge.exact),
        ("2个小时", 2, "hour", Hedge.exact),
    ],
)
def test_a_cell_is_read(text, low, unit, hedge):
    got = read(text)
    assert (got.low, got.high, got.unit, got.hedge) == (low, low, unit, hedge)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("1600-1800元", 1600, 1800), ("3-5万元", 30000, 50000), ("20至30人", 20, 30), ("20%～30%", 20, 30), ("100元—200元", 100, 200)],
)
def test_a_range_has_two_ends(text, low, high):
    got = read(text)
    assert (got.low, got.high, got.hedge) == (low, high, Hedge.range)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "无",
        "—",
        "待定",
        "六十来人",
        "几千",
        "数十人",
        "一半",
        "过半",
        "大半",
        "12人12",
        "1.2.3",
        "2020.5.6",
        "5月",
        "百三",
        "万",
        "若干",
        "3-",
        "近30余期",
    ],
)
def test_what_is_no_number_is_never_made_one(text):
    with pytest.raises(Unreadable) as told:
        read(text)
    assert told.value.text == text
    assert told.value.zh
    assert told.value.en


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("几千斤", 1000, Decimal("4999.5")), ("数十人", 20, 99), ("十几户", 11, 19), ("几十万元", 200000, 999999), ("三四百人", 300, 400)],
)
def test_running_speech_is_read_where_it_is_asked_for(text, low, high):
    got = read(text, spoken=True)
    assert (got.low, got.high) == (low, high)
    assert got.admits(low)
    assert not got.admits(high + 1)


def test_the_column_gives_the_unit_that_the_cell_lacks():
    assert read("12.5", "万元").low == 125000
    assert read("12.5万", "万元").low == 125000
    assert read("1200元", "万元").low == 1200
    assert read("60", "人次").unit == "person-time"
    assert read("60人", "person-time").unit == "person"
    with pytest.raises(KeyError, match="不认识"):
        read("1", "勺")


# X, the hedge's word around it, and the numbers at its edges: (admitted, not admitted)
EDGES = [
    ("30余人", (31, 39), (30, 40, 29)),
    ("20余万元", (200001, Decimal("299999.99")), (200000, 300000)),
    ("1150多人", (1151, 1159), (1150, 1160)),
    ("近2000人次", (1800, 1999), (1799, 2000)),
    ("不足20户", (18, 19), (20, 17)),
    ("不到20户", (18, 19), (20, 17)),
    ("约200人", (180, 220), (179, 221)),
    ("200人左右", (180, 220), (179, 221)),
    ("200人以上", (200, 100000), (199,)),
    ("不少于200人", (200, 201), (199,)),
    ("超200人", (201,), (200,)),
    ("逾200人", (201,), (200,)),
    ("低于200人", (199, 0), (200,)),
    ("不超过200人", (200, 0), (201,)),
    ("739.7万元", (7396500, 7397000, Decimal("7397499.99")), (7397500, Decimal("7396499.99"))),
    ("145个项目", (145,), (144, 146)),
    ("12.5%", (Decimal("12.45"), Decimal("12.5")), (Decimal("12.55"), Decimal("12.44"))),
    ("1600-1800元", (1600, 1700, 1800), (1599, 1801)),
    ("-30", (-30,), (30, -31)),
    ("-1.5", (Decimal("-1.5"), Decimal("-1.54")), (Decimal("-1.56"), Decimal("1.5"))),
]


@pytest.mark.parametrize(("text", "inside", "outside"), EDGES)
def test_each_hedge_admits_its_edges_and_no_more(text, inside, outside):
    got = read(text)
    assert [v for v in inside if not got.admits(v)] == []
    assert [v for v in outside if got.admits(v)] == []


def test_the_interval_is_shown_with_its_ends():
    assert str(read("30余人").bounds()) == "(30, 40)"
    assert str(read("200人以上").bounds()) == "[200, +∞)"
    assert str(read("近2000人").bounds()) == "[1800, 2000)"


def test_an_unreadable_quantity_admits_nothing():
    gone = q.Quantity(None, None, "CNY")
    assert not gone.admits(0)
    with pytest.raises(Unreadable):
        gone.bounds()


@settings(max_examples=200)
@given(
    value=st.decimals(min_value=0, max_value=10**12, places=2),
    code=st.sampled_from(sorted(q.UNITS)),
    word=st.sampled_from(["", *q.HEDGES]),
    lang=st.sampled_from(["zh", "en"]),
)
def test_what_is_written_is_read_as_true_of_the_number(value, code, word, lang):
    text = write(value, code, word=word, lang=lang)
    got = read(text, code)
    assert got.admits(value), text
    assert q.unit(got.unit).code == code


@given(
    st.integers(min_value=0, max_value=10**12),
    st.sampled_from(["person", "household", "session"]),
    st.sampled_from(["近", "余", "约", "超", "以上", "不足", ""]),
)
def test_counts_are_written_whole(value, code, word):
    assert read(write(value, code, word=word)).admits(value)
    assert read(write(value, code, word=word, style="digits")).admits(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_money_survives_the_smallest_part(value):
    assert q.from_parts(q.to_parts(value, "CNY"), "CNY") == value


def test_what_is_smaller_than_the_smallest_part_is_refused():
    with pytest.raises(ValueError, match="最小计量"):
        q.to_parts(Decimal("0.001"), "CNY")
    with pytest.raises(ValueError, match="最小计量"):
        q.to_parts(Decimal("1.5"), "person")
    assert q.to_parts(Decimal("2.5"), "hour") == 150


def test_other_measure_words_are_units():
    assert q.unit("other:只").zh == "只"
    assert q.unit("other:小时").code == "hour"
    assert q.factor("other:米", "km") == Decimal("0.001")
    assert q.factor("person", "person-time") is None
    with pytest.raises(KeyError, match="单位"):
        q.unit("勺")


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text):
    try:
        got = read(text)
    except Unreadable:
        return
    assert got.low is not None
    assert got.low <= got.high


@given(st.text(alphabet="0123456789零〇一二三十百千万亿几数余多来.,近约", max_size=40))
def test_numerals_end_inside_the_text(text):
    found = q.numeral(text)
    assert found is None or (0 < found.end <= len(text) and found.low <= found.high)


@pytest.mark.parametrize(
    ("value", "word", "said"),
    [
        (1987, "近", "近2000人次"),
        (3120, "余", "3000余人次"),
        (64, "余", "60余人次"),
        (300, "余", "300人次"),
        (75000, "", "7.5万人次"),
        (12345, "余", "1.2万余人次"),
    ],
)
def test_a_report_rounds_as_people_do(value, word, said):
    assert write(value, "person-time", word=word) == said
