/// How a page looks: on a wide screen, on a telephone, in the dark and on paper.
enum HTMLStyle {
    static let text = """
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--ground);color:var(--ink);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        main{max-width:1168px;margin:0 auto;padding:24px 32px 64px}
        h1,article>header>h2{font-size:1.75rem;line-height:1.25;margin:.1em 0 .5em;overflow-wrap:anywhere;text-wrap:balance}
        section>h2,section>h3{font-size:1.2rem;margin:0 0 .7em}
        article+article{border-top:3px solid var(--line);margin-top:56px;padding-top:32px}
        section{margin-top:40px}
        p{margin:.4em 0;max-width:75ch;overflow-wrap:anywhere}
        a{color:var(--link)}
        .kind{color:var(--muted);font-size:.875rem;letter-spacing:.04em;margin:0}
        .note{color:var(--muted);font-size:.875rem}
        .good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
        .verdict{font-weight:600;padding:.55em .9em;border-left:5px solid currentColor;background:var(--panel);max-width:none;border-radius:4px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px;margin:18px 0 0;padding:0;list-style:none}
        .figures li{background:var(--panel);border-radius:8px;padding:12px 14px;min-width:0;overflow-wrap:anywhere}
        .figures .name{color:var(--muted);font-size:.875rem}
        .figures strong,.figures .note{display:block}
        .figures strong{font-size:1.45rem;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,460px),1fr));gap:28px 24px;margin:8px 0 20px}
        figure{margin:0;min-width:0;break-inside:avoid}
        figure.broad{grid-column:1/-1}
        figcaption{font-weight:600;margin-bottom:8px}
        svg.plot{display:block;width:100%;height:auto;max-width:640px;overflow:visible}
        .broad svg.plot{max-width:none}
        svg.narrow{display:none}
        .plots .scroll{margin:0}
        .scroll{overflow-x:auto;margin:12px 0 20px}
        .scroll:focus-visible,button:focus-visible,input:focus-visible,a:focus-visible,summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;font-weight:600;padding:4px 0 8px;font-size:1rem}
        th,td{text-align:left;padding:6px 18px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}
        td,thead th,.short{white-space:nowrap}
        td.long{white-space:normal;min-width:22ch}
        tbody th{font-weight:500;overflow-wrap:break-word;max-width:26em}
        thead th{color:var(--muted);font-weight:600}
        .n{text-align:right}
        th button{font:inherit;color:inherit;background:none;border:0;padding:2px 0;cursor:pointer;text-align:inherit;min-height:24px}
        th button::after{content:" ↕";opacity:.75}
        th[aria-sort=ascending] button::after{content:" ↑";opacity:1}
        th[aria-sort=descending] button::after{content:" ↓";opacity:1}
        th[aria-sort=ascending],th[aria-sort=descending]{color:var(--ink)}
        .filter{display:flex;flex-wrap:wrap;gap:8px 14px;align-items:center;margin:10px 0 0;font-size:.9rem}
        .filter input{font:inherit;padding:5px 9px;border:1px solid var(--muted);border-radius:5px;background:var(--ground);color:var(--ink);width:14em;max-width:100%}
        .filter output{color:var(--muted)}
        .facts{display:grid;grid-template-columns:minmax(7em,max-content) 1fr minmax(7em,max-content) 1fr;margin:8px 0 20px;font-size:.9rem}
        .facts dt{color:var(--muted);padding:5px 14px 5px 0;border-bottom:1px solid var(--line)}
        .facts dd{margin:0;padding:5px 24px 5px 0;min-width:0;overflow-wrap:anywhere;border-bottom:1px solid var(--line)}
        .warnings{list-style:none;padding:0;margin:8px 0}
        .warnings li{padding:8px 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        .warnings li>span:first-child{font-weight:700;display:inline-block;width:1.2em}
        code{font:.875em ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace}
        .warnings code{color:var(--muted)}
        pre{background:var(--panel);padding:12px 14px;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;margin:8px 0}
        details{margin:8px 0}
        summary{cursor:pointer;padding:6px 0;font-weight:600}
        nav ol{padding-left:1.4em}
        .skip{position:absolute;left:-999em}
        .skip:focus{left:8px;top:8px;background:var(--panel);padding:8px 12px;z-index:1}
        @media (max-width:719px){main{padding:16px 16px 48px}h1,article>header>h2{font-size:1.35rem}
        svg.wide{display:none}svg.narrow{display:block;max-width:480px}caption{position:sticky;left:0;max-width:calc(100vw - 32px)}
        .figures{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}.figures strong{font-size:1.15rem}
        .figures li{padding:9px 11px}section{margin-top:32px}.facts{grid-template-columns:minmax(6.5em,max-content) 1fr}.facts dd{padding-right:0}}
        @media print{main{max-width:none;padding:0}.skip,.filter,nav{display:none}.scroll{overflow:visible}
        svg.wide{display:block}svg.narrow{display:none}details::details-content{content-visibility:visible;height:auto}
        body{font-size:11pt}th button::after{content:""}section,tr{break-inside:avoid}
        .figures li,.verdict,pre{border:1px solid var(--line)}}
        """
}

/// Tables that sort and filter. Without it they are as they were measured.
enum HTMLScript {
    static let text = """
        "use strict";
        document.querySelectorAll("table.sorts").forEach(function (table, number) {
          var body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
          function key(row, column) {
            var cell = row.cells[column];
            return "v" in cell.dataset ? Number(cell.dataset.v) : cell.textContent === "–" || cell.textContent === "" ? null : cell.textContent;
          }
          function order(a, b) {
            if (typeof a === "number" && typeof b === "number") return a - b;
            return String(a).localeCompare(String(b), "en", {numeric: true});
          }
          function sort(column) {
            var head = heads[column], sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
            heads.forEach(function (other) { other.setAttribute("aria-sort", "none"); });
            head.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
            rows.sort(function (left, right) {
              var a = key(left, column), b = key(right, column);
              return a === null || b === null ? (a === null) - (b === null) : sign * order(a, b);
            });
            rows.forEach(function (row) { body.appendChild(row); });
          }
          heads.forEach(function (head, column) {
            var button = document.createElement("button");
            button.type = "button";
            while (head.firstChild) button.appendChild(head.firstChild);
            head.appendChild(button);
            head.setAttribute("aria-sort", "none");
            button.addEventListener("click", function () { sort(column); });
          });
          if (rows.length < 4) return;
          var bar = document.createElement("div"), label = document.createElement("label"), input = document.createElement("input");
          var told = document.createElement("output");
          bar.className = "filter";
          input.type = "search";
          input.id = "filter-" + number;
          label.htmlFor = input.id;
          label.textContent = "Rows with";
          told.setAttribute("aria-live", "polite");
          bar.append(label, input, told);
          table.parentNode.before(bar);
          input.addEventListener("input", function () {
            var words = input.value.toLowerCase().split(/\\s+/).filter(Boolean), shown = 0;
            rows.forEach(function (row) {
              var text = row.textContent.toLowerCase(), fits = words.every(function (word) { return text.includes(word); });
              row.hidden = !fits;
              shown += fits ? 1 : 0;
            });
            told.textContent = words.length ? shown + " of " + rows.length + " rows" : "";
          });
        });
        """
}
