// The current request as code.
import { html, useState } from './html.js';
import { Choice, Copy } from './parts.js';
import { Icon } from './icons.js';

const languages = { curl: 'curl', javascript: 'JavaScript', python: 'Python', csharp: 'C#' };

export function Snippets({ model, fields, media }) {
  const [language, setLanguage] = useState('curl');
  const text = write[language](location.origin, model.id, ...split(fields, media));
  return html`<details class="card snippets"><summary><${Icon} name="code" size="18" />Code<${Icon} name="down" size="16" /></summary>
    <div class="inside">
      <${Choice} name="language" legend="Language" hideLegend value=${language} onChange=${setLanguage} options=${Object.entries(languages).map(([value, text]) => ({ value, text }))} />
      <div class="code"><${Copy} text=${text} name="Copy code" /><pre tabindex="0" aria-label=${`The request in ${languages[language]}`}><code>${text}</code></pre></div>
      <p class="help">Set the environment variable <code>RUSHES_API_KEY</code> to your API key. The video is saved as <code>video.mp4</code>.</p>
    </div>
  </details>`;
}

/** Separates fields and media; media are given by their file names. */
export function split(fields, media) {
  const files = Object.entries(fields).filter(([name]) => media[name]).map(([name]) => [name, media[name].name]);
  return [Object.fromEntries(Object.entries(fields).filter(([name]) => !media[name])), files];
}

const json = value => JSON.stringify(value);

export const write = {
  curl: (origin, model, fields, files) => {
    const body = JSON.stringify({ ...fields, ...Object.fromEntries(files.map(([name], i) => [name, `@${i}@`])) }, null, 2);
    // The shell expands these characters in an unquoted here-document.
    const safe = body.replace(/[\\$`]/g, '\\$&').replace(/"@(\d+)@"/g, (_, i) => `"$(base64 < ${shell(files[i][1])} | tr -d '\\n')"`);
    return `id=$(curl -s ${origin}/queue/${model} -H "Authorization: Bearer $RUSHES_API_KEY" \\
  -H 'Content-Type: application/json' -H 'x-pipelet-output: binary' --data-binary @- <<BODY | jq -r .request_id
${safe}
BODY
)
# Waits until the job ends; each event is a status.
curl -sN ${origin}/queue/${model}/requests/$id/status/stream -H "Authorization: Bearer $RUSHES_API_KEY"
url=$(curl -s ${origin}/queue/${model}/requests/$id -H "Authorization: Bearer $RUSHES_API_KEY" | jq -r .video.data_url)
curl -s "$url" -o video.mp4`;
  },

  javascript: (origin, model, fields, files) => `import { readFile, writeFile } from 'node:fs/promises';

const headers = { Authorization: \`Bearer \${process.env.RUSHES_API_KEY}\`, 'Content-Type': 'application/json', 'x-pipelet-output': 'binary' };
const call = async (url, more) => {
  const answer = await fetch(url, { headers, ...more });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};

const input = {${lines(fields, files, (name, value) => `${name}: ${value}`, file => `await readFile(${json(file)}, 'base64')`, json)}};
const job = await call('${origin}/queue/${model}', { method: 'POST', body: JSON.stringify(input) });

let status;
do {
  await new Promise(wait => setTimeout(wait, 1000));
  status = await call(job.status_url);
} while (status.status === 'IN_QUEUE' || status.status === 'IN_PROGRESS');

const { video } = await call(job.response_url);
await writeFile('video.mp4', Buffer.from(await (await fetch(video.data_url)).arrayBuffer()));`,

  python: (origin, model, fields, files) => `import base64, json, os, time
from urllib.request import Request, urlopen, urlretrieve

headers = {
    "Authorization": "Bearer " + os.environ["RUSHES_API_KEY"],
    "Content-Type": "application/json",
    "x-pipelet-output": "binary",
}

def call(url, body=None):
    data = json.dumps(body).encode() if body is not None else None
    with urlopen(Request(url, data, headers)) as answer:
        return json.load(answer)

job = call("${origin}/queue/${model}", {${lines(fields, files, (name, value) => `"${name}": ${value}`, file => `base64.b64encode(open(${json(file)}, "rb").read()).decode()`, value => value === true ? 'True' : value === false ? 'False' : json(value), '    ')}})

while call(job["status_url"])["status"] in ("IN_QUEUE", "IN_PROGRESS"):
    time.sleep(1)

urlretrieve(call(job["response_url"])["video"]["data_url"], "video.mp4")`,

  csharp: (origin, model, fields, files) => `using System.Net.Http.Json;
using System.Text.Json;

using var http = new HttpClient();
http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Environment.GetEnvironmentVariable("RUSHES_API_KEY")}");
http.DefaultRequestHeaders.Add("x-pipelet-output", "binary");

var input = new Dictionary<string, object>
{${lines(fields, files, (name, value) => `["${name}"] = ${value}`, file => `Convert.ToBase64String(File.ReadAllBytes(${json(file)}))`, json, '    ', '\n')}};
using var created = await http.PostAsJsonAsync("${origin}/queue/${model}", input);
var job = await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();

string? status;
do
{
    await Task.Delay(1000);
    status = (await http.GetFromJsonAsync<JsonElement>(job.GetProperty("status_url").GetString())).GetProperty("status").GetString();
}
while (status is "IN_QUEUE" or "IN_PROGRESS");

var video = (await http.GetFromJsonAsync<JsonElement>(job.GetProperty("response_url").GetString())).GetProperty("video");
using var files = new HttpClient();
await File.WriteAllBytesAsync("video.mp4", await files.GetByteArrayAsync(video.GetProperty("data_url").GetString()));`,
};

/** One property per line. */
function lines(fields, files, pair, file, value, indent = '  ', none = '') {
  const all = [...Object.entries(fields).map(([name, given]) => pair(name, value(given))), ...files.map(([name, path]) => pair(name, file(path)))];
  return all.length ? `\n${all.map(line => `${indent}${line},`).join('\n')}\n` : none;
}

const shell = name => /^[\w.+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
