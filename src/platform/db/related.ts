/**
 * Prisma reads a relation by a query of its own. The row it points at may be deleted in between: then the relation is null,
 * whatever its type says. Such a row is read as if it were gone as well.
 */
export const isWhole = <Row extends object>(row: Row | null, ...relations: (keyof Row)[]): row is Row =>
  row !== null && relations.every((relation) => row[relation] !== null);
