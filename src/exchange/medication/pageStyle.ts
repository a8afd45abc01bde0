// How does the medication overview look? Tables on a desk, cards on a phone, A4 across on paper; light or dark as the reader has it.

export const overviewStyle = `
:root { color-scheme: light dark; --ground: #fff; --text: #10161c; --soft: #47525d; --rule: #c3ccd4; --head: #eef2f6; --alarm: #8a1c14; --alarm-ground: #fdecea; --quiet: #f4f6f8; --use: #e8f1fb; --link: #0b4f94 }
@media (prefers-color-scheme: dark) { :root { --ground: #11161b; --text: #f2f5f8; --soft: #b7c2cc; --rule: #44505b; --head: #1d252d; --alarm: #ffb4ab; --alarm-ground: #3d1411; --quiet: #1a2027; --use: #12283d; --link: #9fd0ff } }
* { box-sizing: border-box }
body { background: var(--ground); color: var(--text); font: 1rem/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 88rem; padding: 1rem; overflow-wrap: break-word }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem } h3 { font-size: 1rem; margin: 1rem 0 .25rem }
p { margin: .25rem 0 } ul { margin: .25rem 0; padding-inline-start: 1.2rem }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; padding: 0 } .soft { color: var(--soft) }
.alarm { background: var(--alarm-ground); border: 2px solid var(--alarm); border-inline-start-width: .6rem; border-radius: .3rem; margin: .75rem 0; padding: .5rem .75rem } .alarm strong, .bad { color: var(--alarm) }
.holders { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem } .sign { display: inline-block; font-weight: 700; min-width: 1.2em }
table { border-collapse: collapse; table-layout: fixed; width: 100% } td, tbody th { hyphens: auto } th, td { border-bottom: 1px solid var(--rule); padding: .4rem .5rem; text-align: start; vertical-align: top }
thead th { background: var(--head); font-size: .85rem } tbody { border-bottom: 3px solid var(--rule) }
.lead .medicine { font-size: 1.1rem; font-weight: 700 } .chip { border: 1px solid var(--text); border-radius: 1rem; display: inline-block; font-size: .85rem; font-weight: 600; margin-top: .2rem; padding: 0 .6rem; }
.kind { font-weight: 700; white-space: nowrap } abbr { text-decoration: none } .stop td, .stop th { background: var(--quiet) } .deviates td, .deviates th { background: var(--use) } .deviates .remarks strong::before { content: "≠ " }
thead th:nth-child(1) { width: 3.8rem } thead th:nth-child(2) { width: 16% } thead th:nth-child(3), thead th:nth-child(4) { width: 6.8rem } thead th:nth-child(5) { width: 19% } thead th:nth-child(6) { width: 7% } thead th:nth-child(8) { width: 11% } thead th:nth-child(9) { width: 14% }
.fold td { border-bottom: 0; padding-block: 0 .3rem } details { margin: .1rem 0 } .folds { display: flex; flex-wrap: wrap; gap: 0 1.5rem } small { font-size: .85em } summary { color: var(--link); cursor: pointer; padding: .25rem 0 }
code { font-size: .8em; overflow-wrap: anywhere } footer { border-top: 1px solid var(--rule); color: var(--soft); margin-top: 2rem; padding-top: .75rem } summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
@media screen and (max-width: 66rem) {
  table, tbody, tr, td, th { display: block } thead { display: none } tbody { border: 2px solid var(--rule); border-radius: .4rem; margin-bottom: .9rem } tr { border-bottom: 1px solid var(--rule); padding: .3rem 0 }
  td, tbody th { border: 0; padding: .15rem .7rem } td:empty { display: none } td[data-column]::before { color: var(--soft); content: attr(data-column) ": "; font-weight: 400 } .lead .medicine { font-size: 1.25rem } td.medicine[data-column]::before { content: none } abbr::after { content: " " attr(title); font-weight: 400 } summary { min-height: 2.75rem; padding: .6rem 0 }
}
@media print {
  @page { size: A4 landscape; margin: 12mm } :root { color-scheme: light; --ground: #fff; --text: #000; --soft: #333; --rule: #888; --head: #fff; --alarm: #000; --alarm-ground: #fff; --quiet: #fff; --use: #fff; --link: #000 }
  html { font-size: 9pt } body { max-width: none; padding: 0 } tbody { break-inside: avoid } thead { display: table-header-group } .stop td { font-style: italic } details::details-content { content-visibility: visible; block-size: auto }
}
`;
