# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The direction of dependency: walks the imports of every file, and shows by planted files that it would notice."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = "ansible_collections.openmdm.vpp."
LAYERS = ("_core", "_http", "_apps_books", "_mdm", "_state", "_mail", "_entity", "_ansible")

# Who may import which layers at run time. A layer may always import itself.
ALLOWED: dict[str, frozenset[str]] = {
    "_core": frozenset(),
    "_http": frozenset({"_core"}),
    "_apps_books": frozenset({"_http", "_core"}),
    "_mdm": frozenset({"_http", "_core"}),
    "_state": frozenset({"_http", "_core"}),
    "_mail": frozenset({"_core"}),
    "_entity": frozenset({"_core"}),
    "_ansible": frozenset(LAYERS),
    "plugin_utils": frozenset(LAYERS),
    "modules": frozenset({"_ansible"}),
    "inventory": frozenset({"plugin_utils", "_ansible"}),
    "lookup": frozenset({"plugin_utils", "_ansible"}),
    "filter": frozenset({"plugin_utils", "_ansible"}),
    "action": frozenset({"plugin_utils", "_ansible"}),
    "doc_fragments": frozenset(),
    "sandbox": frozenset(),
}

# What the pure core may use of the standard library: nothing that reads, waits, draws or remembers.
_PURE_WORDS = """
    __future__ abc base64 bisect codecs collections contextlib csv dataclasses datetime difflib enum fractions functools
    hashlib heapq io itertools json math operator re string types typing urllib uuid
"""
PURE = frozenset(_PURE_WORDS.split())
# `from X import Y` and `X.Y` that would let the clock, chance or the disk in through an allowed module.
IMPURE_NAMES = {
    "datetime": {"now", "utcnow", "today"},
    "uuid": {"uuid1", "uuid4", "getnode"},
    "urllib": {"request"},
    "io": {"open", "open_code", "FileIO"},
    "codecs": {"open"},
}
# Asked for by `--tls` alone, and missed with one sentence.
OPTIONAL = {"sandbox/tls.py": frozenset({"cryptography"})}
HTTP = frozenset({"httpx", "httpcore", "certifi", "requests", "urllib3", "aiohttp"})
TEMPLATES = frozenset({"jinja2", "markupsafe"})
ENDS = frozenset({"exit_json", "fail_json", "warn"})

# Apple's field names with a capital inside; [reference, sections 3 to 9]. They belong to codecs.
_WIRE_NAMES_WORDS = """
    adamId pricingParam serialNumber serialNumbers clientUserId clientUserIds eventId eventStatus eventType
    errorNumber errorMessage errorInfo numRequested numCompleted mdmInfo notificationUrl notificationAuthToken
    notificationTypes subscribedNotificationTypes notificationId notificationType tokenExpirationDate uId
    locationName countryISO2ACode websiteURL defaultPlatform productType deviceAssignable assignedCount
    availableCount retiredCount totalCount supportedPlatforms unlimitedAssets currentPageIndex nextPageIndex
    pageIndex totalPages versionId sinceVersionId managedAppleId inviteCode idHash userStatus activeOnly retiredOnly
    includeUserState excludeInactiveUsers maxAssets maxSerialNumbers maxClientUserIds maxRequestPerSecond
    associateAssets disassociateAssets revokeAssets contentMetadataLookup getAssets getAssignments clientConfig
    createUsers updateUsers retireUsers getUsers invitationEmail
"""
WIRE_NAMES = frozenset(_WIRE_NAMES_WORDS.split())
# Meraki's [Systems Manager reference, sections 1 to 7]: they belong to its codecs and paths.
_MERAKI_NAMES_WORDS = """
    productTypes systemsManager perPage startingAfter endingBefore osName systemModel systemType isSupervised
    lastConnected missingAppsCount autoTags ownerEmail wifiMac wifiMacs updateAction modifyTags installApps
    uninstallApps refreshDetails appIds appId itunesId isManaged toInstall toUninstall installedAt uninstalledAt
    updatedAt createdAt vppAccounts vppAccountId contentToken vppServiceToken allowedAdmins networkIdAdmins
    assignableNetworks assignableNetworkIds vppLocationId vppLocationName lastSyncedAt lastForceSyncedAt parsedToken
    hashedToken expiresAt withAny withAll withoutAny withoutAll
"""
MERAKI_NAMES = frozenset(_MERAKI_NAMES_WORDS.split())
NAMES_OF = {**dict.fromkeys(WIRE_NAMES, "Apple"), **dict.fromkeys(MERAKI_NAMES, "Meraki")}
# Files of devices are written by others, and may call a column so.
WIRE_NAMES_ELSEWHERE = {"plugins/module_utils/_core/target_file.py": frozenset({"serialNumber", "serialNumbers"})}
NO_WIRE_NAMES = frozenset({"_core", "_entity", "_ansible", "modules"})


def may_hold_names(layer: str, path: PurePosixPath) -> bool:
    """Whether a file may hold names of the wire."""
    if layer == "_mdm":
        return path.stem.endswith(("_codec", "_paths"))
    return layer not in NO_WIRE_NAMES


@dataclass(frozen=True)
class Import:
    """`from module import name`, or `import module` (name empty). `typing` = under TYPE_CHECKING."""

    module: str
    name: str
    line: int
    typing: bool


def layer_of(path: PurePosixPath) -> str:
    """The layer of a file, by its path in the collection."""
    if path.parts[0] == "sandbox":
        return "sandbox"
    return path.parts[2] if path.parts[1] == "module_utils" else path.parts[1]


def imports_of(tree: ast.Module, path: PurePosixPath) -> Iterator[Import]:
    """Every import, relative ones made absolute; those in functions too."""
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for child in node.body
        for inner in ast.walk(child)
    }
    package = list(path.parent.parts) if path.parts[0] == "sandbox" else [*OURS[:-1].split("."), *path.parent.parts]
    for node in ast.walk(tree):
        typing = id(node) in typed
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno, typing)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(module, alias.name, node.lineno, typing)


def judge(root: Path, path: PurePosixPath) -> list[str]:
    """What is wrong with one file, a sentence each."""
    if path.name == "__init__.py" and path.parts[0] != "sandbox":
        return [f"{path}: no __init__.py is wanted"]
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    layer = layer_of(path)
    wrong = [f"{path}:{found.line}: {why}" for found in imports_of(tree, path) if (why := _import(layer, path, found))]
    if layer != "sandbox":
        wrong += [f"{path}:{line}: {why}" for line, why in _uses(layer, path, tree)]
    return wrong


def _import(layer: str, path: PurePosixPath, found: Import) -> str:
    """Why an import is wrong; empty = it is not."""
    whole = f"{found.module}.{found.name}" if found.name else found.module
    top = found.module.partition(".")[0]
    if layer == "sandbox":
        known = {"sandbox", *sys.stdlib_module_names, *OPTIONAL.get(str(path), ())}
        return "" if top in known else f"the sandbox imports {found.module}"
    if top == "sandbox":
        return "plugins import the sandbox"
    if whole.startswith(OURS):
        return _inside(layer, whole.removeprefix(OURS).split("."))
    if top == "ansible_collections":
        return f"imports another collection, {found.module}"
    if top in HTTP:
        return "" if path.name == "dep.py" and layer == "_http" else _http(layer, found, top)
    if top in TEMPLATES:
        return "" if path.name == "dep.py" and layer == "_mail" else f"imports {top} outside of _mail/dep.py"
    if top == "ansible":
        return _ansible(layer, path, whole)
    if top not in sys.stdlib_module_names:
        return f"imports {top}, which is not of the standard library"
    if layer == "_core" and top not in PURE:
        return f"the core imports {top}"
    if layer == "_core" and IMPURE_NAMES.get(top, set()).intersection(whole.split(".")[1:]):
        return f"the core imports {whole}"
    return ""


def _inside(layer: str, parts: list[str]) -> str:
    if parts[0] != "plugins" or len(parts) < 2:
        return f"imports {'.'.join(parts)}"
    target = parts[2] if parts[1] == "module_utils" and len(parts) > 2 else parts[1]
    return "" if target == layer or target in ALLOWED.get(layer, frozenset()) else f"{layer} imports {target}"


def _http(layer: str, found: Import, top: str) -> str:
    # Only its types may stand elsewhere, and only where HTTP is spoken.
    if found.typing and top == "httpx" and layer in ("_http", "_apps_books", "_mdm"):
        return ""
    return f"imports {top} outside of _http/dep.py"


def _ansible(layer: str, path: PurePosixPath, whole: str) -> str:
    if path.parts[1] == "module_utils":
        if layer != "_ansible":
            return f"{layer} imports Ansible"
        if not whole.startswith("ansible.module_utils."):
            return f"{layer} imports {whole}, which is not on the managed host"
    elif layer in ("modules", "doc_fragments"):
        return f"{layer} imports Ansible"
    elif whole.startswith("ansible.errors") and layer == "plugin_utils" and path.name != "_errors.py":
        return "imports AnsibleError outside of plugin_utils/_errors.py"
    return ""


def _uses(layer: str, path: PurePosixPath, tree: ast.Module) -> Iterator[tuple[int, str]]:
    runner = path == PurePosixPath("plugins/module_utils/_ansible/runner.py")
    docs = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    allowed = WIRE_NAMES_ELSEWHERE.get(str(path), frozenset())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            # Host and ports have a `warn` of their own; the one of AnsibleModule is reached through `module`.
            of_module = "module" in ast.dump(node.value)
            if node.attr in ENDS and not runner and (node.attr != "warn" or of_module):
                yield node.lineno, f"calls {node.attr} outside of _ansible/runner.py"
            of = node.value.id if isinstance(node.value, ast.Name) else ""
            if layer == "_core" and node.attr in IMPURE_NAMES.get(of, ()):
                yield node.lineno, f"the core uses {of}.{node.attr}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("__import__", "exec", "eval"):
                yield node.lineno, f"calls {node.func.id}"
            if layer in ("_core", "_entity") and node.func.id in ("open", "print", "input"):
                yield node.lineno, f"{layer} calls {node.func.id}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not may_hold_names(layer, path):
            names = {node.value.removesuffix("[]")} & NAMES_OF.keys() if id(node) not in docs else set()
            for name in names - allowed:
                yield node.lineno, f"holds {NAMES_OF[name]}'s name {name} outside of a codec"


def files(root: Path) -> list[PurePosixPath]:
    found = [path for folder in ("plugins", "sandbox") for path in (root / folder).rglob("*.py")]
    return sorted(PurePosixPath(path.relative_to(root).as_posix()) for path in found)


@pytest.mark.parametrize("path", files(ROOT), ids=str)
def test_no_forbidden_edge(path):
    assert judge(ROOT, path) == []


def test_every_layer_is_known():
    assert {layer_of(path) for path in files(ROOT)} <= set(ALLOWED)


def test_module_utils_is_found():
    assert {"_core", "_http", "_apps_books", "_entity", "_ansible", "sandbox"} <= set(map(layer_of, files(ROOT)))


U = "plugins/module_utils/"
PLANTED = [
    (U + "_core/a.py", "import time", "the core imports time"),
    (U + "_core/a.py", "import random, json", "the core imports random"),
    (U + "_core/a.py", "from os import path", "the core imports os"),
    (U + "_core/a.py", "import logging", "the core imports logging"),
    (U + "_core/a.py", "import socket", "the core imports socket"),
    (U + "_core/a.py", "import urllib.request", "the core imports urllib.request"),
    (U + "_core/a.py", "from urllib import request", "the core imports urllib.request"),
    (U + "_core/a.py", "from uuid import uuid4", "the core imports uuid.uuid4"),
    (U + "_core/a.py", "import uuid\nuuid.uuid4()", "the core uses uuid.uuid4"),
    (U + "_core/a.py", "from datetime import datetime\ndatetime.now()", "the core uses datetime.now"),
    (U + "_core/a.py", "open('x')", "_core calls open"),
    (U + "_core/a.py", "def f():\n    import time", "the core imports time"),
    (U + "_core/a.py", "from .._entity.base import Outcome", "_core imports _entity"),
    (U + "_core/a.py", "from .._http import dep", "_core imports _http"),
    (U + "_core/a.py", "x = {'adamId': 1}", "holds Apple's name adamId"),
    (U + "_entity/a.py", "from ansible.module_utils.basic import AnsibleModule", "_entity imports Ansible"),
    (U + "_entity/a.py", "from .._apps_books.client import connect", "_entity imports _apps_books"),
    (U + "_entity/a.py", "from .._ansible.runner import Host", "_entity imports _ansible"),
    (U + "_entity/a.py", "import httpx", "imports httpx outside"),
    (U + "_entity/a.py", "from .._http.dep import httpx", "_entity imports _http"),
    (
        U + "_entity/a.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .._apps_books.client import connect",
        "_entity imports _apps_books",
    ),
    (
        U + "_entity/a.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx",
        "imports httpx outside",
    ),
    (U + "_entity/a.py", "x['eventStatus']", "holds Apple's name eventStatus"),
    (U + "_entity/a.py", "open('x')", "_entity calls open"),
    (U + "_http/a.py", "import httpx", "imports httpx outside"),
    (U + "_http/a.py", "import httpx as http", "imports httpx outside"),
    (U + "_http/a.py", "from .._apps_books.wire import Json", "_http imports _apps_books"),
    (U + "_apps_books/a.py", "from .._entity.base import Outcome", "_apps_books imports _entity"),
    (U + "_apps_books/a.py", "from .._mdm.base import Device", "_apps_books imports _mdm"),
    (U + "_apps_books/dep.py", "import httpx", "imports httpx outside"),
    (U + "_mdm/a.py", "from .._apps_books.wire import Json", "_mdm imports _apps_books"),
    (U + "_mdm/a.py", "x = 'updateAction'", "holds Meraki's name updateAction"),
    (U + "_mdm/a.py", "x = 'productTypes[]'", "holds Meraki's name productTypes"),
    (U + "_entity/a.py", "x['autoTags']", "holds Meraki's name autoTags"),
    (U + "_state/a.py", "from .._ansible.files import read_file", "_state imports _ansible"),
    (U + "_mail/a.py", "import jinja2", "imports jinja2 outside"),
    (U + "_mail/a.py", "from markupsafe import escape", "imports markupsafe outside"),
    (U + "_mail/a.py", "from .._http.address import trust", "_mail imports _http"),
    (U + "_mail/a.py", "from .._state.folder import StateFolder", "_mail imports _state"),
    (U + "_ansible/dep.py", "import jinja2", "imports jinja2 outside"),
    (U + "_entity/a.py", "from .._mail.mailer import SmtpMailer", "_entity imports _mail"),
    (U + "_ansible/a.py", "from ansible.errors import AnsibleError", "not on the managed host"),
    (U + "_ansible/a.py", "from ...plugin_utils import x", "_ansible imports plugin_utils"),
    (U + "_ansible/a.py", "def f(module):\n    module.fail_json(msg='')", "calls fail_json"),
    (U + "_ansible/a.py", "def f(module):\n    module.exit_json()", "calls exit_json"),
    (U + "_ansible/a.py", "def f(self):\n    self._module.warn('')", "calls warn"),
    (U + "_ansible/a.py", "import yaml", "not of the standard library"),
    (U + "_ansible/a.py", "from ansible_collections.community.general.plugins import x", "another collection"),
    (U + "_ansible/a.py", "import sandbox.app", "plugins import the sandbox"),
    (U + "_ansible/a.py", "from sandbox import app", "plugins import the sandbox"),
    (U + "_ansible/a.py", "__import__('httpx')", "calls __import__"),
    (U + "_ansible/__init__.py", "", "no __init__.py is wanted"),
    ("plugins/modules/a.py", f"from {OURS}plugins.module_utils._core.model import Asset", "modules imports _core"),
    ("plugins/modules/a.py", "from ansible.module_utils.basic import AnsibleModule", "modules imports Ansible"),
    ("plugins/lookup/a.py", f"from {OURS}plugins.module_utils._entity.base import Outcome", "lookup imports _entity"),
    ("plugins/plugin_utils/a.py", "from ansible.errors import AnsibleError", "outside of plugin_utils/_errors.py"),
    ("sandbox/a.py", f"from {OURS}plugins.module_utils._core.model import Asset", "the sandbox imports"),
    ("sandbox/a.py", "import httpx", "the sandbox imports httpx"),
    ("sandbox/apple/a.py", "from ansible.module_utils import basic", "the sandbox imports ansible"),
    ("sandbox/a.py", "import yaml", "the sandbox imports yaml"),
]


def planted(root: Path, name: str, text: str) -> list[str]:
    path = PurePosixPath(name)
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(text, encoding="utf-8")
    return judge(root, path)


@pytest.mark.parametrize(("name", "text", "why"), PLANTED)
def test_a_planted_edge_is_found(tmp_path, name, text, why):
    found = planted(tmp_path, name, text)
    assert found
    assert re.search(re.escape(why), found[0])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (U + "_http/dep.py", "import httpx"),
        (U + "_mail/dep.py", "import jinja2\nfrom jinja2 import sandbox"),
        (U + "_apps_books/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import httpx"),
        (U + "_apps_books/a.py", "x = {'adamId': 1}"),
        (U + "_mdm/a_codec.py", "x = {'updateAction': 1}"),
        (U + "_mdm/a_paths.py", "x = 'modifyTags'"),
        (U + "_core/a.py", "from datetime import datetime\nimport hashlib, re"),
        (U + "_core/a.py", '"""The wire name is adamId."""\n"""serialNumber"""'),
        (U + "_entity/a.py", "def f(notify):\n    notify.warn('x')"),
        (U + "_ansible/runner.py", "def f(module):\n    module.exit_json()"),
        ("plugins/plugin_utils/_errors.py", "from ansible.errors import AnsibleError"),
        ("sandbox/apple/a.py", "import sqlite3\nfrom ..clock import Clock\nfrom sandbox import app"),
        ("sandbox/apple/__init__.py", ""),
    ],
)
def test_what_is_allowed_is_not_found(tmp_path, name, text):
    assert planted(tmp_path, name, text) == []
