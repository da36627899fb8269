// The playground's form data and how it becomes a request. No rendering here.
const never = new Set(['width', 'min_height']);

/** Fields that have no effect on a model whose sizes are exact. */
const ofHeights = new Set(['height', 'use_best_resolution']);
const first = ['prompt', 'duration', 'height'];

/** A model's fields, grouped as the form shows them. */
export function layout(model) {
  const isShown = ({ name }) => !never.has(name) && !(model.sizes.length && ofHeights.has(name));
  const known = model.parameters.filter(isShown);
  return {
    media: known.filter(field => field.type === 'media'),
    main: first.map(name => known.find(field => field.name === name)).filter(Boolean),
    more: known.filter(field => field.type !== 'media' && !first.includes(field.name)),
  };
}

/** The maximum length in seconds at the selected resolution. */
export function maxSeconds(model, values) {
  const height = model.sizes.length ? Math.min(...sizeOf(model, values).split('x')) : values.height ?? model.heights[0];
  const classes = Object.keys(model.max_seconds).map(Number);
  const nearest = classes.reduce((best, each) => Math.abs(each - height) < Math.abs(best - height) ? each : best);
  return model.max_seconds[nearest];
}

export const sizeOf = (model, values) => model.sizes.includes(values.size) ? values.size : model.sizes[0];

/** The request's fields; fields with their default value are left out. */
export function fieldsOf(model, values, media) {
  const fields = {};
  for (const field of model.parameters) {
    if (field.type === 'media') {
      if (media[field.name]?.uri) fields[field.name] = media[field.name].uri;
      continue;
    }
    const value = values[field.name];
    if (never.has(field.name) || value === undefined || value === '' || value === null) continue;
    if (field.name === 'height' && (model.sizes.length || value === model.heights[0])) continue;
    if (value === field.default && !field.required) continue;
    fields[field.name] = field.name === 'duration' ? Math.min(value, maxSeconds(model, values)) : value;
  }
  if (values.draft !== undefined) fields.draft = values.draft;
  const size = model.sizes.length ? sizeOf(model, values) : null;
  if (size && size !== model.sizes[0]) [fields.width, fields.height] = size.split('x').map(Number);
  return fields;
}

/** The names of required fields that are empty; the server validates the rest. */
export function missing(model, values, media) {
  const isEmpty = ({ name, type }) => type === 'media' ? !media[name]?.uri : !String(values[name] ?? '').trim();
  return model.parameters.filter(field => field.required && isEmpty(field)).map(field => field.name);
}

/** Puts a medium into a field of the form. Results for a file that was replaced are ignored. */
export const putInto = (change, name) => (medium, of) =>
  change(before => of && before.media[name]?.url !== of ? {} : { media: { ...before.media, [name]: medium } });

/** The maximum size of a file for a field. */
export const maxBytesOf = (catalog, field) =>
  field.media.every(kind => kind === 'picture') ? catalog.media_bytes : catalog.upload_bytes;

/** A message of the gateway for a field, with the label of the field instead of its name. */
export function worded(problem, title) {
  const name = problem.field.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return problem.message.replace(new RegExp(`(?<![\\w.])${name}(?![\\w.])`), title);
}

/** Converts a stored job's input to form values and media. */
export function fromInput(model, input, media) {
  const values = { ...input };
  if (model.sizes.length && input.width && input.height) values.size = `${input.width}x${input.height}`;
  const kept = Object.fromEntries(media.map(({ field, uri, url, content_type }) =>
    [field, { uri, url, kind: kindOf(content_type), content_type, name: field }]));
  for (const name of Object.keys(kept)) delete values[name];
  return { values, media: kept };
}

const kindOf = type => type.startsWith('image/') ? 'picture' : type.startsWith('audio/') ? 'sound' : 'clip';
