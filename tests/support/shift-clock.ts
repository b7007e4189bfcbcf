// Loaded into the product by --import: its clock is wrong by CLOCK_SHIFT_MS. Timers and performance.now are not the clock's.
const shiftMs = Number(process.env['CLOCK_SHIFT_MS']);
const RealDate = Date;
const wrongNow = (): number => RealDate.now() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [wrongNow()] : args, newTarget),
  apply: () => new RealDate(wrongNow()).toString(),
  get: (target, name, receiver) => (name === 'now' ? wrongNow : Reflect.get(target, name, receiver)),
});
