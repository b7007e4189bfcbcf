// Each app compiles the views it shows. The apps of a worker share the result, which knows nothing of its app.
import nunjucks from 'nunjucks';

interface Compiled {
  tmplStr: string;
  path: string;
  tmplProps?: Record<string, unknown>;
  blocks: Record<string, unknown>;
  rootRenderFunc: unknown;
}

const template = nunjucks.Template.prototype as unknown as { _compile(this: Compiled): void };
const compile = template._compile;
const known = new Map<string, Record<string, unknown>>();

template._compile = function shared(): void {
  const key = `${this.path}\n${this.tmplStr}`;
  const props = known.get(key);
  if (props) this.tmplProps = props;
  compile.call(this);
  const blocks = Object.entries(this.blocks).map(([name, block]) => [`b_${name}`, block]);
  known.set(key, { ...Object.fromEntries(blocks), root: this.rootRenderFunc });
};
