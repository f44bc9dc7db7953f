"""What the worker's interpreter is started with: puts clipperf, and nothing beside it, on that interpreter's path.

Putting clipperf's own folder of packages on the path would offer this interpreter another Python's numpy.
"""

import importlib.util
import os
import sys


def main() -> None:
    """Makes ``clipperf`` importable from the folder above this file and hands over to the worker."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # The script's own folder comes first on the path and would hide modules of the same names.
    del sys.path[0]
    init = os.path.join(folder, "__init__.py")
    spec = importlib.util.spec_from_file_location("clipperf", init, submodule_search_locations=[folder])
    assert spec is not None
    assert spec.loader is not None
    sys.modules["clipperf"] = package = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)

    from clipperf.worker.child import serve

    serve(*map(int, sys.argv[1:5]))


if __name__ == "__main__":
    main()
