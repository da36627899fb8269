// The API reference: a form for each call that sends it with the reader's own key. The key is kept until the page is left.
const box = document.querySelector('.try-key');
const reference = { document: null, key: '' };

/** The last request; another one ends it, because a stream can take as long as its job. */
let running = null;

const element = (name, fields = {}, ...children) => {
  const made = Object.assign(document.createElement(name), fields);
  made.append(...children);
  return made;
};

const labelled = (text, input) => element('label', { className: 'field' },
  element('span', { className: 'label', textContent: text }), input);

const load = () => reference.document ??= fetch(box.dataset.document).then(answer => answer.json());

const key = element('input', { type: 'password', autocomplete: 'off', spellcheck: false, placeholder: 'rk_…' });
key.addEventListener('input', () => { reference.key = key.value.trim(); });
box.append(labelled('API key', key), element('p', { className: 'help',
  textContent: 'For “Try it” below. Requests are real: jobs are created and charged as usual, unless dry_run is true.' }));

for (const call of document.querySelectorAll('.call[data-method]'))
  call.addEventListener('toggle', () => load().then(found => addForm(call, found)), { once: true });

// A link to a response body opens it.
const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (linked?.matches('details')) linked.open = true;

function addForm(call, found) {
  const { method, path } = call.dataset;
  const operation = found.paths[path][method.toLowerCase()];
  const example = operation.requestBody?.content['application/json']?.example;
  const inputs = (operation.parameters ?? []).map(parameter => ({
    ...parameter, input: element('input', {
      required: parameter.required, autocomplete: 'off', spellcheck: false, value: parameter.name === 'dry_run' ? 'true' : '',
    }),
  }));
  const body = example === undefined ? null
    : element('textarea', { rows: 6, spellcheck: false, value: JSON.stringify(example, null, 2) });
  const output = element('div', { className: 'try-answer' });
  output.setAttribute('role', 'status');
  const form = element('form', { className: 'try' }, element('h3', { textContent: 'Try it' }),
    ...inputs.map(({ name, required, input }) => labelled(required ? `${name} *` : name, input)),
    ...(body ? [labelled('Body', body)] : []),
    element('button', { className: 'button main', textContent: 'Send request' }), output);
  form.addEventListener('submit', event => {
    event.preventDefault();
    send({ method, path, inputs, body: body?.value, isOpen: operation.security?.length === 0 }, output);
  });
  call.append(form);
}

async function send({ method, path, inputs, body, isOpen }, output) {
  running?.abort();
  const stop = running = new AbortController();
  const given = place => inputs.filter(({ in: where, input }) => where === place && input.value)
    .map(({ name, input }) => [name, input.value]);
  const address = given('path').reduce((text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)), path);
  const query = new URLSearchParams(given('query'));
  const headers = new Headers(given('header'));
  if (!isOpen) headers.set(box.dataset.header, box.dataset.form.replace('KEY', reference.key));
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const status = element('p', { textContent: 'Sending …' });
  const text = element('code');
  output.replaceChildren(status, element('pre', { tabIndex: 0 }, text));
  const start = performance.now();
  try {
    const answer = await fetch(address + (query.size ? `?${query}` : ''),
      { method, headers, body, signal: stop.signal, credentials: 'omit' });
    status.textContent = `${answer.status} ${answer.statusText} · ${Math.round(performance.now() - start)} ms`;
    await show(answer, text);
  } catch (error) {
    if (!stop.signal.aborted) status.textContent = `The request failed: ${error.message}`;
  }
}

/** Shows JSON indented, streams as they come, and of other files only what they are. */
async function show(answer, text) {
  const type = answer.headers.get('Content-Type') ?? '';
  if (type.includes('json')) {
    text.textContent = JSON.stringify(await answer.json(), null, 2);
  } else if (type.startsWith('text/')) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text.textContent += part.value;
  } else {
    const { size } = await answer.blob();
    text.textContent = size ? `${type}, ${size.toLocaleString('en')} bytes` : 'No body';
  }
}
