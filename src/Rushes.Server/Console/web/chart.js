// A chart of the last hour, drawn by uPlot in the colors of the page.
import { html, useEffect, useRef, useState } from './html.js';

// uPlot is large, so it is loaded with the first chart.
let library;
const load = () => library ??= Promise.all([import('./vendor/uplot.js'), styled()]).then(([script]) => script.default);

const styled = () => new Promise(done => {
  const href = new URL('./vendor/uplot.css', import.meta.url).href;
  const link = document.head.appendChild(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
  link.onload = done;
});

/**
 * A chart with its title, and the values at the pointer, or now.
 * @param at seconds since 1970; @param series names and values, the first on top when `stacked`
 * @param show formats a value; @param steps allowed distances between grid lines; @param name the name for screen readers
 */
export function Chart({ title, at, series, show, steps, name, stacked = false }) {
  const box = useRef();
  const plot = useRef();
  const data = useRef();
  const [hovered, setHovered] = useState(null);
  data.current = [at, ...(stacked ? stack(series) : series.map(each => each.values))];

  useEffect(() => {
    let gone = false;
    const draw = async () => {
      const uPlot = await load();
      if (gone || !box.current) return;
      plot.current?.destroy();
      plot.current = new uPlot(options(box.current, series, show, steps, stacked, setHovered), data.current, box.current);
    };
    draw();
    const resized = new ResizeObserver(() => box.current && plot.current?.setSize({ width: box.current.clientWidth, height }));
    resized.observe(box.current);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    addEventListener('themechange', draw);
    return () => {
      gone = true;
      resized.disconnect();
      dark.removeEventListener('change', draw);
      removeEventListener('themechange', draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [series.map(each => each.name).join()]);
  useEffect(() => { plot.current?.setData(data.current); }, [at]);

  const shown = hovered != null && hovered < at.length ? hovered : at.length - 1;
  const current = series.map(each => `${each.name} ${show(each.values.at(-1) ?? 0)}`).join(', ');
  const valueOf = each => each.values[shown] == null ? '–' : show(each.values[shown]);
  return html`<figure><figcaption><b>${title}</b><span class="values" data-at=${hovered == null ? 'now' : 'pointer'}>
      ${series.map((each, i) => html`<span key=${each.name}>
        <i class="tone" data-tone=${i + 1} />${each.name} <b>${valueOf(each)}</b></span>`)}
      <time>${hovered == null || !at.length ? 'now' : clockOf(at[shown])}</time></span></figcaption>
    <div class="chart" ref=${box} role="img" aria-label=${`${name}. Now: ${current}`} /></figure>`;
}

const clockOf = seconds => new Date(seconds * 1000).toLocaleTimeString('en', { hour12: false });

const height = 150;

/** The minimum range in seconds. */
const shortest = 300;

/** @param onHover called with the index of the sample at the pointer; null without a pointer */
function options(box, series, show, steps, stacked, onHover) {
  const colour = name => resolve(box, `var(--${name})`);
  const [axis, grid] = [colour('soft'), colour('line')];
  const tones = ['plot-1', 'plot-2', 'plot-3', 'plot-4'].map(colour);
  return {
    width: box.clientWidth, height, padding: [10, 20, 0, 0],
    cursor: { points: { size: 6 }, drag: { x: false, y: false }, sync: { key: 'hour' } },
    legend: { show: false },
    hooks: { setCursor: [plot => onHover(plot.cursor.idx ?? null)] },
    scales: {
      x: { range: (_, first, last) => [Math.min(first, last - shortest), last] },
      y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] },
    },
    axes: [
      { stroke: axis, grid: { show: false }, ticks: { show: false }, size: 26, space: 64, incrs: [60, 120, 300, 600, 900, 1800],
        font: '12px system-ui', values: (_, marks) => marks.map(hourOf) },
      { stroke: axis, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 58, font: '12px system-ui',
        values: (_, marks) => marks.map(mark => show(mark)), splits: (_, __, ___, most) => lines(most, steps) },
    ],
    // When stacked, each series is filled down to the next one.
    bands: stacked ? series.slice(1).map((_, i) => ({ series: [i + 1, i + 2], fill: tones[i] + '40' })) : [],
    series: [{}, ...series.map((each, i) => ({
      label: each.name, stroke: tones[i % tones.length], width: 1.8, points: { show: false },
      fill: stacked && i === series.length - 1 ? tones[i % tones.length] + '40' : undefined,
    }))],
  };
}

const hourOf = seconds =>
  new Date(seconds * 1000).toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });

/** At most three grid lines, at round numbers. */
function lines(most, steps = wholes) {
  const step = steps.find(each => each >= most / 3) ?? steps.at(-1) * Math.ceil(most / 3 / steps.at(-1));
  return [0, 1, 2, 3].map(i => i * step).filter(mark => mark <= most);
}

const wholes = [1, 2, 5].flatMap(each => [0, 1, 2, 3, 4, 5, 6].map(power => each * 10 ** power)).sort((a, b) => a - b);

/** A CSS variable with light-dark() has to be applied to an element to get its color. */
function resolve(box, value) {
  const probe = box.appendChild(document.createElement('i'));
  probe.style.color = value;
  const found = getComputedStyle(probe).color;
  probe.remove();
  const numbers = found.match(/[\d.]+/g).map(Number);
  return '#' + numbers.slice(0, 3).map(number => Math.round(number).toString(16).padStart(2, '0')).join('');
}

/** Adds each series to those after it. */
function stack(series) {
  const sums = series[0]?.values.map(() => 0) ?? [];
  return series.map(each => each.values).reverse().map(values => values.map((value, i) => sums[i] += value)).reverse();
}
