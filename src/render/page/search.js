// Searches while one types: asks for what the form would ask for, and puts the answer into its place. Without this
// file the form works as any form does.
'use strict';
(() => {
  const form = document.getElementById('search');
  const found = document.getElementById('found');
  if (!form || !found || !window.fetch || !window.AbortController) return;
  const PAUSE = 150;
  let timer = 0;
  let asking = null;

  const address = () => {
    const asked = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) asked.append(name, value);
    return '/search?' + asked;
  };

  const search = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const here = address();
    try {
      const answer = await fetch(here + '&live=1', { signal: asking.signal, credentials: 'omit' });
      if (!answer.ok) return;
      const html = await answer.text();
      const parsed = new DOMParser().parseFromString(html, 'text/html');
      found.replaceChildren(...parsed.body.childNodes);
      history.replaceState(null, '', here);
    } catch (error) {
      if (error.name !== 'AbortError') form.submit();
    }
  };

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
  });
})();
