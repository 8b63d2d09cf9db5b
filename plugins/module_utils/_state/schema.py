# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The form of a state file. Each step brings a file from one version to the next, the first from nothing.

A step that a release has shipped never changes. Moments are whole seconds since 1970, in UTC.
"""

from __future__ import annotations

APPLICATION_ID = 0x4F4D5650
"""`OMVP` in bytes 68 to 71 of the file, by which SQLite files are told apart."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        # One row: whose file this is, and the key of the marks.
        """CREATE TABLE location (
            uid TEXT NOT NULL, service TEXT NOT NULL, made INTEGER NOT NULL, mark_key BLOB NOT NULL)""",
        """CREATE TABLE journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT, verb TEXT NOT NULL, digest TEXT NOT NULL, count INTEGER NOT NULL,
            intended INTEGER NOT NULL, event_id TEXT, ended INTEGER, outcome TEXT,
            CHECK ((ended IS NULL) = (outcome IS NULL)))""",
        "CREATE INDEX journal_by_event ON journal (event_id)",
        """CREATE TABLE invitation (
            client_user_id TEXT NOT NULL, invite TEXT NOT NULL, address TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('intended', 'sent', 'failed')),
            message_key TEXT NOT NULL, attempted INTEGER NOT NULL, sent INTEGER NOT NULL,
            first_sent INTEGER, last_sent INTEGER, failures INTEGER NOT NULL, smtp_code INTEGER,
            PRIMARY KEY (client_user_id, invite)) WITHOUT ROWID""",
        """CREATE TABLE person (
            source TEXT NOT NULL, client_user_id TEXT NOT NULL, since INTEGER NOT NULL,
            PRIMARY KEY (source, client_user_id)) WITHOUT ROWID""",
        "CREATE INDEX person_by_id ON person (client_user_id)",
        # Where the file of a source lay whose name is only that of the file; a mark of its path.
        "CREATE TABLE source (name TEXT PRIMARY KEY, place TEXT NOT NULL) WITHOUT ROWID",
        "CREATE TABLE made (client_user_id TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID",
        """CREATE TABLE reissue (
            client_user_id TEXT NOT NULL, account TEXT NOT NULL, since INTEGER NOT NULL, done INTEGER NOT NULL,
            PRIMARY KEY (client_user_id, account)) WITHOUT ROWID""",
        """CREATE TABLE lost (
            client_user_id TEXT NOT NULL, adam_id TEXT NOT NULL, pricing_param TEXT NOT NULL,
            PRIMARY KEY (client_user_id, adam_id, pricing_param)) WITHOUT ROWID""",
        """CREATE TABLE code_product (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded_name TEXT NOT NULL UNIQUE, adam_id TEXT NOT NULL)""",
        """CREATE TABLE code (
            mark TEXT PRIMARY KEY, product INTEGER NOT NULL REFERENCES code_product (id), client_user_id TEXT NOT NULL,
            address TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('intended', 'sent', 'failed')),
            reserved INTEGER NOT NULL, attempted INTEGER NOT NULL, sent INTEGER, failures INTEGER NOT NULL,
            smtp_code INTEGER) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX code_by_id ON code (product, client_user_id) WHERE client_user_id <> ''",
        "CREATE UNIQUE INDEX code_by_address ON code (product, address)",
        # One row, or none; the sets are little-endian bitsets over the names, which are JSON.
        """CREATE TABLE cache (
            format INTEGER NOT NULL, service TEXT NOT NULL, uid TEXT NOT NULL, version_id TEXT NOT NULL,
            devices TEXT NOT NULL, users TEXT NOT NULL, digest TEXT NOT NULL)""",
        """CREATE TABLE cached_asset (
            adam_id TEXT NOT NULL, pricing_param TEXT NOT NULL, devices BLOB NOT NULL, users BLOB NOT NULL,
            comparable INTEGER NOT NULL, read INTEGER NOT NULL, PRIMARY KEY (adam_id, pricing_param))""",
    ),
)
