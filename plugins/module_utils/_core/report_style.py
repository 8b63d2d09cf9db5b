# Copyright (c) 2026 openmdm.vpp contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the page looks, and the little that it does. Both stand in the page, and its policy allows these very texts only.

Without the script everything can be read; the script makes the heads of tables sort them, adds a filter to long ones,
and opens what is closed before the page is printed.
"""

from __future__ import annotations

import base64
import hashlib

STYLE = """
:root{color-scheme:light dark;--page:#f4f6f9;--card:#ffffff;--text:#18212f;--soft:#4d596b;--line:#d5dbe4;--link:#1756b3;
--fill:#2f6fd0;--rest:#cfdcf0;--idle:#c98500;--good:#16704a;--warn:#8a5200;--bad:#b3261e;--badbg:#fdeceb;--warnbg:#fdf3e1;
--notebg:#eaf1fb;--h1:#eef4fc;--h2:#d8e6f9;--h3:#b9d2f3;--h4:#93b9ea;--h5:#79a7e3}
@media (prefers-color-scheme:dark){:root{--page:#0f141b;--card:#18202b;--text:#e8edf4;--soft:#a9b4c4;--line:#35404f;
--link:#8dbbff;--fill:#6aa5f8;--rest:#33445e;--idle:#e0a63a;--good:#62d39a;--warn:#f0b85c;--bad:#ff9389;--badbg:#3a1f1f;
--warnbg:#382c17;--notebg:#1b2c45;--h1:#1a2636;--h2:#1d3150;--h3:#1f3f6d;--h4:#234d89;--h5:#285ba3}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-999rem;padding:.6rem 1rem;background:var(--card);z-index:9}
.skip:focus{left:1rem;top:1rem}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:0 0 .25rem;line-height:1.3}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p{margin:.25rem 0 .75rem;max-width:60rem}
.sub{color:var(--soft);margin:.35rem 0 0}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;list-style:none;margin:1rem 0 0;padding:0;font-size:.9375rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.keys{display:grid;grid-template-columns:repeat(4,1fr);gap:.75rem;margin:1.25rem 0 0;padding:0}
.keys div{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.8rem 1rem;display:flex;
flex-direction:column}
.keys dt{order:2;color:var(--soft);font-size:.875rem;line-height:1.35}
.keys dd{margin:0;order:1;font-size:1.65rem;font-weight:650;line-height:1.2;font-variant-numeric:tabular-nums;
letter-spacing:-.01em}
.keys .bad dd{color:var(--bad)}
.keys .warning dd{color:var(--warn)}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1.1rem 1.25rem;margin:1rem 0}
.note,.lead{color:var(--soft);font-size:.9375rem}
.found{list-style:none;margin:.5rem 0 0;padding:0}
.found li{border-left:.3rem solid var(--link);background:var(--notebg);border-radius:.3rem;padding:.45rem .75rem;
margin:.4rem 0}
.found .bad{border-color:var(--bad);background:var(--badbg)}
.found .warning{border-color:var(--idle);background:var(--warnbg)}
.found b{margin-right:.35rem}
.found .note{color:inherit;font-size:inherit}
.found .bad b{color:var(--bad)}
.found .warning b{color:var(--warn)}
.wide{overflow-x:auto;margin:.5rem -.25rem 0;padding:0 .25rem;position:relative}
table{border-collapse:collapse;width:100%;font-size:.9375rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding:0 0 .4rem}
th,td{padding:.42rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
tbody tr:last-child>*{border-bottom:0}
thead th{font-size:.8125rem;color:var(--soft);font-weight:600;vertical-align:bottom;border-bottom:2px solid var(--line);
line-height:1.3}
tbody th{font-weight:600;min-width:9rem}
th.n,td.n{text-align:right;white-space:nowrap}
td.bar{min-width:7rem;width:16%;padding-top:.82rem}
.keep{white-space:nowrap}.none{color:var(--soft)}
td small,th small{display:block;color:var(--soft);font-weight:400;font-size:.8125rem;overflow-wrap:anywhere}
caption span{display:block;max-width:calc(100vw - 4.5rem)}
thead button{font:inherit;color:inherit;background:none;border:0;padding:.1rem 0;margin:0;cursor:pointer;
text-align:inherit}
thead button:hover{color:var(--text);text-decoration:underline}
thead button::after{content:"\\2195";margin-left:.3rem;opacity:.55}
thead [aria-sort=ascending] button::after{content:"\\2191";opacity:1}
thead [aria-sort=descending] button::after{content:"\\2193";opacity:1}
.filter{display:flex;flex-wrap:wrap;gap:.4rem .75rem;align-items:center;margin:.6rem 0 0;font-size:.875rem;
color:var(--soft)}
.filter input{font:inherit;color:var(--text);background:var(--page);border:1px solid var(--soft);border-radius:.4rem;
padding:.3rem .6rem;min-width:14rem;max-width:100%}
svg{display:block;width:100%;height:.7rem;border-radius:.2rem}
.big svg{height:1.4rem}
.rest{fill:var(--rest)}.fill{fill:var(--fill)}.idle{fill:var(--idle)}.soft{fill:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;list-style:none;margin:.6rem 0 0;padding:0;font-size:.9375rem}
.legend svg{display:inline-block;width:.8rem;height:.8rem;margin-right:.45rem;vertical-align:-.06rem}
.yes{color:var(--good);font-weight:600}.no{color:var(--soft)}.badtext{color:var(--bad);font-weight:600}
.warntext{color:var(--warn);font-weight:600}
.grid th,.grid td{border:1px solid var(--card);min-width:0}
.grid{table-layout:fixed;min-width:46rem}
.grid thead th{border-bottom-width:2px;text-align:center;white-space:normal;overflow-wrap:anywhere;padding:.4rem .2rem;
font-size:.78rem}
.grid thead th:first-child{text-align:left;width:11rem}
.grid thead button::after,.grid thead [aria-sort] button::after{content:none}
.grid thead button{text-align:center}.grid thead [aria-sort]{border-bottom-color:var(--link)}
.grid td{text-align:center;vertical-align:middle;padding:.42rem .2rem}
.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}
.h5{background:var(--h5)}
.h0{color:var(--soft)}
details{border-top:1px solid var(--line)}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.6rem .2rem;font-weight:600}
.legend+details{margin-top:.9rem}
summary span{color:var(--soft);font-weight:400;margin-left:.6rem}
details>div{padding:0 .2rem 1rem}
footer{color:var(--soft);font-size:.875rem;padding-bottom:2.5rem}
@media (max-width:40rem){header,main,footer{padding-left:.85rem;padding-right:.85rem}h1{font-size:1.4rem}
section{padding:.9rem .85rem}.keys{grid-template-columns:repeat(2,1fr)}.keys dd{font-size:1.35rem}
th,td{padding:.4rem .45rem}td.bar,th.bar{display:none}.sub{font-size:.9375rem}}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--text:#000;--soft:#444;--line:#bbb;--link:#000;
--fill:#2f6fd0;
--rest:#d5dfee;--idle:#c98500;--good:#16704a;--warn:#8a5200;--bad:#b3261e;--badbg:#fff;--warnbg:#fff;--notebg:#fff;
--h1:#eef4fc;--h2:#d8e6f9;--h3:#b9d2f3;--h4:#93b9ea;--h5:#79a7e3}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
html{font-size:9pt}header,main,footer{max-width:none;padding:0}header{padding-top:0}
nav,.skip,.filter,.found a{display:none}
section{border:0;border-top:1.5pt solid #000;border-radius:0;padding:8pt 0 0;margin:12pt 0}
.wide{overflow:visible;margin:.5rem 0 0;padding:0}caption span{max-width:none}
h2,h3,caption,summary{break-after:avoid}tr,li,.keys div{break-inside:avoid}thead{display:table-header-group}
thead button::after{content:""}th,td{padding:.3rem .4rem}tbody th{min-width:0}th.n{white-space:normal}
.grid{min-width:0}.grid thead th:first-child{width:9rem}.grid th,.grid td{padding:.3rem .1rem}@page{margin:14mm}}
@media (forced-colors:active){svg{forced-color-adjust:none}.found li{border-left-width:.5rem}}
"""

SCRIPT = """
(function(){"use strict";
function all(what,where){return Array.prototype.slice.call((where||document).querySelectorAll(what));}
function value(row,place){var cell=row.cells[place];if(!cell){return "";}
var told=cell.getAttribute("data-v");if(told===null){told=cell.textContent.trim();}
if(!cell.classList.contains("n")){return told.toLowerCase();}
var found=parseFloat(told.replace(/[^0-9.-]/g,""));return isNaN(found)?-Infinity:found;}
function sort(table,head,place){
var body=table.tBodies[0],rows=all("tr",body),first=head.classList.contains("n")?"descending":"ascending";
var other=first==="ascending"?"descending":"ascending";
var way=head.getAttribute("aria-sort")===first?other:first,turn=way==="ascending"?1:-1;
rows=rows.map(function(row,at){return [value(row,place),at,row];});
rows.sort(function(a,b){
var text=typeof a[0]==="string"&&typeof b[0]==="string";
var order=text?a[0].localeCompare(b[0],undefined,{numeric:true}):(a[0]<b[0]?-1:a[0]>b[0]?1:0);
return order*turn||a[1]-b[1];});
all("thead th",table).forEach(function(one){one.removeAttribute("aria-sort");});
head.setAttribute("aria-sort",way);
var moved=document.createDocumentFragment();
rows.forEach(function(one){moved.appendChild(one[2]);});body.appendChild(moved);}
all("table.sort").forEach(function(table){
all("thead th",table).forEach(function(head,place){
if(head.classList.contains("bar")){return;}
var button=document.createElement("button");button.type="button";
while(head.firstChild){button.appendChild(head.firstChild);}
head.appendChild(button);button.addEventListener("click",function(){sort(table,head,place);});});
var rows=table.tBodies[0].rows;if(rows.length<15){return;}
var line=document.createElement("div"),label=document.createElement("label"),box=document.createElement("input");
var told=document.createElement("span");line.className="filter";box.type="search";box.autocomplete="off";
label.textContent="Show only rows with ";label.appendChild(box);told.setAttribute("role","status");
line.appendChild(label);line.appendChild(told);table.parentNode.parentNode.insertBefore(line,table.parentNode);
box.addEventListener("input",function(){var wanted=box.value.trim().toLowerCase(),shown=0;
all("tr",table.tBodies[0]).forEach(function(row){
row.hidden=wanted!==""&&row.textContent.toLowerCase().indexOf(wanted)<0;if(!row.hidden){shown+=1;}});
told.textContent=wanted===""?"":shown+" of "+rows.length+" rows";});});
window.addEventListener("beforeprint",function(){all("details:not([open])").forEach(function(one){
one.open=true;one.setAttribute("data-closed","");});});
window.addEventListener("afterprint",function(){all("details[data-closed]").forEach(function(one){
one.open=false;one.removeAttribute("data-closed");});});
})();
"""


def policy() -> str:
    """What the browser lets the page do: nothing but its own style and its own script, and no address at all."""
    style, script = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in (STYLE, SCRIPT)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; "
        "form-action 'none'"
    )
