/** The page's style, with a light and a dark theme and without external fonts or files. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --error: #c62828; --warn: #b26a00; --info: #616161; --soft: #8881; }
@media (prefers-color-scheme: dark) { :root { --error: #ff8a80; --warn: #ffcc80; --info: #bdbdbd; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dt { color: var(--info); }
dd { margin: 0; }
code, .name { font-family: ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
thead th { position: sticky; top: 0; background: Canvas; }
thead button { all: unset; cursor: pointer; font-weight: 600; }
thead button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
.error { color: var(--error); }
.warn { color: var(--warn); }
.info { color: var(--info); }
.bar { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: .5rem 0; }
input[type=search] { font: inherit; padding: .35rem .6rem; min-width: 18rem; }
select, button.more { font: inherit; padding: .3rem .6rem; }
.muted { color: var(--info); }
details > summary { cursor: pointer; }
ul { margin: .25rem 0; padding-left: 1.25rem; }
`;
