/** The stylesheet of every report. System fonts, light and dark, and fit to be printed. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2330;--soft:#667085;--rule:#e4e7ec;--card:#f8f9fb;--a:#2563eb;--b:#98a2b3;--gain:#12805c;--loss:#c8372d}
@media (prefers-color-scheme:dark){:root{--paper:#12151c;--ink:#e6e9ef;--soft:#98a2b3;--rule:#2a303c;--card:#191d26;--a:#6ea0ff;--b:#667085;--gain:#3fb68b;--loss:#f0776d}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:26px;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:16px;margin:36px 0 10px}
.sub{color:var(--soft);margin:0 0 20px}
.chip{display:inline-block;background:var(--card);border:1px solid var(--rule);border-radius:6px;padding:1px 8px;margin:0 6px 6px 0;font-size:13px}
.warn{border:1px solid var(--loss);color:var(--loss);border-radius:8px;padding:8px 14px;margin:0 0 20px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:18px 0 8px}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:10px 14px}
.card b{display:block;font-size:21px;font-weight:650;letter-spacing:-.01em}
.card span{color:var(--soft);font-size:13px}
.up{color:var(--gain)}.down{color:var(--loss)}
figure{margin:14px 0;position:relative}
figcaption{font-size:13px;color:var(--soft);margin-bottom:2px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-size:11px;fill:var(--soft)}.end{text-anchor:end}.middle{text-anchor:middle}
.grid line{stroke:var(--rule)}.base{stroke:var(--soft);stroke-dasharray:3 3}.cursor{stroke:var(--soft)}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.line.a{stroke:var(--a)}.line.b{stroke:var(--b);stroke-width:1.2}.line.loss{stroke:var(--loss)}.line.gain{stroke:var(--gain)}
.area{opacity:.16;stroke:none}.area.a{fill:var(--a)}.area.loss{fill:var(--loss)}.area.gain{fill:var(--gain)}
.mark{stroke:var(--paper);stroke-width:1}.mark.gain,.bars .gain{fill:var(--gain)}.mark.loss,.bars .loss{fill:var(--loss)}.mark.a{fill:var(--a)}
.key::before{content:"";display:inline-block;width:14px;height:3px;border-radius:2px;margin:0 5px 3px 14px;background:var(--b)}
.key.a::before{background:var(--a)}.key.loss::before{background:var(--loss)}.key.gain::before{background:var(--gain)}
.tip{position:absolute;top:22px;pointer-events:none;background:var(--paper);border:1px solid var(--rule);border-radius:8px;padding:5px 10px;font-size:12.5px;white-space:pre;box-shadow:0 2px 10px #0002;z-index:2}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(340px,1fr));gap:8px 28px}
.thirds{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:8px 28px;align-items:start}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{font-weight:500;color:var(--soft);text-align:left}
td,th{padding:4px 8px;border-bottom:1px solid var(--rule);white-space:nowrap}
td.n,th.n{text-align:right}td.wrap{white-space:normal;min-width:22em}
.facts td{text-align:right}.facts tr:last-child>*{border-bottom:0}
.months td,.months th+th{text-align:right}.months td{border:2px solid var(--paper);border-radius:4px}
.months td.gain{background:color-mix(in srgb,var(--gain) var(--depth),transparent)}.months td.loss{background:color-mix(in srgb,var(--loss) var(--depth),transparent)}
.months .year{font-weight:600}
.heat rect{stroke:var(--paper)}.heat text{font-size:11px}
.trades{max-height:460px;overflow:auto;border:1px solid var(--rule);border-radius:10px}
.trades thead th{position:sticky;top:0;background:var(--card)}
.empty{color:var(--soft)}
.scale{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin:2px 0 0;font-size:12.5px;color:var(--soft)}.scale span{display:flex;border-radius:3px;overflow:hidden}.scale i{width:8px;height:10px}
@media (max-width:640px){main{padding:20px 14px 48px}h1{font-size:22px}.plot{overflow-x:auto}svg.full{min-width:600px}svg.full text{font-size:16px}svg.half text{font-size:15px}.pair,.thirds{grid-template-columns:minmax(0,1fr)}}
footer{margin-top:44px;color:var(--soft);font-size:12.5px;border-top:1px solid var(--rule);padding-top:12px;overflow-wrap:anywhere}
@media print{main{max-width:none;padding:0}.trades{max-height:none}}
`;
