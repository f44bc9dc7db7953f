"""A simulated device with the times that were published for a real one, by ``--option device_table=NAME``."""

from __future__ import annotations

from typing import Any, Mapping

from clipperf.data.device_tables import device_tables, read_device_table
from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option
from clipperf.runners.simulated_device import STAGES, read_table

KEY = "device_table"


def check_table_option(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for a table that there is not, and for times beside those of a table."""
    if KEY not in options:
        return
    if options[KEY] not in device_tables():
        raise Unsupported(f"--option {KEY}={options[KEY]}: take one of {', '.join(device_tables())}.")
    given = [stage for stage in STAGES if stage in options]
    if given:
        raise Unsupported(
            f"--option {', '.join(given)}: --option {KEY}={options[KEY]} gives the times; leave out one or the other."
        )


def options_of(spec: OpenSpec) -> dict[str, Any]:
    """The options of a device, those of its table put in; raises Unsupported for a model that the table lacks."""
    options = dict(spec.options)
    if KEY not in options:
        return options
    name = options.pop(KEY)
    models = read_device_table(name)
    if spec.model not in models:
        raise Unsupported(
            f"--model {spec.model}: --option {KEY}={name} has no time of this model; it has {', '.join(models)}."
        )
    return {**models[spec.model], **options}


def check_batch_size(spec: OpenSpec, batch_size: int) -> None:
    """Raises Unsupported beyond the smallest and the largest batch size of a table: nobody has measured there."""
    if KEY not in spec.options:
        return
    options = options_of(spec)
    for stage in STAGES:
        batches, _ = read_table(stage, options.get(stage, 0.0))
        if stage in options and not batches[0] <= batch_size <= batches[-1]:
            known, rest = f"batch sizes {batches[0]} to {batches[-1]}", "these"
            if len(batches) == 1:
                known, rest = f"batch size {batches[0]}", "that"
            raise Unsupported(
                f"--batch {batch_size}: --option {KEY}={spec.options[KEY]} has times of {spec.model} for {known}; "
                f"beyond {rest} it would be a guess."
            )
