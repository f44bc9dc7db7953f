"""clipperf runners: a table for people with what to install under it, every fact for machines."""

from __future__ import annotations

import csv
import io
import json

from commands import clipperf

from clipperf.sweeping.survey import KNOWN


def test_people_read_a_table_and_what_is_lacking():
    done = clipperf("runners", "null", "mm_run", "simulated", env={"PATH": "/nowhere"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "name       kind        works      version  devices    models\n"
        "---------  ----------  -------  ---------  ---------  --------\n"
        "null       in-process  yes              1\n"
        "mm_run     tool        no\n"
        "simulated  in-process  yes              1\n"
        "\n"
        "mm_run: There is no mm_run on PATH. Install Cambricon's MagicMind and build its sample mm_run (samples/mm_run "
        "in the SDK), put it on PATH or give --option command=PATH.\n"
    )
    assert clipperf("runners", "null", "mm_run", "simulated", "--quiet").stdout.splitlines()[-1].startswith("simulated")


def test_machines_read_every_fact():
    done = clipperf("runners", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    records = {record["name"]: record for record in json.loads(done.stdout)}
    assert tuple(records) == KNOWN
    onnxruntime = records["onnxruntime"]
    assert (onnxruntime["works"], onnxruntime["kind"], onnxruntime["lacks"]) == (True, "in-process", "")
    assert onnxruntime["devices"]
    assert ".onnx" in onnxruntime["models"]
    assert "numpy" in onnxruntime["libraries"]
    assert clipperf("runners", "null", "--format", "json").stdout == clipperf("runners", "null", "--json").stdout
    (record,) = csv.DictReader(io.StringIO(clipperf("runners", "null", "--format", "csv").stdout))
    assert (record["name"], record["works"]) == ("null", "yes")


def test_wrong_usage():
    done = clipperf("runners", "--json", "--format", "csv")
    assert (done.returncode, done.stderr) == (2, "Error: --json with --format csv: give one of them.\n")
    assert clipperf("runners", "nope").returncode == 2
