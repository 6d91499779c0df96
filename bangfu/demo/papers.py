"""Vouchers of the demonstration: small files made on the spot, each saying that it is none."""

from __future__ import annotations

import struct
import zlib

MARK = "Demonstration voucher - not a real document"


def pdf(title: str, lines: tuple[str, ...]) -> bytes:
    """A one-page PDF of Latin text (the typeface every reader has). Signs beyond ASCII become «?»."""
    texts = [MARK, title, *lines]
    drawn = "".join(f"1 0 0 1 72 {760 - 26 * n} Tm ({_escaped(text)}) Tj " for n, text in enumerate(texts))
    stream = f"BT /F1 14 Tf {drawn}ET".encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    out = b"%PDF-1.4\n"
    starts = []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    size = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(out),
    )


def _escaped(text: str) -> str:
    plain = text.encode("ascii", "replace").decode("ascii")
    return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def picture(seed: int, width: int = 240, height: int = 160) -> bytes:
    """A PNG of plain hills under a sky, in colours that follow from `seed`: stands for a photograph taken on the spot."""
    sky, hill, field = ((seed * 37) % 60 + 150, 190, 225), (96, (seed * 53) % 70 + 110, 96), ((seed * 29) % 80 + 150, 150, 80)
    rows = []
    for y in range(height):
        line = bytearray(b"\0")
        for x in range(width):
            ridge = height // 2 + abs((x + seed * 17) % 120 - 60) // 3
            line += bytes(sky if y < ridge else hill if y < ridge + height // 5 else field)
        rows.append(bytes(line))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"tEXt", b"Comment\0" + MARK.encode("ascii")), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def note(title: str, lines: tuple[str, ...]) -> bytes:
    """A text file, in the office's own words."""
    return "\n".join(("演示凭证，非真实文件", title, *lines, "")).encode()
