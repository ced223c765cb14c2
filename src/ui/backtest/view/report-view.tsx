/** What came of a back-test: sums, a chart, and the visits behind them. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { BacktestReport } from '../../../model/index.js';
import { usePage } from './page-context.js';

/** The chart's library is large and wanted only here. */
const HoursChart = lazy(async () => ({ default: (await import('./hours-chart.js')).HoursChart }));

const visitsShownMax = 100;

export function ReportView({ report }: { report: BacktestReport }) {
  const { t, region } = usePage();
  const { visits, events, firings, firedVisits, durationMs } = report;
  const seconds = (durationMs / 1_000).toLocaleString(region, { maximumFractionDigits: 1 });
  if (visits === 0) return <p data-testid="summary">{t('report.empty')}</p>;
  return (
    <section className="report" aria-label={report.package}>
      <h2>{report.package}</h2>
      <p data-testid="summary">
        {t('report.summary', { visits, events, firings, fired: firedVisits, seconds })}
      </p>
      {report.suspended.map(({ rule, reason, visits: count }) => (
        <p className="failure" key={`${rule} ${reason}`}>
          {t('report.suspended', { rule, reason, count })}
        </p>
      ))}
      <h3>{t('report.hours')}</h3>
      <Suspense fallback={<div className="chart" />}>
        <HoursChart report={report} />
      </Suspense>
      <RuleTables report={report} />
      <FiredVisits report={report} />
    </section>
  );
}

function RuleTables({ report }: { report: BacktestReport }) {
  const { t } = usePage();
  return (
    <>
      <h3>{t('report.rules')}</h3>
      <Table
        testId="rules"
        columns={[
          t('column.rule'),
          t('column.firings'),
          t('column.visits'),
          t('column.alsoLive'),
          t('column.onlyDraft'),
          t('column.onlyLive'),
        ]}
        rows={report.rules.map((row) => [
          row.rule,
          row.firings,
          row.visits,
          row.alsoLive,
          row.onlyDraft,
          row.onlyLive,
        ])}
      />
      <h3>{t('report.live')}</h3>
      {report.live.length === 0 ? (
        <p>{t('report.liveNone')}</p>
      ) : (
        <Table
          testId="live"
          columns={[t('column.rule'), t('column.firings'), t('column.visits'), t('column.package')]}
          rows={report.live.map((row) => [row.rule, row.firings, row.visits, row.package])}
        />
      )}
    </>
  );
}

function FiredVisits({ report: { fired, firedVisits, untilMs } }: { report: BacktestReport }) {
  const { t, formats } = usePage();
  if (fired.length === 0) return null;
  const shown = fired.slice(0, visitsShownMax);
  return (
    <>
      <h3>{t('report.fired', { shown: shown.length, all: firedVisits })}</h3>
      <Table
        testId="fired"
        columns={[t('column.visit'), t('column.started'), t('column.rules')]}
        rows={shown.map(({ visitID, startDate, firings }) => [
          visitID,
          formats.moment(startDate, untilMs),
          [...new Set(firings.map(({ rule }) => rule))].join(', '),
        ])}
      />
    </>
  );
}

interface TableProps {
  testId: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

function Table({ testId, columns, rows }: TableProps): ReactNode {
  const { region } = usePage();
  return (
    <div className="table-frame" tabIndex={0} role="group">
      <table data-testid={testId}>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <th key={column} scope="col" className={typeof rows[0]?.[index] === 'number' ? 'number' : ''}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>
              {row.map((cell, index) =>
                typeof cell === 'number' ? (
                  <td key={index} className="number">
                    {cell.toLocaleString(region)}
                  </td>
                ) : (
                  <td key={index}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
