// The current request as code.
import { html, useState } from './html.js';
import { Choice, Copy } from './parts.js';

const languages = {
  curl: 'curl', javascript: 'JavaScript', python: 'Python', csharp: 'C#', openai: 'OpenAI', replicate: 'Replicate',
    fal: 'fal', openrouter: 'OpenRouter', mcp: 'Agent (MCP)',
};

const setup = {
  csharp: html`Add the package <code>Rushes.Client</code>. `,
  openai: html`Install the package with <code>npm install openai</code>. `,
  replicate: html`Install the package with <code>npm install replicate</code>. `,
  fal: html`Install the package with <code>npm install @fal-ai/client</code>. `,
  openrouter: html`Install the package with <code>npm install @openrouter/sdk</code>. `,
};

export function Code({ model, fields, media }) {
  const [language, setLanguage] = useState('curl');
  const text = write[language](location.origin, model, ...split(fields, media));
  return html`<div class="inside">
    <${Choice} name="language" legend="Language" hideLegend value=${language} onChange=${setLanguage}
      options=${Object.entries(languages).map(([value, text]) => ({ value, text }))} />
    <div class="code"><${Copy} text=${text} name="Copy code" />
      <pre tabindex="0" aria-label=${`The request in ${languages[language]}`}><code>${text}</code></pre></div>
    <p class="help">
      ${setup[language]}Set the environment variable <code>RUSHES_API_KEY</code> to your API key. ${result(language)}</p>
  </div>`;
}

const result = language => language === 'mcp' ? 'Add this to the configuration of your agent, then ask it for the video.'
  : html`The video is saved as <code>video.mp4</code>.`;

/** Separates fields and media; media are given by their file names. */
export function split(fields, media) {
  const files = Object.entries(fields).filter(([name]) => media[name]).map(([name]) => [name, media[name].name]);
  return [Object.fromEntries(Object.entries(fields).filter(([name]) => !media[name])), files];
}

const json = value => JSON.stringify(value);

export const write = {
  curl: (origin, { id: model }, fields, files) => {
    const body = JSON.stringify({ ...fields, ...Object.fromEntries(files.map(([name], i) => [name, `@${i}@`])) }, null, 2);
    // The shell expands these characters in an unquoted here-document.
    const contentOf = i => `"$(base64 < ${shell(files[i][1])} | tr -d '\\n')"`;
    const safe = body.replace(/[\\$`]/g, '\\$&').replace(/"@(\d+)@"/g, (_, i) => contentOf(i));
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

  javascript: (origin, { id: model }, fields, files) => `import { readFile, writeFile } from 'node:fs/promises';

const headers = {
  Authorization: \`Bearer \${process.env.RUSHES_API_KEY}\`,
  'Content-Type': 'application/json',
  'x-pipelet-output': 'binary',
};
const call = async (url, more) => {
  const answer = await fetch(url, { headers, ...more });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};

const input = {${properties(fields, files, file => `await readFile(${json(file)}, 'base64')`)}};
const job = await call('${origin}/queue/${model}', { method: 'POST', body: JSON.stringify(input) });

let status;
do {
  await new Promise(wait => setTimeout(wait, 1000));
  status = await call(job.status_url);
} while (status.status === 'IN_QUEUE' || status.status === 'IN_PROGRESS');

const { video } = await call(job.response_url);
await writeFile('video.mp4', Buffer.from(await (await fetch(video.data_url)).arrayBuffer()));`,

  python: (origin, { id: model }, fields, files) => `import base64, json, os, time
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

job = call("${origin}/queue/${model}", {${lines(pythonItems(fields, files), '    ')}})

while call(job["status_url"])["status"] in ("IN_QUEUE", "IN_PROGRESS"):
    time.sleep(1)

urlretrieve(call(job["response_url"])["video"]["data_url"], "video.mp4")`,

  csharp: (origin, model, fields, files) => {
    const { type, first } = requests[model.kind];
    const sent = { ...fields, ...Object.fromEntries(files) };
    const [named, more] = [[`Model = ${json(model.id)}`], []];
    for (const [name, value] of Object.entries(sent).filter(([name]) => !first.includes(name))) {
      if (name === 'duration') named.push(`Duration = TimeSpan.FromSeconds(${value})`);
      else if (name === 'draft') named.push(`Draft = DraftMode.${value === 'approve' ? 'Approve' : value ? 'First' : 'None'}`);
      else if (name === 'second_image_uri') named.push(`LastImage = ${file(value)}`);
      else if (csharpNames[name]) named.push(`${csharpNames[name]} = ${json(value)}`);
      else more.push(`["${name}"] = ${json(value)}`);
    }
    if (more.length) named.push(`More = new JsonObject { ${more.join(', ')} }`);
    const leading = first.map(name => name === 'prompt' ? json(sent.prompt ?? '') : file(sent[name] ?? ''));
    return `${more.length ? 'using System.Text.Json.Nodes;\n' : ''}using Rushes.Client;

// The key comes from RUSHES_API_KEY.
var client = new RushesClient(new RushesClientOptions { Url = new Uri("${origin}") });
var request = new ${type}(${leading.join(', ')})
{
${named.map(line => `    ${line},`).join('\n')}
};
var video = await client.GenerateAsync(request);
await video.SaveAsync("video.mp4");`;
  },

  openai: (origin, model, { width, height, duration, ...fields }, files) => {
    const size = model.sizes.length ? { size: width ? `${width}x${height}` : model.sizes[0] } : height ? { height } : {};
    const body = { model: model.id, ...fields, ...(duration === undefined ? {} : { seconds: duration }), ...size };
    const named = files.map(([name, path]) => [name === 'data_uri' ? 'input_reference' : name, path]);
    return `${files.length ? "import { createReadStream } from 'node:fs';\n" : ''}import { writeFile } from 'node:fs/promises';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.RUSHES_API_KEY });

let video = await client.videos.create({${properties(body, named, path => `createReadStream(${json(path)})`)}});
while (video.status === 'queued' || video.status === 'in_progress') {
  await new Promise(wait => setTimeout(wait, 2000));
  video = await client.videos.retrieve(video.id);
}
if (video.status !== 'completed') throw new Error(video.error?.message);
const content = await client.videos.downloadContent(video.id);
await writeFile('video.mp4', Buffer.from(await content.arrayBuffer()));`;
  },

  replicate: (origin, model, fields, files) => {
    const named = files.map(([name, path]) => [replicateMedia[name] ?? name, path]);
    return `import { ${files.length ? 'readFile, ' : ''}writeFile } from 'node:fs/promises';
import Replicate from 'replicate';

const replicate = new Replicate({ baseUrl: '${origin}/v1', auth: process.env.RUSHES_API_KEY, useFileOutput: false });

const input = {${properties(fields, named, path => `await readFile(${json(path)})`)}};
const url = await replicate.run('rushes/${model.id}', { input });
await writeFile('video.mp4', Buffer.from(await (await fetch(url)).arrayBuffer()));`;
  },

  fal: (origin, { id: model }, fields, files) => `import { ${files.length ? 'readFile, ' : ''}writeFile } from 'node:fs/promises';
import { fal } from '@fal-ai/client';

fal.config({ credentials: process.env.RUSHES_API_KEY, proxyUrl: { url: '${origin}/api/fal/proxy', when: 'always' } });

const input = {${properties(fields, files, path => `new Blob([await readFile(${json(path)})])`)}};
const { data } = await fal.subscribe('queue/${model}', { input });
await writeFile('video.mp4', Buffer.from(await (await fetch(data.video.url)).arrayBuffer()));`,

  openrouter: (origin, model, fields, files) => {
    const { own, frames, references, options } = openRouterParts(model, fields, files);
    const hasMedia = frames.length + references.length > 0;
    const media = [['frameImages', frames], ['inputReferences', references]].filter(([, list]) => list.length)
      .map(([name, list]) => `${name}: [${lines(list, '    ')}  ]`);
    const members = [...Object.entries(own).map(([name, value]) => `${name}: ${json(value)}`), ...media];
    return `import { ${files.length ? 'readFile, ' : ''}writeFile } from 'node:fs/promises';
import { ${options.length ? 'HTTPClient, ' : ''}OpenRouter } from '@openrouter/sdk';
${hasMedia ? `
const dataUrl = async file => ({ url: \`data:;base64,\${await readFile(file, 'base64')}\` });` : ''}${options.length ? `
// The package leaves out options for providers that it does not know, so they are added to what it sends.
const options = {${lines(options, '  ')}};
const httpClient = new HTTPClient();
httpClient.addHook('beforeRequest', async request => request.method !== 'POST' ? request : new Request(request, {
  body: JSON.stringify({ ...await request.json(), provider: { options: { rushes: options } } }),
}));` : ''}
const { videoGeneration: videos } = new OpenRouter({
  apiKey: process.env.RUSHES_API_KEY, serverURL: '${origin}/api/v1',${options.length ? ' httpClient,' : ''}
});

const request = {${lines(members, '  ')}};
let job = await videos.generate({ videoGenerationRequest: request });
while (job.status === 'pending' || job.status === 'in_progress') {
  await new Promise(wait => setTimeout(wait, 2000));
  job = await videos.getGeneration({ jobId: job.id });
}
if (job.status !== 'completed') throw new Error(job.error);
const content = await videos.getVideoContent({ jobId: job.id, index: 0 });
await writeFile('video.mp4', Buffer.from(await new Response(content).arrayBuffer()));`;
  },

  mcp: origin => JSON.stringify({
    mcpServers: { rushes: { type: 'http', url: `${origin}/mcp`, headers: { Authorization: 'Bearer ${RUSHES_API_KEY}' } } },
  }, null, 2),
};

/** The requests of Rushes.Client by kind of model, with the fields of their constructors. */
const requests = {
  'text-to-video': { type: 'TextToVideo', first: ['prompt'] },
  'image-to-video': { type: 'ImageToVideo', first: ['prompt', 'data_uri'] },
  'sound-to-video': { type: 'SpeechToVideo', first: ['prompt', 'data_uri', 'audio_uri'] },
  foley: { type: 'Foley', first: ['data_uri'] },
};

const csharpNames = {
  prompt: 'Prompt', negative_prompt: 'NegativePrompt', width: 'Width', height: 'Height', seed: 'Seed', priority: 'Priority',
  new_resolution: 'NewResolution', higher_quality_with_more_steps: 'HigherQuality', use_best_resolution: 'UseBestResolution',
  enable_safety_checker: 'SafetyChecker', background_music: 'BackgroundMusic',
};

const replicateMedia = { data_uri: 'image', second_image_uri: 'last_image', audio_uri: 'audio' };

/** The parts of a request to the OpenRouter API, which has seconds as integers and sizes by name. */
function openRouterParts(model, { prompt, seed, duration, width, height, ...others }, files) {
  const own = { model: `rushes/${model.id}`, prompt, seed };
  if (duration !== undefined) own.duration = Math.max(1, Math.ceil(duration));
  if (model.sizes.length) own.size = width ? `${width}x${height}` : model.sizes[0];
  else if (height) own.resolution = `${height}p`;
  const [frames, references] = [[], []];
  const options = Object.entries(others).map(([name, value]) => `${name}: ${json(value)}`);
  for (const [name, path] of files) {
    const part = type => `type: '${type}_url', ${type}Url: await dataUrl(${json(path)})`;
    if (model.kind === 'image-to-video' && openRouterFrames[name])
      frames.push(`{ ${part('image')}, frameType: '${openRouterFrames[name]}' }`);
    else if (name === 'data_uri' || name === 'audio_uri') references.push(`{ ${part(typeOf(name, path))} }`);
    else options.push(`${name}: await readFile(${json(path)}, 'base64')`);
  }
  return { own: Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)), frames, references, options };
}

const openRouterFrames = { data_uri: 'first_frame', second_image_uri: 'last_frame' };

const typeOf = (name, path) => name === 'audio_uri' ? 'audio' : /\.(png|jpe?g|webp)$/i.test(path) ? 'image' : 'video';

const file = path => `MediaInput.File(${json(path)})`;

/** The properties of a JavaScript object. */
const properties = (fields, files, read) => lines([
  ...Object.entries(fields).map(([name, value]) => `${name}: ${json(value)}`),
  ...files.map(([name, path]) => `${name}: ${read(path)}`),
], '  ');

const pythonItems = (fields, files) => [
  ...Object.entries(fields).map(([name, value]) => `"${name}": ${python(value)}`),
  ...files.map(([name, path]) => `"${name}": base64.b64encode(open(${json(path)}, "rb").read()).decode()`),
];

const python = value => value === true ? 'True' : value === false ? 'False' : json(value);

const lines = (all, indent) => all.length ? `\n${all.map(line => `${indent}${line},`).join('\n')}\n` : '';

const shell = name => /^[\w.+-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
