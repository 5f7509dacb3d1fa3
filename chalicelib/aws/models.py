"""How botocore finds and reads the descriptions of the AWS services: a large part of a cold start, made small.

Its own loader lists hundreds of folders to learn which services there are, and reads JSON at the pace of the standard
library. Both are replaced through the places botocore has for it: a `Loader` of one's own as the session's component.
"""

from __future__ import annotations

import gzip
import os
from typing import Any, Final

import orjson
from botocore.loaders import JSONFileLoader, Loader

SERVICES: Final = ("dynamodb", "s3", "sesv2", "stepfunctions")
"""Those that `clients` makes clients for."""


class _Files(JSONFileLoader):  # type: ignore[misc]  # botocore has no types
    """Reads the same files as botocore's own."""

    def load_file(self, file_path: str) -> Any:
        """Give the content of the file of that name without its ending, None when there is none."""
        for ending, open_file in ((".json", open), (".json.gz", gzip.open)):
            if os.path.isfile(file_path + ending):
                with open_file(file_path + ending, "rb") as file:
                    return orjson.loads(file.read())
        return None


class ServiceLoader(Loader):  # type: ignore[misc]  # botocore has no types
    """Loads what botocore's own loader loads, for our services only."""

    FILE_LOADER_CLASS = _Files

    def list_available_services(self, _type_name: str) -> list[str]:
        """Name our services, without looking for those we do not use."""
        return list(SERVICES)
