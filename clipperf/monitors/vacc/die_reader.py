"""A program of its own, under the interpreter that has VastStreamX: answers each line of its input with one of JSON.

Nothing of it runs in the process that measures. The first answer tells the version and the dies; then a line is a JSON
list of device ids, and the answer what VastStreamX says of each, in its own units. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> int:
    """Answers until there are no more questions; 3 where VastStreamX is not here."""
    answers = os.fdopen(os.dup(1), "w")
    # VastStreamX prints what it likes to standard output.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        import vaststreamx as vsx
    except ImportError:
        return 3
    try:
        # As VastStreamX's own sample does before it asks for cards.
        vsx.set_device(0)
        devices = [str(die.device_id) for card in vsx.get_all_cards() for die in card.dies]
    except Exception as error:  # noqa: BLE001 (what it raises is not published)
        return _answer(answers, problem=f"{type(error).__name__}: {error}"[:200]) or 4
    _answer(answers, version=str(getattr(vsx, "__version__", "")), devices=devices)
    for line in sys.stdin:
        _answer(answers, dies={device: _die(vsx, int(device)) for device in json.loads(line)})
    return 0


def _die(vsx: object, number: int) -> dict[str, object]:
    try:
        die = vsx.Die(number)  # type: ignore[attr-defined]
        return {
            "temperature": die.temperature["temperature"][0],
            "power": die.power["power"][3],
            "memory": {key: die.memory[key] for key in ("total", "free", "used", "usage_rate")},
            "ai": die.utilization["ai"],
        }
    except Exception as error:  # noqa: BLE001 (what it raises is not published)
        return {"problem": f"{type(error).__name__}: {error}"[:200]}


def _plain(value: object) -> object:
    """Numbers of other libraries as numbers, anything else as text."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


def _answer(answers: object, **told: object) -> int:
    words = json.dumps({**told, "processor_s": time.process_time()}, default=_plain)
    answers.write(words + "\n")  # type: ignore[attr-defined]
    answers.flush()  # type: ignore[attr-defined]
    return 0


if __name__ == "__main__":
    sys.exit(main())
