// A file for the customer: chosen, dropped on the thread or pasted. It is shown before it is sent, and can be taken away. Photos are
// made smaller in the browser: the upload is short, every channel takes them, and the place where they were taken stays out.
const page = document.querySelector('[data-conversation]');
const LONGEST_PX = 2560;
const SMALL_BYTES = 1_500_000;
const QUALITY = 0.86;
const AS_IT_IS = ['image/jpeg', 'image/png'];

const in_ = (name) => page.querySelector(`[data-${name}]`);
const field = () => in_('file');

/** Tells public/js/composer.js and shows it; null takes it away. */
function choose(chosen) {
  const [picture, listen] = [in_('picture'), in_('listen')];
  for (const shown of [picture, listen]) if (shown.src) URL.revokeObjectURL(shown.src);
  const address = chosen && URL.createObjectURL(chosen.content);
  const isPicture = chosen?.content.type.startsWith('image/') ?? false;
  picture.hidden = !isPicture;
  listen.hidden = !chosen?.isVoice;
  if (isPicture) picture.src = address;
  else picture.removeAttribute('src');
  if (chosen?.isVoice) listen.src = address;
  else listen.removeAttribute('src');
  in_('name').textContent = chosen ? nameOf(chosen) : '';
  in_('stop').hidden = true;
  in_('chosen').hidden = !chosen;
  refuse('');
  document.dispatchEvent(new CustomEvent('composer:chosen', { detail: chosen }));
}

const nameOf = ({ name, label, content }) => `${label ?? name} · ${sizeOf(content.size)}`;

const sizeOf = (bytes) => {
  const [value, unit] = bytes >= 1_048_576 ? [bytes / 1_048_576, 'megabyte'] : [Math.ceil(bytes / 1024), 'kilobyte'];
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
};

function refuse(why) {
  const place = in_('file-error');
  place.hidden = !why;
  place.querySelector('span').textContent = why;
}

async function take(file) {
  if (!file || !field()) return;
  const content = file.type.startsWith('image/') ? await smaller(file).catch(() => file) : file;
  field().value = '';
  choose(null);
  if (content.size > Number(field().dataset.max)) return refuse(field().dataset.tooLarge);
  const name = content === file ? file.name : `${file.name.replace(/\.[^.]*$/, '')}.jpg`;
  choose({ content, name, isVoice: false });
  page.querySelector('[data-part="reply"] textarea')?.focus();
}

/** Pictures with moving or see-through parts stay as they are. */
async function smaller(file) {
  if (file.type === 'image/gif' || (AS_IT_IS.includes(file.type) && file.size <= SMALL_BYTES && file.type !== 'image/jpeg'))
    return file;
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const place = canvas.getContext('2d');
  place.fillStyle = '#fff';
  place.fillRect(0, 0, canvas.width, canvas.height);
  place.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const made = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  return made ?? file;
}

function pasted(event) {
  const [file] = event.clipboardData?.files ?? [];
  if (!file || !event.target.closest('[data-part="reply"]')) return;
  event.preventDefault();
  take(file);
}

if (page) {
  page.addEventListener('change', ({ target }) => target.matches('[data-file]') && take(target.files[0]));
  page.addEventListener('click', ({ target }) => {
    if (!target.closest('[data-discard]')) return;
    document.dispatchEvent(new CustomEvent('composer:discarded'));
    choose(null);
    field()?.focus();
  });
  page.addEventListener('paste', pasted);
  page.addEventListener('dragover', (event) => field() && event.preventDefault());
  page.addEventListener('drop', (event) => {
    if (!field()) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  document.addEventListener('composer:taken', () => in_('chosen') && choose(null));
  document.addEventListener('composer:recorded', ({ detail }) => choose(detail));
  document.addEventListener('composer:refused', ({ detail }) => refuse(detail));
}
