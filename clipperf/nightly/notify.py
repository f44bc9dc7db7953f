"""Tells a web address of a night."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from clipperf.errors import UsageError

_SECONDS = 20
_TIMES = 3


def check_address(url: str) -> None:
    """Raises UsageError for what is no http or https address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"--notify {url}: give an address that begins with https:// or http://.")


def post(url: str, record: Mapping[str, Any]) -> str:
    """Sends the record as JSON; the reason where it did not arrive in three tries, else an empty text.

    The reason never holds the address, in which a webhook keeps its secret.
    """
    body = json.dumps(record).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "clipperf"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 (check_address)
    reason = ""
    for _ in range(_TIMES):
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 (check_address)
                return ""
        except urllib.error.HTTPError as error:
            reason = f"it answered {error.code}"
            if error.code < 500:
                break
        except (urllib.error.URLError, OSError, ValueError) as error:
            reason = str(getattr(error, "reason", error))
    return f"{urlsplit(url).hostname}: {reason}"
