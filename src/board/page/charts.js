// Small pictures, drawn as SVG: they follow the colours of the page, light or dark, and its width.
import { html } from './kit.js';
import { number } from './format.js';

const [WIDTH, HEIGHT] = [120, 36];

/**
 * The last minutes of a figure, with its newest value in front.
 * @param values the oldest first; null where there is none
 */
export function Spark({ title, values, unit, tone = '' }) {
  const largest = Math.max(0, ...values.map((value) => value ?? 0));
  const most = largest || 1;
  const x = (index) => (index * WIDTH) / Math.max(1, values.length - 1);
  const y = (value) => HEIGHT - 2 - (value / most) * (HEIGHT - 6);
  const runs = [];
  values.forEach((value, index) => {
    if (value === null) return;
    if (index === 0 || values[index - 1] === null) runs.push([]);
    runs.at(-1).push([x(index), y(value)]);
  });
  const line = (points) => points.map((point) => point.map((n) => n.toFixed(1)).join(',')).join(' ');
  const newest = values.at(-1) ?? null;
  const shown = newest === null ? '–' : number(Math.round(newest * 10) / 10);
  const said = values.every((value) => value === null)
    ? 'no requests'
    : `most ${number(Math.round(largest * 10) / 10)}`;
  return html`<figure class="spark ${tone}">
    <figcaption>${title}</figcaption>
    <strong>${shown}<small> ${newest === null ? '' : unit}</small></strong>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${runs.map(
        (points) => html`
          <polygon
            class="area"
            points="${points[0][0].toFixed(1)},${HEIGHT} ${line(points)} ${points.at(-1)[0].toFixed(1)},${HEIGHT}"
          />
          <polyline class="line" points=${line(points.length > 1 ? points : [points[0], points[0]])} />
        `,
      )}
    </svg>
    <span class="spark-foot">${`last two minutes, ${said}`}</span>
  </figure>`;
}

/** What a batch has, in one bar as long as its share of the largest one. */
export function BatchBar({ batch, reserved, most }) {
  const { purchasedQuantity, dispatchedQuantity, allocatedQuantity, availableQuantity } = batch;
  const parts = [
    ['dispatched', dispatchedQuantity],
    ['allocated', allocatedQuantity - dispatchedQuantity - reserved],
    ['reserved', reserved],
    ['available', availableQuantity],
  ];
  const label = [
    `${number(purchasedQuantity)} purchased`,
    ...parts.map(([name, n]) => `${number(n)} ${name}`),
  ];
  const share = (n) => ({ width: `${most === 0 ? 0 : Math.max(0, (n / most) * 100)}%` });
  return html`<span class="bar" role="img" aria-label=${label.join(', ')} title=${label.join(', ')}>
    ${parts.filter(([, n]) => n > 0).map(([name, n]) => html`<i class=${name} style=${share(n)}></i>`)}
  </span>`;
}

export const BarLegend = () =>
  html`<ul class="legend" aria-label="Colours of the bars">
    ${['dispatched', 'allocated', 'reserved', 'available'].map(
      (name) => html`<li><i class=${name}></i>${name}</li>`,
    )}
  </ul>`;
