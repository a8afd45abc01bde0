// How does the crew card look? Light on dark for a hallway at night, a phone first; paper is dark on light.

/** Contrast of every text with its ground is at least 7 to 1, measured in tests/e2e/pages.test.ts. */
export const cardStyle = `
:root { color-scheme: dark; --ground: #0c1014; --panel: #181e25; --text: #fff; --soft: #c6d0da; --rule: #46525e; --alarm: #ffd400; --link: #9fd0ff }
* { box-sizing: border-box }
body { background: var(--ground); color: var(--text); font: 1.125rem/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 40rem; padding: .75rem; overflow-wrap: anywhere }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; padding: 0 } ul, ol { list-style: none }
header { padding-bottom: .75rem } h1 { font-size: 1.5rem; line-height: 1.2 } header p { color: var(--soft) }
h2 { font-size: 1.25rem; margin: 1.5rem 0 .5rem }
.alarm { background: var(--alarm); border-radius: .4rem; color: #000; font-weight: 700; margin-bottom: .75rem; padding: .6rem .75rem }
a { color: var(--link) } .alarm a { color: inherit } .alarm p + p { font-weight: 400 }
.line { background: var(--panel); border: 2px solid var(--rule); border-inline-start-width: .75rem; border-radius: .4rem; margin-bottom: .6rem; padding: .6rem .75rem }
.line h3 { font-size: 1rem; font-weight: 400; color: var(--soft) }
.said { font-size: 1.5rem; font-weight: 800; line-height: 1.15; overflow-wrap: normal } .sign { display: inline-block; margin-inline-end: .4em }
.cpr .said { font-size: clamp(1.5rem, 10vw, 3.6rem) } .cpr h2 { margin: 0 } .cpr { border-width: 4px; border-inline-start-width: .75rem; padding: .9rem .75rem }
.do { --mark: #5fe39a; --fill: #06311a } .do_not { --mark: #ff9a8f; --fill: #45090b } .conditional { --mark: #ffc04d; --fill: #3a2500 }
.unknown, .no_record { --mark: #d7dfe6; --fill: #22282e }
.line.do, .line.do_not, .line.conditional, .line.unknown, .line.no_record { background: var(--fill); border-color: var(--mark) }
.line.unknown, .line.no_record { border-style: dashed } .said, .entry strong { color: var(--mark) }
.cpr .said { color: #fff } .cpr .sign { color: var(--mark) }
.line.strong { outline: 5px solid var(--alarm); outline-offset: 2px; margin-block: .8rem }
.conflict { background: var(--alarm); color: #000; display: inline-block; font-weight: 800; margin: .3rem 0; padding: .2rem .5rem; border-radius: .25rem }
.conflict.weak { background: none; border: 2px solid var(--alarm); color: var(--alarm) }
blockquote { border-inline-start: 3px solid var(--soft); font-size: 1.2rem; margin: .4rem 0; padding-inline-start: .6rem; white-space: pre-line }
.where { color: var(--soft) } .whole { white-space: nowrap } .jump { color: var(--link); display: block; min-height: 2.75rem; padding: .5rem 0 } .note { font-weight: 700 }
.entry { border-top: 1px solid var(--rule); margin-top: .5rem; padding-top: .5rem } .against .entry strong { font-size: 1.5rem }
details { margin-top: .5rem } summary { color: var(--link); cursor: pointer; min-height: 2.75rem; padding: .6rem 0 }
.none li { border-bottom: 1px solid var(--rule); display: flex; gap: .5rem; padding: .45rem 0 }
.person { background: var(--panel); border: 2px solid var(--rule); border-radius: .4rem; margin-bottom: .6rem; padding: .6rem .75rem } .person strong { font-size: 1.25rem }
.call { background: var(--link); border-radius: .4rem; color: #000; display: block; font-size: 1.4rem; font-weight: 800; margin: .4rem 0; min-height: 3rem; padding: .5rem .75rem; text-align: center; text-decoration: none }
a:focus-visible, summary:focus-visible { outline: 4px solid var(--alarm); outline-offset: 2px }
.holders li { border-bottom: 1px solid var(--rule); padding: .4rem 0 } .bad { color: var(--alarm); font-weight: 700 }
footer { border-top: 1px solid var(--rule); color: var(--soft); margin-top: 1.5rem; padding: .75rem 0 }
@media print {
  :root { color-scheme: light; --ground: #fff; --panel: #fff; --text: #000; --soft: #333; --rule: #777; --alarm: #fff; --link: #000 }
  html { font-size: 11pt } body { font-size: 1rem; max-width: none } .line, .entry { --mark: #000 !important; --fill: #fff !important; break-inside: avoid } .cpr .said { color: #000 }
  .alarm, .conflict, .conflict.weak { border: 3px solid #000; color: #000 } .bad { color: #000 } .line.strong { outline-color: #000 } .call { background: none; border: 1px solid #000 }
  details::details-content { content-visibility: visible; block-size: auto }
}
`;
