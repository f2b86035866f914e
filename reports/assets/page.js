'use strict';
(function () {
  var absent = function (v) { return v === '' || v === null; };

  function value(row, column) {
    var cell = row.cells[column];
    var v = cell.getAttribute('data-v');
    if (v === null) return cell.textContent.trim();
    return v === '' ? '' : Number(v);
  }

  /* Absent numbers stay at the end in both directions. */
  function sort(table, column, down) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows).map(function (row, at) {
      return { row: row, at: at, v: value(row, column) };
    });
    rows.sort(function (a, b) {
      if (absent(a.v) || absent(b.v)) return absent(a.v) - absent(b.v) || a.at - b.at;
      var o = typeof a.v === 'number' && typeof b.v === 'number' ? a.v - b.v
        : String(a.v).localeCompare(String(b.v), 'en', { numeric: true });
      return (down ? -o : o) || a.at - b.at;
    });
    rows.forEach(function (r) { body.appendChild(r.row); });
  }

  function sortable(table) {
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    heads.forEach(function (th, column) {
      var button = document.createElement('button');
      button.type = 'button';
      while (th.firstChild) button.appendChild(th.firstChild);
      if (th.classList.contains('b')) button.style.display = 'flex';
      th.appendChild(button);
      button.addEventListener('click', function () {
        var down = th.getAttribute('aria-sort') === 'ascending';
        heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
        th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        sort(table, column, down);
      });
    });
  }

  function filterBox(before, text, apply) {
    var box = document.createElement('div');
    var label = document.createElement('label');
    var input = document.createElement('input');
    var said = document.createElement('output');
    box.className = 'filter';
    input.type = 'search';
    input.placeholder = 'words, all must match';
    label.append(text + ' ', input);
    box.append(label, said);
    input.addEventListener('input', function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      said.textContent = apply(function (s) {
        var t = s.toLowerCase();
        return words.every(function (w) { return t.indexOf(w) >= 0; });
      }, words.length > 0);
    });
    before.parentNode.insertBefore(box, before);
    return box;
  }

  function filterRows(table) {
    var rows = Array.prototype.slice.call(table.tBodies[0].rows);
    if (rows.length < 5) return;
    filterBox(table.parentNode, 'Filter', function (matches, active) {
      var shown = 0;
      rows.forEach(function (row) {
        row.hidden = !matches(row.textContent);
        shown += row.hidden ? 0 : 1;
      });
      return active ? shown + ' of ' + rows.length + ' rows' : '';
    });
  }

  function problems(list) {
    var all = Array.prototype.slice.call(list.querySelectorAll('details'));
    var box = filterBox(list, 'Filter problems and variants', function (matches, active) {
      var shown = 0;
      all.forEach(function (d) {
        var name = d.querySelector('.name').textContent;
        var rows = Array.prototype.slice.call(d.querySelectorAll('tbody tr'));
        var any = 0;
        rows.forEach(function (row) {
          row.hidden = !matches(name + ' ' + row.textContent);
          any += row.hidden ? 0 : 1;
        });
        d.hidden = !any;
        shown += any;
      });
      return active ? shown + ' rows match' : '';
    });
    [['Open all', true], ['Close all', false]].forEach(function (b) {
      var button = document.createElement('button');
      button.type = 'button';
      button.textContent = b[0];
      button.addEventListener('click', function () { all.forEach(function (d) { d.open = b[1]; }); });
      box.insertBefore(button, box.lastChild);
    });
  }

  /* Of several tables only the chosen one is shown. */
  function choices(box, number) {
    var all = Array.prototype.slice.call(box.children);
    if (all.length < 2) return;
    var set = document.createElement('fieldset');
    var legend = document.createElement('legend');
    set.className = 'choose';
    legend.textContent = box.getAttribute('data-label');
    set.appendChild(legend);
    all.forEach(function (part, at) {
      var label = document.createElement('label');
      var input = document.createElement('input');
      input.type = 'radio';
      input.name = 'choice-' + number;
      input.checked = at === 0;
      label.append(input, ' ' + part.getAttribute('data-choice'));
      set.appendChild(label);
      part.hidden = at > 0;
      input.addEventListener('change', function () {
        all.forEach(function (other) { other.hidden = other !== part; });
      });
    });
    box.insertBefore(set, all[0]);
  }

  function openTarget() {
    var at = location.hash && document.getElementById(location.hash.slice(1));
    if (at && at.tagName === 'DETAILS') { at.open = true; at.scrollIntoView(); }
  }

  document.querySelectorAll('table.data').forEach(sortable);
  document.querySelectorAll('table[data-filter]').forEach(filterRows);
  document.querySelectorAll('.choices').forEach(choices);
  document.querySelectorAll('.problems').forEach(problems);
  window.addEventListener('beforeprint', function () {
    document.querySelectorAll('details').forEach(function (d) { d.open = true; });
  });
  window.addEventListener('hashchange', openTarget);
  openTarget();
})();
