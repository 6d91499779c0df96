"""Writing into a docx: what is asked for and nothing else."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest

from bangfu.office import documents
from bangfu.office.documents.editor import Editor

AT = datetime(2026, 11, 24, tzinfo=UTC)


def made(*runs: str) -> bytes:
    file = docx.Document()
    paragraph = file.add_paragraph()
    for i, text in enumerate(runs):
        paragraph.add_run(text).bold = bool(i % 2)
    file.add_paragraph("末段。")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def opened(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def test_a_comment_stands_at_its_words_and_the_text_is_unchanged() -> None:
    content = made("投入12", "0万元，实施项目15个。")
    editor = Editor.open(content, "a.docx", AT)
    text = editor.document.text
    for words in ("15个", "120万元"):  # from the last to the first
        at = text.index(words)
        assert editor.comment(editor.runs(at, at + len(words)), [f"说的是{words}"])
    result = editor.save()
    assert documents.open(result, "a.docx").text == text
    comments = list(opened(result).comments)
    assert [c.text for c in comments] == ["说的是15个", "说的是120万元"]
    paragraph = opened(result).paragraphs[0]
    assert "".join(r.text for r in paragraph.runs) == "投入120万元，实施项目15个。"
    assert [r.text for r in paragraph.runs if r.text] == ["投入", "12", "0万元", "，实施项目", "15个", "。"]
    assert [bool(r.bold) for r in paragraph.runs if r.text] == [False, False, True, True, True, True]


def test_other_parts_stay_byte_for_byte() -> None:
    content = made("投入120万元。")
    editor = Editor.open(content, "a.docx", AT)
    editor.comment(editor.runs(2, 7), ["x"])
    result = editor.save()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(io.BytesIO(result)) as new:
        changed = {"word/document.xml", "[Content_Types].xml", "word/_rels/document.xml.rels"}
        for name in old.namelist():
            if name not in changed:
                assert new.read(name) == old.read(name)
        assert set(new.namelist()) - set(old.namelist()) <= {"word/comments.xml"}


def test_words_are_replaced_in_their_own_form_as_a_live_field() -> None:
    content = made("投入", "12", "0万元，近2000人次。")
    editor = Editor.open(content, "a.docx", AT)
    at = editor.document.text.index("近2000人次")
    run = editor.replace(editor.runs(at, at + 7), "近3000人次")
    editor.field(run, "DOCPROPERTY bangfu_0002", "bangfu_0002")
    run = editor.replace(editor.runs(2, 7), "135.5万元")
    editor.field(run, "DOCPROPERTY bangfu_0001", "bangfu_0001")
    editor.property_part([("bangfu_0001", "135.5万元"), ("bangfu_0002", "近3000人次")])
    result = editor.save()
    assert documents.open(result, "a.docx").text == "投入135.5万元，近3000人次。\n末段。\n"
    again = Editor.open(result, "a.docx", AT)
    again.property_part([("bangfu_0001", "140万元")])
    assert again.parts["docProps/custom.xml"].count(b"bangfu_0001") == 1


def test_highlight_and_table_at_the_end() -> None:
    editor = Editor.open(made("投入120万元。"), "a.docx", AT)
    editor.highlight(editor.runs(2, 7), "red")
    editor.table("核验结果", ("序号", "结论"), [("1", "不符"), ("2", "\x00相符")], (800, 2000))
    result = opened(editor.save())
    assert [r.text for r in result.paragraphs[0].runs if r.font.highlight_color is not None] == ["120万元"]
    assert [[c.text for c in row.cells] for row in result.tables[-1].rows] == [["序号", "结论"], ["1", "不符"], ["2", "相符"]]
    assert result.element.body[-1].tag.endswith("sectPr")


@pytest.mark.parametrize("cut", [(0, 1), (2, 4), (0, 9)])
def test_any_stretch_can_be_commented(cut: tuple[int, int]) -> None:
    editor = Editor.open(made("投入12", "0万", "元，"), "a.docx", AT)
    text = editor.document.text
    assert editor.comment(editor.runs(*cut), ["x"])
    assert documents.open(editor.save(), "a.docx").text == text
