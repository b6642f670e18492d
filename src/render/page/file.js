// Shows the papers that have all the words which are typed. Without it all of them are shown.
'use strict';
(() => {
  const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  const form = document.getElementById('search');
  const field = document.getElementById('q');
  const count = document.getElementById('count');
  const papers = [...document.querySelectorAll('.papers > li')].map((row) => [row, plain(row.textContent)]);
  const search = () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of papers) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    for (const section of document.querySelectorAll('section')) {
      section.hidden = !section.querySelector('.papers > li:not([hidden])');
    }
    count.textContent = words.length ? `${shown} of ${papers.length} papers` : `${papers.length} papers`;
  };
  form.hidden = false;
  form.addEventListener('submit', (event) => event.preventDefault());
  field.addEventListener('input', search);
  search();
})();
