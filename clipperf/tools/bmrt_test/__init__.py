"""bmrt_test: Sophon's benchmark program for bmodels, of libsophon's tpu-runtime.

``program`` finds it and asks for its flags, ``command`` builds its command line with ``options`` and ``model_file``,
``printed`` and ``log`` read what it said, with ``nets`` for the shapes, ``failures`` says what it died of, ``reports``
translates, ``places`` judges a case, ``stored`` reads logs and notes. What is said of the program was read in its
source and its documents, and held against outputs of it over Sophgo's functional simulator; nothing of it was seen on
the hardware.
"""

from __future__ import annotations

from clipperf.tools.bmrt_test.tool import BmrtTest

__all__ = ["BmrtTest"]
