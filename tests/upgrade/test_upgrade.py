"""A database of the last release, in which people have worked, is updated.

``./vip release dump`` makes it anew. What a later release changes in rows that were there
is said in ``CHANGED``.
"""

import re
import subprocess
import sys

import pytest

from tests.matrix.addons import bottom_up
from tests.matrix.matrix import WRONG
from tests.upgrade import rows
from tools import databases, release
from tools.paths import LOGS, ROOT
from tools.runner import CONFIG

DATABASE = "vip_upgrade"
#: Of the host: what it makes anew with every update.
HOST_OWN = re.compile(
    r"ir_(model|ui_|act_|asset|module|logging|profile)|bus_bus|report_layout"
)
#: Of the host: which views a module has, as far as others were loaded before it.
HOST_LATER = re.compile(r"ir_module_module \d+: views_by_module was ")
#: Of the host as well: each update asks for a clean-up and tells other processes; one
#: update later than other addons it knows what they add to mixins of ours.
HOST_NEW = ("ir_cron_trigger ", "orm_signaling_registry ", "ir_model_fields ")
#: Table and column that a later release writes anew, with the reason.
CHANGED: dict[tuple[str, str], str] = {
    ("ir_actions", "help"): "empty screens say what to do",
    ("ir_actions", "name"): "*Approvals* are called *Tier changes*",
    ("res_company", "helpdesk_mgmt_portal_select_category"): "clients choose an item",
}
#: What a later release takes away, with the reason.
GONE = {
    "vip_service.action_propose_tier": "the header of the client's page does it",
    "vip_service.vip_contact_action_client": "the same",
    "vip_service.vip_contact_log_action_client": "the same",
}
SHOWN = 20


@pytest.fixture(scope="module")
def updated():
    """The kept database, updated twice: looks at it before, in between, afterwards."""
    [dump] = release.dumps()
    release.restore(dump, DATABASE)
    try:
        looks = [rows.look(DATABASE)]
        free = rows.shipped(DATABASE)
        said = []
        for number in (1, 2):
            said.append(update(number))
            looks.append(rows.look(DATABASE))
        yield looks, free, said
    finally:
        databases.drop(DATABASE)


def update(number):
    """Update all addons by the present code; return what Odoo says."""
    command = [sys.executable, "-m", "odoo", "server", "-c", str(CONFIG)]
    command += ["-d", DATABASE, "-u", ",".join(bottom_up())]
    command += ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    said = done.stdout + done.stderr
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / f"upgrade-{number}.log").write_text(said)
    assert not done.returncode, said[-6000:]
    return said


def test_the_dump_says_from_which_commit_it_is():
    [dump] = release.dumps()
    commit = release.commit_of(dump).read_text().strip()
    assert re.fullmatch("[0-9a-f]{40}", commit)


def test_the_dump_holds_what_people_changed(updated):
    looks, _free, _said = updated
    assert missing(looks[0]) == []


def test_every_row_is_found_as_it_was(updated):
    looks, free, _said = updated
    before = {
        table: found for table, found in looks[0].items() if not HOST_OWN.match(table)
    }
    assert sum(map(len, before.values())) > 5000, "a database without rows"
    gone = {
        f"ir_actions {row['res_id']} is gone"
        for row in looks[0]["ir_model_data"].values()
        if f"{row['module']}.{row['name']}" in GONE
    }
    assert len(gone) == len(GONE)
    lost = {text for text in rows.lost(before, looks[1], free) if not is_changed(text)}
    assert lost >= gone, "it is there still"
    assert lost == gone, shown(sorted(lost - gone))


def test_what_people_changed_is_theirs(updated):
    looks, _free, _said = updated
    assert missing(looks[1]) == []


def test_a_second_update_changes_nothing(updated):
    looks, _free, _said = updated
    lost = rows.lost(looks[1], looks[2])
    more = rows.lost(looks[2], looks[1])
    lost += [f"new: {text}" for text in more if not text.startswith(HOST_NEW)]
    lost = [text for text in lost if not HOST_LATER.search(text)]
    assert not lost, shown(lost)


def test_nothing_is_logged_that_went_wrong(updated):
    _looks, _free, said = updated
    wrong = [line for text in said for line in text.splitlines() if WRONG.search(line)]
    assert not wrong, shown(wrong)


def missing(look):
    """Return what people changed and what does not say so in a look, as text."""
    from tests.upgrade.people import CHANGES, DELETED, GIVEN, LOGIN

    ids = {
        f"{row['module']}.{row['name']}": (
            row["model"].replace(".", "_"),
            row["res_id"],
        )
        for row in look["ir_model_data"].values()
    }
    found = [f"{xmlid} is there again" for xmlid in DELETED if xmlid in ids]
    for change in CHANGES:
        table, res_id = ids[change.xmlid]
        value = look[table][str(res_id)][change.field]
        if isinstance(value, dict):
            value = value.get(change.lang)
        if value != change.value:
            found.append(f"{change.xmlid} {change.field}: {value!r}")
    [user] = [row for row in look["res_users"].values() if row["login"] == LOGIN]
    groups = {
        row["gid"]
        for row in look["res_groups_users_rel"].values()
        if row["uid"] == user["id"]
    }
    return found + [f"{LOGIN} is not in {g}" for g in GIVEN if ids[g][1] not in groups]


def is_changed(text):
    """Tell whether a later release says that it changes this."""
    return any(
        text.startswith(f"{table} ") and f": {column} was " in text
        for table, column in CHANGED
    )


def shown(texts):
    more = [f"and {len(texts) - SHOWN} more"] * (len(texts) > SHOWN)
    return "\n".join([*texts[:SHOWN], *more])
