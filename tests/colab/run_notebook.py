"""Run a notebook whole in this environment, and print one line of JSON: what tests/colab asks of it.

error: the failure, "" when every cell ran. setup: what the setup cell showed. utils: the file of the package `utils`
that the lesson worked with.
"""

import json
import re
import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

WHICH = "import sys\nprint(getattr(sys.modules.get('utils'), '__file__', None))"


def text(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


nb = nbformat.read(sys.argv[1], as_version=4)
for cell in nb.cells:
    if cell.cell_type == "code":
        cell.outputs = []
nb.cells.append(nbformat.v4.new_code_cell(WHICH))
error = ""
try:
    NotebookClient(nb, timeout=600, kernel_name="python3").execute()
except CellExecutionError as failure:
    error = re.sub(r"\x1b\[[0-9;]*m", "", str(failure))  # without the colors of a terminal
(setup,) = [cell for cell in nb.cells if "setup" in cell.metadata.get("tags", [])]
print(json.dumps({"error": error, "setup": text(setup), "utils": text(nb.cells[-1]).strip()}))
