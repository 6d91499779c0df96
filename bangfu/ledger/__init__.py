"""What happened: the only writer (post.py), the only reader (facts.py), and what stands around them."""

from functools import cache

from bangfu.catalogue import Catalogue, load


@cache
def catalogue() -> Catalogue:
    """The catalogue of this process: what comes with Bangfu, and the office's own folder `catalogue` in the data folder on top."""
    from django.conf import settings  # noqa: PLC0415 - the settings must be configured first

    return load(settings.DATA / "catalogue")
