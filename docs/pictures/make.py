"""Make the pictures of README and docs from the examples, pages and figures they stand beside.

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

import altair as alt
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
        "the-cost-of-a-session": cost_of_a_session(),
    }


def cost_of_a_session() -> alt.Chart:
    """Draw what `benchmarks/columnar.py --picture` measured: nanoseconds a session, by size."""
    measured = json.loads((HERE / "division-measured.json").read_text(encoding="utf-8"))
    ours, sort, goal = "divide_parallel_time", "numpy.argsort of the boundaries", "two such sorts"
    rows = [
        {"sessions": at["sessions"], "ns": round(ns, 1), "what": what}
        for at in measured
        for what, ns in (
            (ours, at["division"]),
            (sort, at["argsort"]),
            (goal, 2 * at["argsort"]),
        )
    ]
    order = alt.Scale(domain=[ours, sort, goal], range=["#0072b2", "#777777", "#bbbbbb"])
    dashes = alt.Scale(domain=[ours, sort, goal], range=[[1, 0], [1, 0], [4, 4]])
    legend = alt.Legend(
        title=None, orient="top", labelLimit=300, symbolType="stroke", symbolSize=400
    )
    points = alt.OverlayMarkDef(filled=True, size=45)
    sizes = alt.Scale(type="log", nice=False)
    ticks = alt.Axis(format="~s", values=[10**n for n in range(4, 8)])
    return (
        alt.Chart(alt.Data(values=rows))
        .mark_line(strokeWidth=2.5, point=points)
        .encode(
            x=alt.X("sessions:Q", title="sessions divided", scale=sizes, axis=ticks),
            y=alt.Y("ns:Q", title="nanoseconds a session"),
            color=alt.Color("what:N", scale=order, legend=legend),
            strokeDash=alt.StrokeDash("what:N", scale=dashes, legend=legend),
        )
        .properties(width=560, height=280)
    )


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
