# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of our own: plain English, no pictures, nothing that needs HTML to be understood.

The HTML sets no colours but those of the button, which has its own background, so that it reads in the light and in
the dark; it has neither tables nor scripts, and its links stand as text, too. The plain text is wrapped, because names
of schools are long and many programs show its lines as they are; a link is never cut.
"""

from __future__ import annotations

SUBJECT = "Your invitation to apps and books from {{ account_name }}"

TEXT = """\
{% filter wordwrap(72, break_long_words=false, break_on_hyphens=false) %}
Hello{% if name %} {{ name }}{% endif %},

{{ account_name }} would like to give you apps and books for your iPhone, iPad or Mac. To be able to receive them, \
please accept this invitation once:

{{ link }}

1. Open the link on your iPhone, iPad or Mac.
2. Sign in with the Apple Account that you use for the App Store.
3. Agree to the terms.

You pay nothing. {{ account_name }} does not learn your password.

The invitation is for you alone, and it works once: please don't forward this mail. If you share your device, \
accept with your own Apple Account.

Questions, or not the right person? Write to {{ contact }}.

{{ sender_name }}
{% endfilter %}
"""

REMINDER_SUBJECT = "Reminder: your invitation to apps and books from {{ account_name }}"

REMINDER_TEXT = """\
{% filter wordwrap(72, break_long_words=false, break_on_hyphens=false) %}
Hello{% if name %} {{ name }}{% endif %},

{% if days > 1 %}{{ days }} days ago{% elif days == 1 %}Yesterday{% else %}Earlier{% endif %} we invited you to \
receive apps and books from {{ account_name }}. The invitation has not been accepted yet. Here is the link again:

{{ link }}

1. Open the link on your iPhone, iPad or Mac.
2. Sign in with the Apple Account that you use for the App Store.
3. Agree to the terms.

You pay nothing. {{ account_name }} does not learn your password.

If you accepted it today, there is nothing more to do. The invitation is for you alone, and it works once: please \
don't forward this mail.

Questions, or not the right person? Write to {{ contact }}.

{{ sender_name }}
{% endfilter %}
"""

HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ account_name }}</title>
<style>:root { color-scheme: light dark; supported-color-schemes: light dark; }</style>
</head>
<body style="margin: 0; padding: 16px;">
<div style="max-width: 34em; margin: 0 auto; font-family: -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; \
font-size: 16px; line-height: 1.5;">
<p>Hello{% if name %} {{ name }}{% endif %},</p>
"""

_LINK = """\
<p style="margin: 24px 0;"><a href="{{ link }}" style="display: inline-block; padding: 12px 24px; border-radius: 8px; \
background-color: #1a56a6; color: #ffffff; font-weight: bold; text-decoration: none;">Accept the invitation</a></p>
<p>Or open this link:<br>
<a href="{{ link }}" style="word-break: break-all;">{{ link }}</a></p>
<ol style="padding-left: 24px;">
<li>Open the link on your iPhone, iPad or Mac.</li>
<li>Sign in with the Apple Account that you use for the App Store.</li>
<li>Agree to the terms.</li>
</ol>
<p>You pay nothing. {{ account_name }} does not learn your password.</p>
"""

TAIL = """\
<p>Questions, or not the right person? Write to <a href="mailto:{{ contact }}">{{ contact }}</a>.</p>
<p>{{ sender_name }}</p>
</div>
</body>
</html>
"""

HTML = f"""\
{HEAD}\
<p>{{{{ account_name }}}} would like to give you apps and books for your iPhone, iPad or Mac. To be able to receive \
them, please accept this invitation once:</p>
{_LINK}\
<p>The invitation is for you alone, and it works once: please don&#8217;t forward this mail. If you share your device, \
accept with your own Apple Account.</p>
{TAIL}"""

REMINDER_HTML = f"""\
{HEAD}\
<p>{{% if days > 1 %}}{{{{ days }}}} days ago{{% elif days == 1 %}}Yesterday{{% else %}}Earlier{{% endif %}} we \
invited you to receive apps and books from {{{{ account_name }}}}. The invitation has not been accepted yet. Here is \
the link again:</p>
{_LINK}\
<p>If you accepted it today, there is nothing more to do. The invitation is for you alone, and it works once: please \
don&#8217;t forward this mail.</p>
{TAIL}"""

TEMPLATES = {
    "subject": SUBJECT,
    "text": TEXT,
    "html": HTML,
    "reminder_subject": REMINDER_SUBJECT,
    "reminder_text": REMINDER_TEXT,
    "reminder_html": REMINDER_HTML,
}
