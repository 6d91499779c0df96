"""Vouchers are files that readers open."""

from __future__ import annotations

import io

import pdfplumber

from bangfu.demo import papers


def test_a_pdf_opens_and_says_that_it_is_a_demonstration():
    with pdfplumber.open(io.BytesIO(papers.pdf("Voucher (1)", ("CNY 1,200.00",)))) as opened:
        text = opened.pages[0].extract_text()
    assert papers.MARK in text
    assert "Voucher (1)" in text


def test_a_picture_has_its_signature_and_is_the_same_every_time():
    assert papers.picture(3).startswith(b"\x89PNG")
    assert papers.picture(3) == papers.picture(3) != papers.picture(4)


def test_a_note_is_text():
    assert papers.note("签收单", ("大米10袋",)).decode().splitlines() == ["演示凭证，非真实文件", "签收单", "大米10袋"]
