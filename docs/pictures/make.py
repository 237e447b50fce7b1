"""Make the pictures of README and docs from the examples and the pages they stand beside.

python docs/pictures/make.py            writes each picture, and its specification beside it
python docs/pictures/make.py --check    says whether the specifications are what is drawn now
"""

import json
import re
import runpy
import sys
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import vl_convert

from worklog_core import PrivacyLevel, PrivacyPolicy, build_worklog, charts, desk_day, release

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
TUTORIAL = HERE.parent / "tutorial" / "a-day-of-a-service-desk.md"
MONTH = HERE.parent / "how-to" / "a-month-from-a-csv.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def pictures() -> dict[str, Any]:
    """Return every picture by its name."""
    day = runpy.run_path(str(EXAMPLES / "one_day.py"))
    worklog = build_worklog(day["THE_DAY"], day["RULES"])
    named = PrivacyPolicy(PrivacyLevel.REAL, names={"Aylin": "Aylin"})
    aylin = desk_day(worklog, user_id="Aylin", day=day["DAY"])
    return {
        "a-day": charts.day(release(aylin, named)),
        "a-service-desk-day": names_of_page(TUTORIAL)["chart"],
        "a-month": names_of_page(MONTH)["chart"],
    }


def names_of_page(page: Path) -> dict[str, Any]:
    """Run the blocks of a page in a folder of their own, and return what they named."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(StringIO()):
        script = Path(folder, "page.py")
        script.write_text("\n".join(blocks), encoding="utf-8")
        return runpy.run_path(str(script))


def main() -> None:
    """Write or check the pictures."""
    for name, chart in pictures().items():
        drawn = chart.to_dict()
        del drawn["$schema"]  # it names the version of Altair
        specification = json.dumps(drawn, indent=1, sort_keys=True) + "\n"
        path = HERE / f"{name}.json"
        if sys.argv[1:] == ["--check"]:
            if path.read_text(encoding="utf-8") != specification:
                sys.exit(f"{name}.png is not what is drawn now: run docs/pictures/make.py")
        else:
            path.write_text(specification, encoding="utf-8")
            (HERE / f"{name}.png").write_bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=2))
        print(name)


if __name__ == "__main__":
    main()
