# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices as they come into a network, and apps as they come onto a device without a command."""

from __future__ import annotations

from .model import App, ManagedDevice, Network, Organization, Software

MODELS = {"iPadOS": "iPad", "iOS": "iPhone", "macOS": "MacBook Air", "tvOS": "Apple TV", "Android": "Galaxy Tab"}
RELEASES = {
    "iPadOS": "iPadOS 19.1",
    "iOS": "iOS 19.1",
    "macOS": "macOS 16.0",
    "tvOS": "tvOS 19.0",
    "Android": "Android 15",
}
AUTO_TAGS = {"iPadOS": "ipad", "iOS": "iphone", "macOS": "mac", "tvOS": "apple-tv", "Android": "android"}


def enrol(
    org: Organization, place: Network, serial: str | None, name: str, system: str, tags: tuple[str, ...] = ()
) -> ManagedDevice:
    """A device in a network; ``system`` is iPadOS, iOS, macOS, tvOS or Android."""
    platform = "iOS" if system == "iPadOS" else system
    device = ManagedDevice(org.new_id("441"), name, place.id, serial, MODELS[system], RELEASES[system], platform)
    device.tags, device.auto_tags = list(tags), [AUTO_TAGS[system]]
    place.devices[device.id] = device
    return device


def put(org: Organization, device: ManagedDevice, made: App, managed: bool = True, now: float = 0.0) -> None:
    """The app on the device for days: installed by Systems Manager, or by the person who uses it."""
    row = Software(org.new_id("663"), made.name, made.bundle_id, made.itunes_id, now - 900_000)
    row.installed = row.updated = now - 800_000
    row.managed = managed
    if managed:
        row.app_id, row.to_install, row.to_uninstall, row.status = made.app_id, True, False, "Managed"
    device.software[made.bundle_id] = row
