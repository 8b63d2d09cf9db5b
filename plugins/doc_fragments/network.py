# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  ca_path:
    description:
      - File or folder of certificates to trust in addition to the system's, for a gateway that inspects TLS.
      - Certificates are always verified.
      - If not set, the value of the environment variable E(OPENMDM_VPP_CA_PATH) is used.
    type: path
  proxy:
    description:
      - Proxy for all requests. If not set, E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) are honoured.
    type: str
  request_timeout:
    description: Seconds to wait for the answer to one request.
    type: float
    default: 60.0
requirements:
  - httpx >= 0.27, < 1
"""

    # Beside the above, for plugins on the control node, where Ansible itself reads the variables.
    PLUGINS = r"""
options:
  ca_path:
    env:
      - name: OPENMDM_VPP_CA_PATH
"""
