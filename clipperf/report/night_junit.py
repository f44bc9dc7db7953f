"""A night as JUnit XML, which CI systems show as tests: one for each figure of each series, and one for each sweep."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_verdict import ABSENT, BROKEN, NEW, REGRESSION, TOO_NOISY, VERDICTS
from clipperf.report.night_sentences import series_text, verdict_text

_SKIPPED = (TOO_NOISY, BROKEN, ABSENT, NEW)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def night_junit(summary: NightSummary) -> str:
    """A regression is a failure, a sweep with failed cases an error, what cannot be judged is skipped."""
    suites = ET.Element("testsuites", name=f"clipperf {summary.night}")
    sweeps = ET.SubElement(suites, "testsuite", name="sweeps", hostname=_xml(summary.host))
    for sweep in summary.sweeps:
        case = ET.SubElement(sweeps, "testcase", classname="clipperf.sweep", name=_xml(sweep.name))
        if sweep.error or sweep.failed:
            told = sweep.error or f"{sweep.failed} of {sweep.rows} cases failed; see {sweep.folder}"
            ET.SubElement(case, "error", message=_xml(told))
    figures = ET.SubElement(suites, "testsuite", name="figures", hostname=_xml(summary.host))
    for verdict in summary.of_kind(*VERDICTS):
        name = f"{series_text(summary.series[verdict.track.series])}: {verdict.track.metric.heading}"
        case = ET.SubElement(figures, "testcase", classname="clipperf.figure", name=_xml(name))
        if verdict.kind == REGRESSION:
            ET.SubElement(case, "failure", type=verdict.kind, message=_xml(verdict_text(verdict, summary)))
        elif verdict.kind in _SKIPPED:
            ET.SubElement(case, "skipped", message=_xml(verdict_text(verdict, summary)))
    for suite in suites:
        counts = {"tests": "testcase", "failures": "testcase/failure", "errors": "testcase/error"}
        for name, path in {**counts, "skipped": "testcase/skipped"}.items():
            suite.set(name, str(len(suite.findall(path))))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _xml(text: str) -> str:
    """The text without what XML cannot hold at all."""
    return _NOT_XML.sub("?", text)
