//! The page's style, in the file itself.

pub(super) const CSS: &str = "
:root{color-scheme:light;font:16px/1.5 'IBM Plex Sans',system-ui,sans-serif;color:#1a1a1a;background:#fff}
body{margin:0 auto;max-width:64rem;padding:1rem}
header{display:flex;justify-content:space-between;border-bottom:3px solid #0059b3}
.brand{font-weight:700;margin:.5rem 0}.switch label{color:#004d99;text-decoration:underline;cursor:pointer}
.language{position:absolute;opacity:0}
.language:checked+label{font-weight:700;text-decoration:none;color:#1a1a1a}
.language:focus-visible+label{outline:3px solid #747474;outline-offset:2px}
body:has(#da:checked) [lang=en],body:has(#en:checked) [lang=da]{display:none}
h1{font-size:1.75rem}h2{font-size:1.25rem;margin-top:2rem}h3{font-size:1.05rem;margin:.5rem 0}
.result{display:inline-block;padding:.25rem .75rem;border-left:.5rem solid;font-weight:700}
.diagnostic{border-color:#cc0000;background:#ffe0e0}.uncertain{border-color:#b36b00;background:#ffeccc}.negative{border-color:#358000;background:#dcefc9}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dt{font-weight:600}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:.5rem 0;display:block;overflow-x:auto}
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #dcdcdc;vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}.bar rect{fill:#0059b3}
details{border:1px solid #bfbfbf;margin:.5rem 0;padding:.5rem .75rem}summary{cursor:pointer}
.id{color:#595959;font-size:.9em}.excluded{color:#8a1f00}.flag{color:#8a4b00;margin:.25rem 0}
.pedigree{margin:0}.drawing{overflow-x:auto}.pedigree svg{display:block}figcaption{color:#454545;font-size:.9375rem}
.person{fill:#fff;stroke:#1a1a1a;stroke-width:2}.person-affected{fill:#454545}.person-not-sequenced{stroke-dasharray:5 4}
.pedigree-line,.pedigree-arrow{fill:none;stroke:#1a1a1a;stroke-width:2}.pedigree-label{font-size:14px;fill:#1a1a1a}
.variant{overflow-wrap:anywhere}footer{margin-top:3rem;border-top:1px solid #bfbfbf;color:#454545}
@media print{header .switch{display:none}details{break-inside:avoid}}
";
