// The pages of the documentation: theme, the list of pages on phones, copying code, and search. A classic script, so that the
// theme applies before anything is shown.
const root = document.documentElement;
const theme = localStorage.getItem('rushes-theme');
if (theme && theme !== 'auto') root.dataset.theme = theme;
root.dataset.scripted = '';

addEventListener('DOMContentLoaded', () => {
  foldMenu();
  startSearch(document.querySelector('.doc-search'));
  document.querySelectorAll('.code').forEach(addCopy);
  // After the search field, which moves the list.
  document.querySelector('#menu [aria-current]')?.scrollIntoView({ block: 'nearest' });
});

function foldMenu() {
  const button = document.querySelector('.menu-button');
  button.addEventListener('click', () => {
    const open = root.toggleAttribute('data-menu');
    button.setAttribute('aria-expanded', open);
  });
}

function addCopy(code) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code.querySelector('code').textContent);
    button.textContent = 'Copied';
  });
  // Without https browsers allow no copying.
  if (navigator.clipboard) code.append(button);
}

function startSearch(search) {
  const input = search.querySelector('input');
  const found = search.querySelector('.found');
  let index;
  search.hidden = false;
  const load = () => index ??= fetch(search.dataset.index).then(answer => answer.json()).then(entries => entries.map(prepare));
  input.addEventListener('focus', load);
  const update = async () => {
    const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (terms.length === 0) {
      found.hidden = true;
      return;
    }
    const asked = input.value;
    const entries = await load();
    if (input.value === asked) show(found, rank(entries, terms), terms);
  };
  input.addEventListener('input', update);
  input.addEventListener('focus', update);
  search.addEventListener('keydown', event => move(event, search, input, found));
  search.addEventListener('focusout', event => {
    if (event.relatedTarget && !search.contains(event.relatedTarget)) found.hidden = true;
  });
  addEventListener('click', event => {
    // A result on the same page only moves the page.
    if (!search.contains(event.target) || event.target.closest('a')) found.hidden = true;
  });
  addEventListener('keydown', event => {
    const typing = event.target.closest('input, textarea, select');
    if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    input.focus();
  });
}

/** Arrow keys go through the results, Enter opens the first, Escape closes them. */
function move(event, search, input, found) {
  const links = [...found.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === 'Escape') {
    found.hidden = true;
    input.focus();
  } else if (event.key === 'Enter' && at < 0 && !found.hidden) links[0]?.click();
  else if (step && !found.hidden) {
    event.preventDefault();
    (links[at + step] ?? input).focus();
  }
}

const prepare = entry => ({
  ...entry,
  low: { page: entry.page.toLowerCase(), title: entry.title.toLowerCase(), text: entry.text.toLowerCase() },
});

/** The sections that have all terms; a term in a heading counts more than one in the text. */
function rank(entries, terms) {
  const scored = [];
  for (const entry of entries) {
    let score = entry.low.title === terms.join(' ') ? 20 : 0;
    const all = terms.every(term => {
      const worth = (entry.low.title.includes(term) ? 8 : 0) + (entry.low.page.includes(term) ? 4 : 0)
        + (entry.low.text.includes(term) ? 1 : 0);
      score += worth;
      return worth > 0;
    });
    if (all) scored.push({ entry, score });
  }
  return scored.sort((a, b) => b.score - a.score).slice(0, 20).map(each => each.entry);
}

function show(found, entries, terms) {
  found.hidden = false;
  found.querySelector('[role=status]').textContent = entries.length === 0 ? 'No results' : '';
  found.querySelector('ul').replaceChildren(...entries.map(entry => {
    const [item, link, title, text] = ['li', 'a', 'b', 'span'].map(name => document.createElement(name));
    link.href = entry.url;
    title.append(...mark(entry.title === entry.page ? entry.page : `${entry.page}: ${entry.title}`, terms));
    text.append(...mark(excerpt(entry, terms), terms));
    link.append(title, text);
    item.append(link);
    return item;
  }));
}

function excerpt({ text, low }, terms) {
  const first = Math.min(...terms.map(term => low.text.indexOf(term)).filter(at => at >= 0), text.length);
  const start = first === text.length || first < 50 ? 0 : text.lastIndexOf(' ', first - 30) + 1;
  const end = text.length - start <= 150 ? text.length : text.lastIndexOf(' ', start + 150);
  return `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`;
}

/** The text as nodes, with the terms marked. */
function mark(text, terms) {
  const pattern = new RegExp(`(${terms.map(term => term.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'i');
  return text.split(pattern).map((part, i) => {
    if (i % 2 === 0) return part;
    const marked = document.createElement('mark');
    marked.textContent = part;
    return marked;
  });
}
