# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of our own for a mail with a redemption code, made like those of invitations (defaults.py)."""

from __future__ import annotations

from .defaults import HEAD, TAIL

SUBJECT = "Your code for {{ product_name }} from {{ account_name }}"

TEXT = """\
Hello{% if name %} {{ name }}{% endif %},

{{ account_name }} gives you {{ product_name }}. This is your code:

{{ code }}

{% if link %}
Open this link on your iPhone, iPad or Mac, and confirm:

{{ link }}

Or enter the code by hand:

{% else %}
To use it, on your iPhone, iPad or Mac:

{% endif %}
1. Open the App Store and choose your picture or your initials.
2. Choose "Redeem Gift Card or Code".
3. Enter the code, and sign in with your Apple Account.

You pay nothing. The code works once, and what it gives stays with the Apple
Account that uses it: please don't forward this mail, and keep it until you
have used the code.

Questions, or not the right person? Write to {{ contact }}.

{{ sender_name }}
"""

HTML = f"""\
{HEAD}\
<p>{{{{ account_name }}}} gives you {{{{ product_name }}}}. This is your code:</p>
<p style="margin: 24px 0; font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 20px; font-weight: bold; \
word-break: break-all;">{{{{ code }}}}</p>
{{% if link %}}
<p style="margin: 24px 0;"><a href="{{{{ link }}}}" style="display: inline-block; padding: 12px 24px; \
border-radius: 8px; background-color: #1a56a6; color: #ffffff; font-weight: bold; text-decoration: none;">\
Use the code</a></p>
<p>Or open this link on your iPhone, iPad or Mac:<br>
<a href="{{{{ link }}}}" style="word-break: break-all;">{{{{ link }}}}</a></p>
<p>Or enter the code by hand:</p>
{{% else %}}
<p>To use it, on your iPhone, iPad or Mac:</p>
{{% endif %}}
<ol style="padding-left: 24px;">
<li>Open the App Store and choose your picture or your initials.</li>
<li>Choose &#8220;Redeem Gift Card or Code&#8221;.</li>
<li>Enter the code, and sign in with your Apple Account.</li>
</ol>
<p>You pay nothing. The code works once, and what it gives stays with the Apple Account that uses it: please \
don&#8217;t forward this mail, and keep it until you have used the code.</p>
{TAIL}"""

CODE_TEMPLATES = {"code_subject": SUBJECT, "code_text": TEXT, "code_html": HTML}
