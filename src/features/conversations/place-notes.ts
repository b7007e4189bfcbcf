interface Dated {
  createdAt: Date;
}

/** Puts notes between the messages of a page, both oldest first: before each message those that are older than it. */
export function placeNotes<Item extends Dated, Note extends Dated>(items: readonly Item[], notes: readonly Note[]) {
  let next = 0;
  const placed = items.map((item) => {
    const first = next;
    while (notes[next] && (notes[next] as Note).createdAt < item.createdAt) next += 1;
    return { ...item, notes: notes.slice(first, next) };
  });
  return { items: placed, lastNotes: notes.slice(next) };
}
