// Shows only the chosen channel's fields. Without this script all are there, grouped by channel.
for (const form of document.querySelectorAll('[data-bot-form]')) {
  const groups = form.querySelectorAll('[data-platform]');
  const show = () => {
    const chosen = form.querySelector('[name="platform"]:checked')?.value;
    for (const group of groups) {
      group.hidden = group.dataset.platform !== chosen;
      // Of a hidden channel nothing is sent: what was typed there would be refused or, worse, kept.
      group.disabled = group.hidden;
    }
  };
  form.addEventListener('change', ({ target }) => {
    if (target.name === 'platform') show();
  });
  show();
}
