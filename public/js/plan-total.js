// Shows the sum of the chosen plan and months. Without this script it is that of the choice the page came with.
for (const form of document.querySelectorAll('[data-upgrade]')) {
  const show = () => {
    const chosen = `${form.elements.plan.value} ${form.elements.months.value}`;
    for (const total of form.querySelectorAll('[data-total]')) total.hidden = total.dataset.total !== chosen;
  };
  form.addEventListener('change', show);
  show();
}
