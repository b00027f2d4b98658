"""The version of the installed package."""

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The version; an empty text where the package is used without being installed."""
    try:
        return metadata.version("spot-api-client")
    except metadata.PackageNotFoundError:
        return ""
