# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apple's error numbers with the HTTP status of each [D errors]; the sentences are ours."""

from __future__ import annotations

from typing import Any

# number: (HTTP status of the synchronous form, message)
ERRORS: dict[int, tuple[int, str]] = {
    9601: (401, "Authentication is required."),
    9602: (400, "An argument is missing or invalid."),
    9603: (500, "An internal error occurred."),
    9609: (400, "The registered user was not found."),
    9616: (400, "The asset is already assigned."),
    9619: (400, "The asset is not assigned."),
    9621: (401, "The content token has expired."),
    9622: (401, "The content token is invalid."),
    9623: (400, "The push token is invalid."),
    9625: (401, "The content token has been revoked."),
    9634: (410, "The service is gone."),
    9635: (400, "The Apple Account can't be linked to this user."),
    9637: (403, "A facilitator account may not do this."),
    9641: (400, "The Apple Account is already linked to another user."),
    9644: (503, "The service is in maintenance mode."),
    9646: (429, "There are too many requests for the organization."),
    9647: (403, "This isn't possible with a legacy token."),
    9650: (400, "The page index is out of range."),
    9700: (400, "There are too many assets in the request."),
    9701: (400, "There are too many users in the request."),
    9702: (400, "There are too many serial numbers in the request."),
    9703: (400, "There are duplicate assets in the request."),
    9704: (400, "There are duplicate users in the request."),
    9705: (400, "There are duplicate serial numbers in the request."),
    9706: (400, "The asset isn't revocable."),
    9707: (400, "The asset isn't assignable to devices."),
    9708: (400, "The event is unknown."),
    9709: (400, "There aren't enough licenses for the association."),
    9710: (400, "The notification URL and its authentication token must be given together."),
    9711: (400, "The notification URL or its authentication token is too long."),
    9712: (400, "The notification URL is invalid or not https."),
    9713: (400, "The metadata of mdmInfo is too long."),
    9714: (400, "There are too many users in the request."),
    9715: (400, "There are duplicate users in the request."),
    9716: (400, "An active user with this client user id exists."),
    9717: (400, "The email address is invalid."),
    9718: (400, "No asset was given."),
    9719: (400, "Neither client user ids nor serial numbers were given."),
    9720: (400, "No user was given."),
    9721: (400, "The version id is invalid."),
    9722: (401, "The authorization header must be of the form Bearer token."),
    9723: (400, "mdmInfo needs id, name and metadata."),
    9724: (400, "The id of mdmInfo is too long."),
    9725: (400, "The name of mdmInfo is too long."),
    9726: (405, "The HTTP method is not allowed."),
    9727: (415, "The content type must be application/json."),
    9728: (400, "The notification URL can't be reached."),
    9729: (503, "The service is temporarily unavailable."),
}

# What the sample of service config lists; it is not exhaustive [D service-config].
LISTED = [9601, 9602, 9603, 9609, 9621, 9625, 9634, 9646, 9650, *range(9700, 9729)]


class ApiError(Exception):
    """A synchronous error: nothing of the request is processed [D errors]."""

    def __init__(self, number: int, *, status: int | None = None, info: dict[str, Any] | None = None) -> None:
        super().__init__(number)
        self.number = number
        self.status = status or ERRORS[number][0]
        self.info = info


def error_body(number: int, info: dict[str, Any] | None = None, message: str | None = None) -> dict[str, Any]:
    """ErrorResponse [D errorresponse]."""
    body: dict[str, Any] = {
        "errorNumber": number,
        "errorMessage": message or ERRORS.get(number, (400, "An unknown error occurred."))[1],
    }
    if info:
        body["errorInfo"] = info
    return body
