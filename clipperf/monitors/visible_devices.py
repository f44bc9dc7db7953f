"""Device ids of a runner, where its runtime sees some of the devices only and counts those from 0 again."""

from __future__ import annotations

import re
from typing import Mapping

_LIST = re.compile(r"[0-9]+(,[0-9]+)*")


def id_on_host(device_id: str, variable: str, settings: Mapping[str, str]) -> str | None:
    """The host's id of a device; ``variable`` is the environment's list of the devices that the runtime shows.

    None where the list has no such place, or is not a list of ids. Sources: ``ASCEND_RT_VISIBLE_DEVICES`` of CANN,
    ``MLU_VISIBLE_DEVICES`` of the Cambricon driver; both number what is listed from 0 in its order.
    """
    listed = settings.get(variable)
    if listed is None:
        return device_id
    places = listed.replace(" ", "")
    if not _LIST.fullmatch(places) or not re.fullmatch(r"[0-9]{1,6}", device_id):
        return None
    ids = places.split(",")
    return ids[int(device_id)] if int(device_id) < len(ids) else None
