"""Repair: what was damaged reads as it was, everything else stays as it is, and every position finds its way back."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bangfu.claims import decode, repair
from bangfu.claims.text import _tables

PLAIN = "2020年，学校投入帮扶资金30万元，培训基层干部120人次；著名的乾隆渠（乾，qián）已修缮。"

# A cloak made the way the pages were damaged: Traditional, then pinyin put behind some characters by searching the GBK bytes.
NOTES = {"學": "xué", "業": "yè", "數": "shù", "驅": "qū", "務": "wù", "質": "zhì"}


def cloak(text: str, notes: dict[str, str] = NOTES) -> str:
    """Insert the notes into the GBK bytes wherever a character's two bytes stand, also across two others, and read the result as a browser did."""
    data = text.encode("gb18030")
    out = bytearray()
    at = 0
    marks = {c.encode("gbk"): f"({p})".encode("gb18030") for c, p in notes.items()}
    while at < len(data):
        pair = data[at : at + 2]
        if pair in marks:
            out += pair + marks[pair]
            at += 2
        else:
            out.append(data[at])
            at += 1
    read, at = [], 0
    while at < len(out):
        size = 2 if out[at] >= 0x81 else 1
        try:
            char = bytes(out[at : at + size]).decode("gb18030")
        except UnicodeDecodeError:
            char = "?"
        read.append(char)
        at += size
    return "".join(read)


def test_aligned_notes_are_removed_and_the_text_made_simplified():
    assert repair("學(xué)院投入16萬(wàn)元").text == "学院投入16万元"


@pytest.mark.parametrize("clean", ["走訪當地黨員家庭", "鼓勵當地教師，重質量，講36場", "多領域專家，一同開講36場"])
def test_torn_characters_come_back_from_their_bytes(clean):
    damaged = cloak(clean)
    assert "?" in damaged
    fixed = repair(damaged)
    assert fixed.text == clean.translate(_tables().simple)
    assert fixed.damaged
    assert all(run.repaired is not None for run in fixed.damaged)


def test_a_digit_that_the_tear_swallowed_is_lost():
    fixed = repair(cloak("學校同當地教師共商36件事"))
    assert fixed.text == "学校同当地教师共\ufffd6件事"
    assert [run.repaired for run in fixed.damaged] == [None]


def test_a_run_known_by_its_end_is_read_backwards():
    fixed = repair("該?，F(xiàn)有師生300多名")
    assert fixed.text == "该\ufffd现有师生300多名"
    assert [(run.start, run.end, run.repaired) for run in fixed.damaged] == [(1, 10, None)]


def test_full_width_punctuation_that_was_narrowed_is_read_through():
    damaged = cloak("各領域專家，一同開講").translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})
    assert repair(damaged).text == "各领域专家,一同开讲"


def test_what_the_bytes_do_not_tell_is_marked_and_not_guessed():
    fixed = repair("學(xué)習當地?shù)情況")  # a note without the other half that it tore from
    assert any(run.repaired is None for run in fixed.damaged)


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        "小班的孩子学写“幼(yòu)”和“園(yuán)”两个字。",
        "喆、堃、淼三位老师，和钟於先生",
        "Ａ４纸３０００张，(含)１２．５％",
        "R&D 投入 3<b 5>2，AT&T 公司",
        "",
        "\n\n",
    ],
)
def test_undamaged_text_repairs_into_itself(text):
    fixed = repair(text)
    assert fixed.text == text
    assert fixed.damaged == ()


def test_a_traditional_text_is_read_in_simplified_with_its_positions():
    fixed = repair("著名的縣裡投入資金，沿著公路修了3座橋")
    assert fixed.text == "著名的县里投入资金，沿着公路修了3座桥"
    assert fixed.damaged == ()
    assert fixed.back(5, 8) == (5, 8)


@pytest.mark.parametrize(
    "wrong",
    [lambda t: t.encode().decode("latin-1"), lambda t: t.encode("gb2312").decode("latin-1")],
)
def test_recoded_text_is_decoded_again(wrong):
    text = "学校投入帮扶资金，培训基层干部。"
    fixed = repair(wrong(text))
    assert fixed.text == text
    assert fixed.damaged[0].repaired == text


def test_utf8_read_as_gbk_comes_back_and_its_lost_ends_are_marked():
    assert repair("学校投入资金".encode().decode("gb18030")).text == "学校投入资金"
    fixed = repair("捐款人多".encode().decode("gbk", "replace").replace("\ufffd", "?"))
    assert "\ufffd" in fixed.text
    assert any(run.repaired is None for run in fixed.damaged)


def test_markup_entities_and_unseen_characters_go_and_positions_stay_true():
    source = "<p>投入&nbsp;<b>30</b>万\u200b元</p><script>x=1</script>完"
    fixed = repair(source)
    assert fixed.text == "\n投入\xa030万元\n完"
    at = fixed.text.index("30万元")
    start, end = fixed.back(at, at + 4)
    assert source[start:end] == "30</b>万\u200b元"


def test_line_ends_stay():
    assert repair("一\r\n二").text == "一\r\n二"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (PLAIN.encode(), PLAIN),
        (b"\xef\xbb\xbf" + PLAIN.encode(), PLAIN),
        (PLAIN.encode("gb18030"), PLAIN),
        (PLAIN.encode("utf-16"), PLAIN),
        ("學校投入幫扶資金三十萬元，培訓幹部。".encode("big5"), "學校投入幫扶資金三十萬元，培訓幹部。"),
        (b"", ""),
    ],
)
def test_bytes_are_decoded_by_what_they_are(data, text):
    assert decode(data) == text


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded(data):
    assert isinstance(decode(data), str)


HOSTILE = st.text(alphabet=st.sampled_from("當學(xué)?shù)攸h\ufffd(yè)業<b&amp;>\ue0d4é¸Ã¤銆浣锟3万\n，,"), max_size=60)


@given(st.one_of(st.text(max_size=80), HOSTILE))
def test_any_text_is_repaired_and_every_position_finds_its_way_back(text):
    fixed = repair(text)
    last = 0
    for i in range(len(fixed.text)):
        start, end = fixed.back(i, i + 1)
        assert last <= start < end <= len(text)
        last = start
    for run in fixed.damaged:
        assert 0 <= run.start < run.end <= len(text)


@given(st.text(alphabet="当地党委实际领域专家教师能力素质的了在有，。、0123456789万元人次", min_size=1, max_size=40))
def test_clean_simplified_text_never_changes(text):
    assert repair(text).text == text


@pytest.mark.parametrize("bad", ["<!--", "<script>", "?shù)", "學(xué)", "&amp;", "Ã¤", "<a ", "一", "\ue0d4", "“", "(", "浣犲"])
def test_time_grows_with_the_text(bad):
    def spent(times: int) -> float:
        begin = time.process_time()
        repair(bad * times)
        return time.process_time() - begin

    # ten times the text: ten times the time, where a square would be a hundred; the rest is the machine's unrest, which does not come three times
    assert any(spent(3_000) < 30 * max(spent(300), 0.0005) for _ in range(3))


@pytest.mark.samples
def test_the_samples_are_repaired_exactly(samples):
    for name in ("dev.jsonl", "seed.jsonl"):
        for line in (samples / "claims" / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            source = row.get("damaged_clause") or row["clause"]
            assert repair(source).text == (row.get("clean") or row["clause"]), row["id"]


@pytest.mark.samples
def test_every_damaged_run_of_the_seed_is_recovered(seed):
    fixed = repair(decode(seed.read_bytes()))
    assert fixed.damaged
    assert all(run.repaired is not None for run in fixed.damaged)
