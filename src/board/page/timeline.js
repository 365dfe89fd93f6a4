// A SKU on one time axis: what was on hand, what is there now, what arrives when, who was promised pieces of which arrival,
// and who waits for more.
import { html, useEffect, useMemo, useRef, useState } from './kit.js';
import { count, day, number, pieces, shortDay, today } from './format.js';
import { arrivalsOf } from './ledger.js';

const HEIGHT = 300;
const PAD = { top: 26, bottom: 30, left: 44 };
/** One mark stands for one line; of more, the last one says how many. */
const [MARK, ROWS, MOST_MARKS] = [11, 9, 36];
const DAY = 86_400_000;

function useWidth() {
  const box = useRef(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.round(contentRect.width)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

export function Timeline({ sku, batches, promises, here, waiting, past }) {
  const [box, width] = useWidth();
  const arrivals = useMemo(() => arrivalsOf(batches, promises.items, here), [batches, promises, here]);
  const coming = arrivals.slice(1).filter(({ total }) => total > 0);
  const said =
    `${sku}: ${pieces(arrivals[0].total)} in the warehouse, ${number(arrivals[0].free)} of them free. ` +
    (coming.length === 0
      ? 'Nothing is on its way.'
      : coming
          .map(({ eta, total, free }) => `${pieces(total)}, ${number(free)} free, arrive ${day(eta)}.`)
          .join(' ')) +
    (waiting.lines > 0 ? ` ${count(waiting.lines, 'line')} waiting for ${pieces(waiting.pieces)}.` : '');
  return html`<div class="timeline" ref=${box}>
    ${
      width > 0 &&
      html`<svg width=${width} height=${HEIGHT} role="img" aria-label=${said}>
        <${Axis} width=${width} arrivals=${[arrivals[0], ...coming]} past=${past} waiting=${waiting} />
      </svg>`
    }
    <ul class="legend" aria-label="What the picture shows">
      <li><i class="past"></i>on hand so far</li>
      <li><i class="available"></i>free</li>
      <li><i class="allocated"></i>promised</li>
      <li><i class="mark"></i>an order line</li>
      <li><i class="mark held"></i>reserved for a while</li>
      <li><i class="mark waits"></i>waits</li>
    </ul>
  </div>`;
}

function Axis({ width, arrivals, past, waiting }) {
  const now = Date.now();
  const isNarrow = width < 560;
  const waitWidth = waiting.lines > 0 ? (isNarrow ? 64 : 110) : 0;
  const right = width - waitWidth - 10;
  const pastShare = past.length < 2 ? 0.12 : arrivals.length > 1 ? 0.34 : 0.62;
  const nowX = PAD.left + (right - PAD.left) * pastShare;
  const begin = past.length > 0 ? Math.min(past[0].at, now - 60_000) : now - DAY;
  const lastEta = arrivals.length > 1 ? Date.parse(arrivals.at(-1).eta) : now;
  const end = Math.max(lastEta, now) + Math.max(3 * DAY, Math.abs(lastEta - now) * 0.18);
  const x = (time) =>
    time <= now
      ? PAD.left + (nowX - PAD.left) * Math.max(0, (time - begin) / (now - begin))
      : nowX + (right - nowX) * ((time - now) / (end - now));

  let [total, free] = [0, 0];
  const steps = arrivals.map((arrival) => {
    total += arrival.total;
    free += arrival.free;
    const isOverdue = arrival.eta !== null && arrival.eta < today();
    const time = arrival.eta === null || isOverdue ? now : Math.max(now, Date.parse(arrival.eta));
    return { ...arrival, isOverdue, x: x(time), total, free, added: arrival.total };
  });
  const most = Math.max(1, total, ...past.map(({ level }) => level));
  const bottom = HEIGHT - PAD.bottom;
  const y = (n) => bottom - (n / most) * (bottom - PAD.top);

  const stairs = (of) =>
    steps.map((step, index) => `H${step.x.toFixed(1)}V${y(of(step, index)).toFixed(1)}`).join('') +
    `H${right}`;
  const area = (of) => `M${nowX.toFixed(1)} ${bottom}${stairs(of)}V${bottom}Z`;
  const pastPath = past.map(({ at, level }, index) => {
    const [px, py] = [x(at).toFixed(1), y(level).toFixed(1)];
    return index === 0 ? `M${px} ${py}` : `H${px}V${py}`;
  });
  return html`
    ${ticksOf(most).map(
      (n) =>
        html`<g class="grid">
          <line x1=${PAD.left} x2=${right} y1=${y(n)} y2=${y(n)} />
          <text x=${PAD.left - 8} y=${y(n) + 4} text-anchor="end">${number(n)}</text>
        </g>`,
    )}
    ${
      past.length > 0 &&
      html`<path
          class="past-area"
          d="${pastPath.join('')}H${nowX.toFixed(1)}V${bottom}H${x(past[0].at).toFixed(1)}Z"
        />
        <path class="past-line" d="${pastPath.join('')}H${nowX.toFixed(1)}" />`
    }
    <path class="promised-area" d=${area(({ total }) => total)} />
    <path class="free-area" d=${area(({ free }) => free)} />
    <path
      class="total-line"
      d="M${nowX.toFixed(1)} ${y(steps[0].total).toFixed(1)}${stairs(({ total }) => total)}"
    />
    <g class="now">
      <line x1=${nowX} x2=${nowX} y1=${PAD.top - 8} y2=${bottom} />
      <text x=${nowX} y=${PAD.top - 12} text-anchor="middle">now · ${number(steps[0].total)}</text>
    </g>
    ${labelled(steps).map((step, index) => html`<${Arrival} step=${step} until=${steps[index + 1]?.x ?? right} y=${y} bottom=${bottom} />`)}
    <${Days}
      begin=${begin}
      end=${end}
      x=${x}
      now=${now}
      nowX=${nowX}
      right=${right}
      steps=${steps}
      bottom=${bottom}
      narrow=${isNarrow}
    />
    ${waiting.lines > 0 && html`<${WaitingLines} waiting=${waiting} left=${right + 10} width=${waitWidth} bottom=${bottom} />`}
  `;
}

/** Says how much arrives where there is room to say so: behind the step, or before it when the next one is near. */
function labelled(steps) {
  let end = 0;
  return steps.map((step, index) => {
    const hasRoom = step.x > end;
    const width = step.isOverdue ? 90 : 40;
    if (hasRoom && step.eta !== null) end = step.x + width;
    const isBefore = index > 1 && steps[index + 1]?.x < step.x + width;
    return {
      ...step,
      isBefore,
      label: hasRoom ? `+${number(step.added)}${step.isOverdue ? ' overdue' : ''}` : '',
    };
  });
}

/** The step of an arrival, with the lines that are promised its pieces. */
function Arrival({ step, until, y, bottom }) {
  const columns = Math.max(1, Math.floor((until - step.x - 8) / MARK));
  const rows = Math.min(ROWS, Math.max(1, Math.floor((bottom - y(step.total) - 8) / MARK)));
  const room = Math.min(MOST_MARKS, columns * rows);
  const shown = step.lines.length > room ? step.lines.slice(0, room - 1) : step.lines;
  const place = (index) => [
    step.x + 9 + Math.floor(index / rows) * MARK,
    y(step.total) + 9 + (index % rows) * MARK,
  ];
  const [moreX, moreY] = place(shown.length);
  return html`<g class="arrival ${step.isOverdue ? 'overdue' : ''}">
    ${
      step.eta !== null &&
      html`<line x1=${step.x} x2=${step.x} y1=${y(step.total)} y2=${bottom} />
        <text
          x=${step.x + (step.isBefore ? -2 : 4)}
          y=${Math.max(12, y(step.total) - 6)}
          text-anchor=${step.isBefore ? 'end' : 'start'}
          >${step.label}</text
        >`
    }
    ${shown.map((line, index) => {
      const [cx, cy] = place(index);
      return html`<circle class="mark ${line.state === 'reserved' ? 'held' : ''}" cx=${cx} cy=${cy} r="4">
        <title>${line.orderId}: ${pieces(line.qty)}, ${line.state}</title>
      </circle>`;
    })}
    ${
      step.lines.length > shown.length &&
      html`<text class="more" x=${moreX - 4} y=${moreY + 4}
        >+${number(step.lines.length - shown.length)}</text
      >`
    }
  </g>`;
}

/** Days below the axis, as many as fit. */
function Days({ begin, end, x, now, nowX, right, steps, bottom, narrow }) {
  const taken = [[nowX - 18, nowX + 18]];
  const labels = [];
  const add = (time, strong) => {
    const at = x(time);
    const [from, to] = [at - 24, at + 24];
    if (from < 4 || to > right + 14 || taken.some(([a, b]) => from < b && to > a)) return;
    taken.push([from, to]);
    labels.push(
      html`<text class=${strong ? 'strong' : ''} x=${at} y=${bottom + 18} text-anchor="middle"
        >${shortDay(time)}</text
      >`,
    );
  };
  for (const { eta, isOverdue } of steps) if (eta !== null && !isOverdue) add(Date.parse(eta), true);
  if (now - begin > DAY) add(begin + (now - begin) * 0.12, false);
  if (!narrow) for (const share of [0.5, 0.85]) add(now + (end - now) * share, false);
  return html`<g class="days">
    <line x1=${PAD.left} x2=${right} y1=${bottom} y2=${bottom} />
    <text class="strong" x=${nowX} y=${bottom + 18} text-anchor="middle">today</text>
    ${labels}
  </g>`;
}

/** Behind the axis: whoever has no day at all. */
function WaitingLines({ waiting, left, width, bottom }) {
  const columns = Math.max(1, Math.floor((width - 14) / MARK));
  const shown = Math.min(waiting.lines, columns * ROWS);
  const marks = waiting.items.slice(0, shown);
  return html`<g class="waiting">
    <rect x=${left} y=${PAD.top - 8} width=${width - 6} height=${bottom - PAD.top + 8} rx="6" />
    <text x=${left + (width - 6) / 2} y=${PAD.top + 8} text-anchor="middle">waiting</text>
    ${marks.map(({ orderId, qty, place }, index) => {
      const [column, row] = [Math.floor(index / ROWS), index % ROWS];
      return html`<circle
        class="mark waits"
        cx=${left + 12 + column * MARK}
        cy=${PAD.top + 24 + row * MARK}
        r="4"
      >
        <title>${place}. ${orderId}: ${pieces(qty)}</title>
      </circle>`;
    })}
    <text class="more" x=${left + (width - 6) / 2} y=${bottom - 24} text-anchor="middle"
      >${count(waiting.lines, 'line')}</text
    >
    <text class="more" x=${left + (width - 6) / 2} y=${bottom - 8} text-anchor="middle"
      >${number(waiting.pieces)} pcs</text
    >
  </g>`;
}

/** Three or four round numbers up to the largest. */
function ticksOf(most) {
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough),
  );
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}
