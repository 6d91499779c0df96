"""Office files are zip archives of XML; a hostile one may unpack without end or name files outside. Here they are opened safely."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from bangfu.office.documents.shapes import DocumentRefused

Element = etree._Element  # noqa: SLF001 - lxml names its own type so

MOST_PARTS = 5_000
MOST_BYTES = 300_000_000  # unpacked
MOST_RATIO = 200
SMALL = 2_000_000  # below this a part may be packed as tightly as it likes


def unpack(content: bytes) -> dict[str, bytes]:
    """All parts of an office file by name, in the archive's order. Raises DocumentRefused for what is damaged, locked or a zip bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > MOST_PARTS or sum(i.file_size for i in infos) > MOST_BYTES:
                raise _too_large()
            parts = {}
            for info in infos:
                if info.file_size > SMALL and info.file_size > MOST_RATIO * max(info.compress_size, 1):
                    raise _too_large()
                with archive.open(info) as part:
                    data = part.read(info.file_size + 1)
                if len(data) > info.file_size:
                    raise _too_large()
                parts[info.filename] = data
            return parts
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, DocumentRefused):
            raise
        raise DocumentRefused(
            "文件已损坏或加了密码：请用 Word/WPS 打开后另存，去掉密码再交",
            "The file is damaged or locked by a password: open it, save it again without a password, and hand it in",
        ) from error


def pack(parts: dict[str, bytes], like: bytes) -> bytes:
    """The parts as an archive again. Parts that `like` has too keep their place, date and way of packing; new ones follow."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(like)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in old.infolist():
            if info.filename in parts:
                fresh = zipfile.ZipInfo(info.filename, info.date_time)
                fresh.compress_type, fresh.external_attr = info.compress_type, info.external_attr
                archive.writestr(fresh, parts[info.filename])
        known = set(old.namelist())
        for name, data in parts.items():
            if name not in known:
                fresh = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                fresh.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(fresh, data)
    return out.getvalue()


def _too_large() -> DocumentRefused:
    return DocumentRefused(
        "文件解压后过大，可能是恶意文件：请只交报告本身（解压后不超过 300 MB）",
        "The file unpacks to far more than a report holds and may be hostile: hand in the report alone (at most 300 MB unpacked)",
    )


def xml(data: bytes) -> Element:
    """Parse a part. No document type, no entities, no network; raises DocumentRefused."""
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise DocumentRefused(
            "文件里带有外部定义（DOCTYPE），不安全，未读取：请用 Word/WPS 另存后再交",
            "The file carries a document type definition, which is unsafe, and was not read: save it again and hand it in",
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentRefused(
            "文件内容已损坏：请用 Word/WPS 打开后另存再交",
            "The file's content is damaged: open it, save it again and hand it in",
        ) from error
