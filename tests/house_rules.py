"""The rules of the house, each as a function from one room to the faults it finds there.

A room is a module of the library by its dotted name inside `worklog_core` (`calendars.days`); the
`__init__` of a folder goes by the folder's name, and the front door by the empty name. `ORDER` is
the plan of the house as data: a room imports only from rooms named before it.
"""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from typing import TypeGuard

PACKAGE = "worklog_core"

ORDER = (
    "_version",
    "errors",
    "undetermined",
    "languages",
    "mappings",
    "instants",
    "digests",
    "collector",
    "door",
    "apportion",
    "tables",
    "intervals",
    "normal_text",
    "similarity",
    "calendars.days",
    "calendars.spans",
    "calendars.notation",
    "calendars.hours",
    "calendars.explanation",
    "calendars.recurrence",
    "calendars.table",
    "calendars.growth",
    "calendars.civil_days",
    "calendars.working_days",
    "calendars.searches",
    "calendars.protocol",
    "calendars.civil",
    "calendars.operations",
    "calendars.algebra",
    "calendars.given",
    "calendars.calendar",
    "calendars.versions",
    "calendars.differences",
    "calendars.lint",
    "sla.verdicts",
    "sla.judged",
    "sla.clock",
    "sla.targets",
    "events.actions",
    "events.facts",
    "events.messages",
    "events.routing",
    "events.tickets",
    "events.assistance",
    "events.contact",
    "events.kinds",
    "events.versions",
    "events.identified",
    "events.splicing",
    "events.overlay",
    "events.late",
    "events.sifting",
    "events.history",
    "tickets.timeline",
    "tickets.transitions",
    "tickets.register",
    "tickets.deferrals",
    "tickets.pending",
    "tickets.readiness",
    "tickets.reopening",
    "tickets.queue",
    "tickets.skips",
    "tickets.stock",
    "worklog.division",
    "worklog.assistance",
    "worklog.rules_words",
    "worklog.rules",
    "worklog.rows",
    "worklog.presence",
    "worklog.statuses",
    "worklog.cells",
    "worklog.focus",
    "worklog.ledger",
    "worklog.accounting",
    "worklog.findings",
    "worklog.turns",
    "worklog.courses",
    "worklog.service",
    "worklog.further_facts",
    "worklog.ticket_facts",
    "worklog.row_facts",
    "worklog.averages",
    "worklog.status_ledger",
    "worklog.lanes",
    "worklog.parts",
    "worklog.fingerprint",
    "worklog.changes",
    "worklog.late_rows",
    "worklog.worklog",
    "worklog.desk_day",
    "worklog.build",
    "worklog.first_contact",
    "worklog.reach",
    "worklog.renewal",
    "worklog.update",
    "worklog.compare",
    "worklog.bounds",
    "worklog.account_words",
    "worklog.account",
    "conversations.calls",
    "conversations.rules",
    "conversations.told",
    "conversations.lifecycle",
    "conversations.conversation",
    "conversations.responses",
    "conversations.assignments",
    "conversations.resolution",
    "conversations.contact_times",
    "conversations.shares",
    "conversations.promises",
    "conversations.entries",
    "conversations.openings",
    "conversations.case_log",
    "conversations.cases",
    "conversations.reports.periods",
    "conversations.reports.selection",
    "conversations.reports.measurements",
    "conversations.reports.heading",
    "conversations.reports.statistics",
    "conversations.reports.distributions",
    "conversations.reports.heatmap",
    "conversations.reports.breakdowns",
    "conversations.reports.leaderboard",
    "conversations.reports.user_table",
    "conversations.reports.outliers",
    "conversations.reports.conversation_list",
    "conversations.reports.anomalies",
    "conversations.reports.volume",
    "conversations.reports.comparison",
    "conversations.message_log",
    "conversations.contact_log",
    "privacy.words",
    "privacy.pseudonyms",
    "privacy.levels",
    "privacy.small_groups",
    "privacy.whole_seconds",
    "privacy.uniqueness",
    "privacy.identifying",
    "privacy.subjects",
    "privacy.case_fields",
    "privacy.figures",
    "privacy.report_fields",
    "privacy.group_fields",
    "privacy.figure_fields",
    "privacy.conversation_fields",
    "privacy.worklog_fields",
    "privacy.desk_day_fields",
    "privacy.account_fields",
    "privacy.policy",
    "privacy.rebuilding",
    "privacy.audit",
    "privacy.release",
    "exports.cells",
    "exports.columns",
    "exports.enneo",
    "exports.klink",
    "exports.respondio",
    "columnar.side_by_side",
    "columnar.arrays",
    "columnar.given",
    "columnar.lookups",
    "columnar.clock",
    "columnar.packing",
    "columnar.parallel",
    "columnar.division",
    "columnar.words",
    "columnar.records",
    "columnar.frames",
    "columnar.naming",
    "columnar.reading",
    "columnar.versions",
    "columnar.days",
    "columnar.presence",
    "columnar.statuses",
    "columnar.epochs",
    "columnar.cells",
    "columnar.focus",
    "columnar.sharing",
    "columnar.accounting",
    "columnar.exact",
    "columnar.desk_work",
    "columnar.opening",
    "columnar.homes",
    "columnar.case_events",
    "columnar.case_messages",
    "columnar.case_turns",
    "columnar.case_clocks",
    "columnar.case_responses",
    "columnar.case_resolutions",
    "columnar.cases",
    "columnar.assignments",
    "columnar.worklog",
    "columnar.event_tables",
    "columnar.jobs",
    "columnar.reopenings",
    "columnar.histories",
    "columnar.sla",
    "columnar.similarities",
    "columnar.releasing",
    "charts.page",
    "charts.burn_down",
    "charts.released",
    "charts.day",
    "charts.account",
    "charts.leaderboard",
    "charts.reports",
    "charts.heatmap",
    "testing.strategies.instants",
    "testing.strategies.calendars",
    "testing.strategies.intervals",
    "testing.strategies.rules",
    "testing.strategies.case_rules",
    "testing.strategies.pool",
    "testing.strategies.scenes",
    "testing.strategies.ticket_scenes",
    "testing.strategies.contact_scenes",
    "testing.strategies.histories",
    "testing._hypothesis",
    "testing.laws.broken",
    "testing.laws.words",
    "testing.laws.divisions",
    "testing.laws.clocks",
    "testing.laws.streams",
    "testing.laws.publishing",
    "testing.laws.metrics",
    "testing.conformance.vectors",
    "testing.conformance.pseudonyms",
    "testing.conformance.verdicts",
)

CORE_DEPENDENCIES = {"attrs", "dateutil", "rapidfuzz"}
EXTRA_DEPENDENCIES = {
    "columnar": {"narwhals", "numpy", "pyarrow"},
    "charts": {"altair"},
    "testing": {"hypothesis"},
}
OPTIONAL = set().union(*EXTRA_DEPENDENCIES.values())

# Modules whose business is the world outside: files, clocks, machines, chance.
OUTSIDE = {
    "asyncio", "builtins", "ctypes", "gc", "getpass", "glob", "http", "importlib", "io", "locale",
    "logging", "multiprocessing", "os", "pathlib", "platform", "random", "secrets", "shutil",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "warnings",
    # Zones are files: they come in as tzinfo objects, which the caller makes.
    "dateutil.tz", "dateutil.zoneinfo", "zoneinfo",
}  # fmt: skip
# The strategies draw zones, as a caller makes them; the vectors are files that ship beside them.
# One room puts full collections off, and leaves the collector as it was.
OUTSIDE_BUT_IN = {"collector": {"gc"}, "testing": {"importlib", "zoneinfo"}}
# Hypothesis calls this room while it is itself being imported, maybe by a strategy of the library.
MAY_IMPORT_LATE = {"testing._hypothesis"}
# The front door loads a room when a name of it is first asked for.
FRONT_DOOR = {"_FOLDERS", "_ROOMS", "_ROOM_OF", "__all__", "__dir__", "__getattr__"}

BUILTIN_CALLS = {"__import__", "breakpoint", "compile", "eval", "exec", "input", "print"}
WORLD_CALLS = {
    "ctime", "environ", "fromtimestamp", "getenv", "getrandom", "gmtime", "localtime", "now",
    "open", "read_text", "sleep", "strftime", "today", "tzlocal", "urandom", "utcfromtimestamp",
    "utcnow", "uuid1", "uuid4", "warn", "write_text",
}  # fmt: skip
FLOAT_SECONDS = {"timestamp", "total_seconds"}
SECONDS_IN = ("charts", "exports")

NAMELESS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
MOST_LINES = 400

REASONED = re.compile(r"(?:type: ?ignore|pyright: ?ignore|noqa|pragma)[^#]*(?P<reason>#.*\w)?")


def folder(room: str) -> str:
    """Return the folder, right under the package, that a room stands in."""
    return room.partition(".")[0] if "." in room else ""


def room_of(module: str) -> str:
    """Return the dotted name inside the package of a module of the package."""
    return module.removeprefix(PACKAGE).removeprefix(".")


def is_package(room: str) -> bool:
    return room == "" or any(name.startswith(f"{room}.") for name in ORDER)


def imported(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Yield every module that is imported anywhere, submodules by their own names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            wholes = (f"{module}.{alias.name}" for alias in node.names)
            known = {w if room_of(w) in ORDER or w in OUTSIDE else module for w in wholes}
            yield from ((node, name) for name in sorted(known))


def inside(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def imports_that_do_not_point_down(room: str, tree: ast.Module) -> Iterator[str]:
    for node, module in imported(tree):
        if module.startswith("."):
            yield f"{node.lineno}: import {PACKAGE}... in full, not from {module}"
        elif inside(module) and not _may_import(room, room_of(module)):
            yield f"{node.lineno}: {room or PACKAGE} comes before {module} and cannot import it"


def _may_import(room: str, target: str) -> bool:
    if is_package(room):
        return target.startswith(f"{room}.") or not room
    if room not in ORDER:
        return False
    if target in ORDER:
        return ORDER.index(target) < ORDER.index(room)
    files = [i for i, name in enumerate(ORDER) if name.startswith(f"{target}.")]
    return bool(files) and max(files) < ORDER.index(room)


def imports_below_the_top(room: str, tree: ast.Module) -> Iterator[str]:
    at_top = {id(node) for node in tree.body}
    started = False
    for node in tree.body:
        if started and isinstance(node, ast.Import | ast.ImportFrom):
            yield f"{node.lineno}: imports stand before anything else"
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        started |= not is_docstring and not isinstance(node, ast.Import | ast.ImportFrom)
    for node, module in imported(tree):
        is_late = id(node) not in at_top and module.partition(".")[0] not in OPTIONAL
        if is_late and room not in MAY_IMPORT_LATE:
            yield f"{node.lineno}: {module} is imported inside {room}: move it to the top"


def imports_from_outside(room: str, tree: ast.Module) -> Iterator[str]:
    allowed = CORE_DEPENDENCIES | EXTRA_DEPENDENCIES.get(folder(room), set())
    outside = OUTSIDE - OUTSIDE_BUT_IN.get(folder(room) or room, set())
    if not room:
        outside = outside - {"importlib"}
    for node, module in imported(tree):
        top = module.partition(".")[0]
        if inside(module) or module.startswith("."):
            continue
        if top in outside or module in outside:
            yield f"{node.lineno}: {module} reads the world outside; let the caller hand it in"
        elif top not in sys.stdlib_module_names and top not in allowed:
            yield f"{node.lineno}: {module} is no dependency of {room}"


def calls_of_the_world(room: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in WORLD_CALLS or (name in BUILTIN_CALLS and isinstance(node.func, ast.Name)):
            yield f"{node.lineno}: {name}() reads or writes the world outside"
        if name == "astimezone" and not node.args and not node.keywords:
            yield f"{node.lineno}: astimezone() without a zone takes the machine's"
        if name in FLOAT_SECONDS and folder(room) not in SECONDS_IN:
            yield f"{node.lineno}: {name}() makes a float of time"


def hashes_that_differ_between_processes(_: str, tree: ast.Module) -> Iterator[str]:
    within = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "__hash__"
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "hash" and id(node) not in within:
            yield f"{node.lineno}: hash() differs between processes; digest with hashlib"


def rooms_without_a_header(room: str, tree: ast.Module) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield f"1: {room or PACKAGE} has no docstring"
    exported = _exported(tree)
    if exported is None:
        yield f"1: {room or PACKAGE} has no __all__"
    elif not is_package(room):
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and node.name not in exported
            ):
                yield f"{node.lineno}: {node.name} is public and not in __all__"


def _exported(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if _is_all(node) and node.value is not None:
            return [str(name) for name in ast.literal_eval(node.value)]
    return None


def _is_all(node: ast.stmt) -> TypeGuard[ast.Assign | ast.AnnAssign]:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "__all__"


def _defined(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    return ast.unparse(node.target) if isinstance(node, ast.AnnAssign | ast.AugAssign) else ""


def packages_that_define(room: str, tree: ast.Module) -> Iterator[str]:
    if is_package(room):
        for node in tree.body[1:]:
            handed_on = _is_all(node) or isinstance(node, ast.Import | ast.ImportFrom)
            loads = not room and _defined(node) in FRONT_DOOR
            if not handed_on and not loads:
                yield f"{node.lineno}: an __init__ hands names on and defines nothing"


def messages_of_another_shape(_: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "refuse":
            messages = [argument for argument in node.args[4:] if _pieces(argument)]
        else:
            messages = node.args[:1] if name.endswith("Error") else []
        for message in messages:
            pieces = _pieces(message)
            if not pieces:
                continue
            starts = r"[a-z{]|[A-Z]\w*\.[a-z_]" if name.endswith("Error") else r"[A-Z{]"
            if not re.match(starts, "".join(pieces)):
                yield f"{node.lineno}: a message starts in lower case or with its field"
            if pieces[-1][-1] not in ".}":
                yield f"{node.lineno}: a message ends with the way out and a full stop"


def _pieces(message: ast.expr) -> list[str]:
    """Return the pieces of a literal message, a value in it as braces; nothing for any other."""
    if isinstance(message, ast.Constant) and isinstance(message.value, str):
        return [message.value] if message.value else []
    if isinstance(message, ast.JoinedStr):
        return [
            "{}" if isinstance(part, ast.FormattedValue) else str(getattr(part, "value", ""))
            for part in message.values
        ]
    return []


def names_that_say_nothing(room: str, _: ast.Module) -> Iterator[str]:
    if set(room.split(".")) & NAMELESS:
        yield f"1: {room} is named after nothing: name it by its subject"


def rooms_not_in_the_order(room: str, _: ast.Module) -> Iterator[str]:
    if room not in ORDER and not is_package(room):
        yield f"1: {room} has no place: name it in ORDER, after all that it imports"


def raises_without_a_match(_: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "pytest.raises"
            and "match" not in {keyword.arg for keyword in node.keywords}
        ):
            yield f"{node.lineno}: pytest.raises says with match= which message it means"


def too_many_lines(source: str) -> Iterator[str]:
    lines = sum(1 for line in source.splitlines() if line.strip())
    if lines > MOST_LINES:
        yield f"{lines} lines that are not blank: split it by subject"


def silenced_without_a_reason(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            silencer = REASONED.search(token.string)
            if silencer and not silencer["reason"]:
                yield f"{token.start[0]}: {token.string} gives no reason"
