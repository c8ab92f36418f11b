// How a report's page looks: on a narrow and a wide screen, dark and light, and on paper.
#pragma once

namespace pgark::cli::report {

inline constexpr const char* kStyle = R"css(
:root { color-scheme: light dark; --ground: #ffffff; --text: #1c2128; --dim: #5b6470; --line: #d9dee4;
  --soft: #f4f6f8; --good: #1a7f37; --warning: #8a5a00; --bad: #c0262d; --bar: #3b76c4; --second: #b4792c; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --text: #e3e7ec; --dim: #9aa4b0;
  --line: #333b45; --soft: #1d232a; --good: #57c26f; --warning: #e0aa3e; --bad: #ff7b72; --bar: #6ea8f0; --second: #d9a45b; } }
@media print { :root { color-scheme: light; --ground: #ffffff; --text: #000000; --dim: #444444; --line: #bbbbbb;
  --soft: #ffffff; --good: #1a7f37; --warning: #8a5a00; --bad: #c0262d; --bar: #3b76c4; --second: #b4792c; }
  body { padding: 0; } .scroll { overflow: visible; } tr, dl div { break-inside: avoid; } h2 { break-after: avoid; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.2rem; max-width: 68rem; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; print-color-adjust: exact; }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 1.8rem 0 .5rem; font-size: 1.1rem; }
p { margin: .4rem 0; } .note, footer { color: var(--dim); font-size: .87rem; }
footer { margin-top: 2rem; padding-top: .6rem; border-top: 1px solid var(--line); }
.verdict { padding: .5rem .8rem; border-left: .3rem solid var(--dim); background: var(--soft); font-weight: 600;
  overflow-wrap: anywhere; }
.verdict.good { border-color: var(--good); } .verdict.warning { border-color: var(--warning); }
.verdict.bad { border-color: var(--bad); }
.good { color: var(--good); } .warning { color: var(--warning); } .bad { color: var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: 0 1.5rem; margin: 0; }
dl div { display: flex; gap: .8rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
dt { flex: 0 0 7.5rem; color: var(--dim); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
h1, dd, td, .verdict { unicode-bidi: isolate; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--dim); font-weight: 600; white-space: nowrap; } td { max-width: 26rem; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; }
svg { display: block; width: 100%; height: .4rem; margin-top: .25rem; min-width: 4rem; }
.track { fill: var(--line); } .bar { fill: var(--bar); } .second { fill: var(--second); }
.lane { display: grid; grid-template-columns: 7.5rem 1fr 3.2rem; gap: .8rem; align-items: center; padding: .15rem 0; }
.lane svg { height: 1.1rem; margin: 0; } .lane .name, .axis, .key { color: var(--dim); font-size: .87rem; }
.axis { display: flex; justify-content: space-between; } .lanes .axis { margin: 0 4rem 0 8.3rem; }
.curve svg { height: 6rem; } .key span { margin-right: 1.2rem; } .key svg { display: inline; width: .8rem; height: .8rem;
  min-width: 0; margin: 0 .35rem -.1rem 0; }
@media (max-width: 34rem) { .lane { grid-template-columns: 1.6rem 1fr 3rem; gap: .4rem; } .lane .word { display: none; }
  .lanes .axis { margin: 0 3.4rem 0 2rem; } }
)css";

}  // namespace pgark::cli::report
