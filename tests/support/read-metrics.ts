// What an operator reads at /metrics.
export const METRICS_TOKEN = 'metrics-token';

/** Every sample without labels, by its name. Reading begins a new period of the event-loop delay. */
export async function readMetrics(url: string): Promise<(name: string) => number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const lines = (await response.text()).split('\n').map((line) => line.split(' '));
  const values = new Map(lines.map(([name = '', value]) => [name, Number(value)]));
  return (name) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`/metrics has no ${name}`);
    return value;
  };
}
