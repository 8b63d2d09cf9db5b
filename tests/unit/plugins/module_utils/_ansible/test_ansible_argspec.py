# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Argument specs as values."""

from __future__ import annotations

import pytest

from ansible_collections.openmdm.vpp.plugins.module_utils._ansible.argspec import ArgumentSpec

LEFT = ArgumentSpec({"a": {"type": "str"}}, required_together=[["a", "b"]])
RIGHT = ArgumentSpec({"b": {"type": "int"}}, required_together=[["b", "a"]], required_if=[["a", "x", ["b"]]])


def test_merge_unites_options_and_rules():
    merged = LEFT.merge(RIGHT)
    assert merged.options == {"a": {"type": "str"}, "b": {"type": "int"}}
    assert list(merged.required_together) == [["a", "b"], ["b", "a"]]
    assert list(merged.required_if) == [["a", "x", ["b"]]]


def test_merge_of_several():
    assert set(LEFT.merge(RIGHT, ArgumentSpec({"c": {}})).options) == {"a", "b", "c"}


def test_merge_of_none_is_the_same():
    assert LEFT.merge() is LEFT


def test_merge_leaves_its_parts_alone():
    LEFT.merge(RIGHT)
    assert (list(LEFT.options), list(LEFT.required_together)) == (["a"], [["a", "b"]])


def test_an_option_defined_twice_is_refused():
    with pytest.raises(ValueError, match="defined twice: a"):
        LEFT.merge(ArgumentSpec({"a": {"type": "int"}}))


def test_module_arguments_are_copies():
    arguments = LEFT.module_arguments()
    arguments["argument_spec"]["a"]["type"] = "int"
    arguments["required_together"][0].append("c")
    assert LEFT.module_arguments()["argument_spec"] == {"a": {"type": "str"}}
    assert LEFT.module_arguments()["required_together"] == [["a", "b"]]


def test_module_arguments_name_every_rule():
    assert set(LEFT.module_arguments()) == {
        "argument_spec",
        "mutually_exclusive",
        "required_together",
        "required_one_of",
        "required_if",
    }
