"""The version of the installed package."""

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """The version; an empty str if the package is not installed."""
    try:
        return metadata.version("spot-api-client")
    except metadata.PackageNotFoundError:
        return ""
