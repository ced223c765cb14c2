/** Firings by hour: the draft's rules stacked, and a line for what live rules fired. */
import { BarChart, LineChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { BacktestReport } from '../../../model/index.js';
import { usePage } from './page-context.js';

use([
  BarChart,
  LineChart,
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
]);

const hourMs = 3_600_000;
/** Empty hours between the first and the last firing are drawn too, up to so many. */
const hoursMax = 24 * 366;

export function HoursChart({ report }: { report: BacktestReport }) {
  const { t, region } = usePage();
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const chart = init(element);
    chart.setOption(optionsOf(report, t('report.liveLine'), region, getComputedStyle(element)));
    const resized = new ResizeObserver(() => chart.resize());
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.dispose();
    };
  }, [report, region, t]);

  return (
    <div ref={frame} className="chart" role="img" aria-label={t('report.hoursAlt')} data-testid="chart" />
  );
}

function optionsOf(report: BacktestReport, liveName: string, region: string, style: CSSStyleDeclaration) {
  const hours = hoursOf(report);
  const fired = report.rules.filter(({ firings }) => firings > 0);
  const when = new Intl.DateTimeFormat(region, { dateStyle: 'short', timeStyle: 'short' });
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const text = { color: colour('--text') };
  return {
    animation: false,
    textStyle: { fontFamily: style.fontFamily },
    color: ['#2f6fd0', '#d98324', '#3a9a68', '#b0469c', '#8a6fd1', '#c94c4c', '#5f8a99', '#a08a2c'],
    grid: { left: 56, right: 16, top: 48, bottom: 72 },
    legend: { top: 4, type: 'scroll', textStyle: text },
    // Drawn into the canvas: a floating element would carry styles that the security policy refuses.
    tooltip: { trigger: 'axis', renderMode: 'richText', axisPointer: { type: 'shadow' } },
    dataZoom: [{ type: 'slider', bottom: 8, height: 20 }],
    xAxis: { type: 'category', data: hours.map((hour) => when.format(hour)), axisLabel: text },
    yAxis: {
      type: 'value',
      minInterval: 1,
      axisLabel: text,
      splitLine: { lineStyle: { color: colour('--line') } },
    },
    series: [
      ...fired.map(({ rule, hours: own }) => ({
        type: 'bar',
        name: rule,
        stack: 'draft',
        data: columns(hours, [own]),
      })),
      {
        type: 'line',
        name: liveName,
        step: 'middle',
        symbol: 'none',
        itemStyle: { color: colour('--text-muted') },
        data: columns(
          hours,
          report.live.map((row) => row.hours),
        ),
      },
    ],
  };
}

type Hours = BacktestReport['rules'][number]['hours'];

function hoursOf({ rules, live }: BacktestReport): number[] {
  const all = [...rules, ...live].flatMap(({ hours }) => hours.map(([hour]) => hour));
  if (all.length === 0) return [];
  const first = all.reduce((left, right) => Math.min(left, right));
  const last = all.reduce((left, right) => Math.max(left, right));
  const count = (last - first) / hourMs + 1;
  if (count > hoursMax) return [...new Set(all)].sort((left, right) => left - right);
  return Array.from({ length: count }, (_, index) => first + index * hourMs);
}

function columns(hours: readonly number[], rows: readonly Hours[]): number[] {
  const sums = new Map<number, number>();
  for (const row of rows) for (const [hour, firings] of row) sums.set(hour, (sums.get(hour) ?? 0) + firings);
  return hours.map((hour) => sums.get(hour) ?? 0);
}
