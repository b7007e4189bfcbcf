// A voice message: recorded, listened to, thrown away or sent. What the channel does not take as the browser records it becomes
// WAV (public/js/wav.js).
const page = document.querySelector('[data-conversation]');
const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4'];
const LONGEST_MS = 5 * 60_000;

const in_ = (name) => page.querySelector(`[data-${name}]`);
const button = () => in_('record');
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
const plain = (type) => type.split(';')[0];

let recorder = null;
let clock = 0;

async function record() {
  if (recorder) return;
  if (!canRecord()) return tell('composer:refused', button().dataset.cannot);
  const sound = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: sound }).catch(() => null);
  if (!stream) return tell('composer:refused', button().dataset.denied);
  tell('composer:taken');
  const type = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
  recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), audioBitsPerSecond: 32_000 });
  const parts = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  recorder.addEventListener('stop', ({ target }) => {
    for (const track of stream.getTracks()) track.stop();
    const isWanted = recorder === target;
    showClock(null);
    if (isWanted) take(new Blob(parts, { type: plain(target.mimeType) }));
    recorder = null;
  });
  recorder.start();
  showClock(Date.now());
}

function showClock(startedAt) {
  clearInterval(clock);
  const [name, stop] = [in_('name'), in_('stop')];
  if (!name) return;
  stop.hidden = startedAt === null;
  if (startedAt === null) return;
  in_('chosen').hidden = false;
  const tick = () => {
    const seconds = Math.floor((Date.now() - startedAt) / 1000);
    name.textContent = `● ${button().dataset.recording} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    if (seconds * 1000 >= LONGEST_MS) recorder?.stop();
  };
  tick();
  clock = setInterval(tick, 500);
  stop.focus();
}

async function take(sound) {
  const takes = button().dataset.record.split(',');
  const fits = takes.includes(sound.type) || (sound.type === 'audio/webm' && takes.includes('audio/ogg'));
  const content = fits || !takes.includes('audio/wav') ? sound : await (await import(button().dataset.wav)).wavOf(sound);
  const name = `voice.${{ 'audio/mp4': 'm4a', 'audio/wav': 'wav', 'audio/ogg': 'ogg' }[content.type] ?? 'webm'}`;
  tell('composer:recorded', { content, name, label: button().dataset.voice, isVoice: true });
}

function throwAway() {
  const old = recorder;
  recorder = null;
  if (old?.state === 'recording') old.stop();
}

if (page) {
  if (button()) button().hidden = false;
  page.addEventListener('click', ({ target }) => {
    if (target.closest('[data-record]')) record();
    if (target.closest('[data-stop]')) recorder?.stop();
  });
  document.addEventListener('composer:discarded', throwAway);
}
