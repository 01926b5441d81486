"""How the page of a report looks: on a screen in light and dark, on paper in light."""

from __future__ import annotations

from collections.abc import Mapping

from playground.exchange.exporting.report.svg import sheet

PAGE = """
* { box-sizing: border-box; }
body {
  margin: 0; padding: 32px 20px 40px; background: var(--background); color: var(--text);
  font: 15px/1.45 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
}
main, header, footer { max-width: 1040px; margin: 0 auto; }
h1 { font-size: 27px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 30px 0 10px; }
h3 { font-size: 14px; margin: 0 0 6px; }
p { margin: 0 0 6px; }
.line { font-size: 16px; }
.muted, footer, figcaption, dt { color: var(--muted); }
dl.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 8px;
  margin: 18px 0 0; }
dl.figures div { background: var(--panel); border: 1px solid var(--border); border-radius: 6px;
  padding: 8px 12px; }
dt { font-size: 12.5px; }
dd { margin: 0; font-size: 20px; font-weight: 600; font-variant-numeric: tabular-nums; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
  gap: 14px; }
figure, .card { margin: 0; padding: 12px 14px; background: var(--panel); border-radius: 6px;
  border: 1px solid var(--border); break-inside: avoid; overflow-x: auto; }
figure { display: flex; flex-direction: column; }
figure svg { width: 100%; margin: auto; }
figure.output svg { max-width: 400px; }
@media (min-width: 920px) {
  .charts.three figure.output { grid-column: 2; grid-row: 1 / span 2; }
  .charts.three figure.output svg { max-width: none; }
}
figcaption { font-size: 12.5px; margin-top: 4px; }
.verdict { margin-bottom: 10px; border-left-width: 5px; }
.verdict.red { border-left-color: var(--red); }
.verdict.amber { border-left-color: var(--amber); }
.verdict.note, .verdict.well { border-left-color: var(--accent); }
.verdict p { max-width: 90ch; }
.verdict .what { font-weight: 600; }
code { font: 13px ui-monospace, "DejaVu Sans Mono", monospace; color: var(--muted);
  overflow-wrap: anywhere; }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
  gap: 14px; align-items: start; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; overflow-wrap: anywhere;
  border-top: 1px solid var(--grid); }
tr:first-child > * { border-top: 0; }
th { font-weight: 500; color: var(--muted); }
table.settings th { width: 38%; }
table.numbers th, table.numbers td, table.layers th, table.layers td { overflow-wrap: normal; }
table.numbers td, table.numbers th + th { text-align: right;
  font-variant-numeric: tabular-nums; }
td.right { font-weight: 600; }
td.wrong { color: var(--red); }
footer { margin-top: 28px; font-size: 12.5px; }
svg .dark { display: none; }
"""

PAPER = """
@page { margin: 14mm; }
@media print {
  body { padding: 0; background: none; font-size: 12px; }
  .charts, .tables { grid-template-columns: 1fr 1fr; }
  figure svg { max-height: 62mm; }
  h2 { break-after: avoid; }
}
"""


def style_of(light: Mapping[str, str], dark: Mapping[str, str]) -> str:
    """The style sheet of a page, from the colours of its roles in both themes."""
    at_night = f":root {{ color-scheme: dark; {_variables(dark)} }}"
    images = "svg .light { display: none; } svg .dark { display: inline; }"
    return "\n".join((
        f":root {{ color-scheme: light; {_variables(light)} }}",
        f"@media screen and (prefers-color-scheme: dark) {{ {at_night} }}",
        PAGE.strip(),
        f"@media screen and (prefers-color-scheme: dark) {{ {images} }}",
        sheet(light, lambda role: f"var(--{role})"),
        PAPER.strip(),
    ))  # fmt: skip


def _variables(roles: Mapping[str, str]) -> str:
    return " ".join(f"--{role}: {colour};" for role, colour in roles.items())
