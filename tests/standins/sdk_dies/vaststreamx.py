"""A stand-in of what VastStreamX tells of its dies: the JSON file ``DIES`` by device id, read anew by every ``Die``.

A file of the same name that ends with ``.hang`` keeps a question for ever, ``.exit`` ends the interpreter. It chatters
on standard output, as SDKs do.
"""

import json
import os
import time
from pathlib import Path

__version__ = "2.8.3"


def set_device(number):
    """Makes it this thread's."""
    print(f"device {number} is set", flush=True)
    return 0


class Die:
    """One die as it is now."""

    def __init__(self, number):
        path = Path(os.environ["DIES"])
        if path.with_suffix(".hang").exists():
            time.sleep(600)
        if path.with_suffix(".exit").exists():
            os._exit(7)
        told = json.loads(path.read_text())
        if str(number) not in told:
            raise RuntimeError(f"no die {number}")
        self.device_id = number
        self.__dict__.update(told[str(number)])
        print(f"die {number} was asked", flush=True)


class _Card:
    def __init__(self, dies):
        self.uuid, self.card_type, self.dies = "VA1-0001", "VA1-16G", dies


def get_all_cards():
    """Two dies on each."""
    dies = [Die(int(number)) for number in sorted(json.loads(Path(os.environ["DIES"]).read_text()), key=int)]
    return [_Card(dies[place : place + 2]) for place in range(0, len(dies), 2)]
