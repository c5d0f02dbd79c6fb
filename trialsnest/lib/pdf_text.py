"""The words of a PDF that this program made, for comparing two of them: never of an upload."""

from io import BytesIO

from pypdf import PdfReader


def words_of(pdf: bytes) -> list[str]:
    """The words of all pages in their order. Those inside drawings are not read."""
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(page.extract_text() for page in pages).split()
